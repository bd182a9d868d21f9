import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaggle_files import write_folder

from projects.fashion_attr.datasets.annotation_lines import (
    LayoutError,
    read_pictures,
    read_tables,
)
from projects.fashion_attr.datasets.annotations import (
    ImageRecord,
    MaskRecord,
    write_annotations,
)
from projects.fashion_attr.datasets.prepare import prepare
from projects.fashion_attr.datasets.taxonomy import label_descriptions

MASK = MaskRecord(2, 31, (115, 281), '1321\\3', 7, (0.0, 1.0, 1.0, 9.0))


def by_picture(file):
    """The slow oracle, of a file that is loaded as a whole."""
    return [
        (image, [a for a in file['annotations'] if a['image_id'] == image['id']])
        for image in file['images']
    ]


@pytest.fixture(scope='module')
def path(tmp_path_factory):
    return tmp_path_factory.mktemp('lines') / 'x.json'


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text('a"],}\n\\é', max_size=9), st.integers(0, 3))))
def test_pictures_are_those_of_the_loaded_file(path, pictures):
    images = [ImageRecord(name, 12, 10, [MASK] * n) for name, n in pictures]
    write_annotations(path, images, dict(seed=0))
    file = json.loads(path.read_text())
    assert list(read_pictures(path)) == by_picture(file)
    assert read_tables(path) == label_descriptions()


def test_files_of_prepare_are_read(tmp_path):
    prepare(write_folder(tmp_path), val=2, progress=False)
    for side in ('train', 'val'):
        path = tmp_path / f'annotations/{side}.json'
        assert list(read_pictures(path)) == by_picture(json.loads(path.read_text()))


def changed(change):
    """Text of a file of two pictures after a change of its entries."""
    images = [dict(id=i) for i in (1, 2)]
    annotations = [dict(id=i, image_id=i // 2 + 1) for i in (1, 2, 3)]
    change(images, annotations)
    parts = [
        ',\n'.join(map(json.dumps, entries))
        for entries in (images, annotations, [dict(id=0)], [dict(id=0)])
    ]
    names = ('images', 'annotations', 'categories', 'attributes')
    lists = '],\n'.join(f'"{k}": [\n{v}' for k, v in zip(names, parts, strict=True))
    return f'{{"info": {{}},\n{lists}]}}\n'


def test_the_file_that_is_changed_below_is_read(path):
    path.write_text(changed(lambda images, annotations: None))
    assert [len(found) for _, found in read_pictures(path)] == [1, 2]
    assert list(read_tables(path)) == ['categories', 'attributes']


@pytest.mark.parametrize(
    'change, message',
    [
        (lambda i, a: a.reverse(), 'annotation 2 after 3'),
        (lambda i, a: a[1].update(id=1), 'annotation 1 after 1'),
        (lambda i, a: a[1].update(id='2'), "annotation '2' after 1"),
        (lambda i, a: i.reverse(), 'in another order than pictures'),
        (lambda i, a: a[2].update(image_id=1), 'in another order than pictures'),
        (lambda i, a: a[2].update(image_id=9), 'in another order than pictures'),
        (lambda i, a: i[1].update(id=1), 'a picture without id or two of one id'),
        (lambda i, a: i[1].clear(), 'a picture without id or two of one id'),
        (lambda i, a: a.insert(0, 7), "has the line b'7,"),
        (lambda i, a: a.append(7), "has b'7' for an entry"),
    ],
    ids=['falling', 'twice', 'text', 'pictures', 'mixed', 'stray', 'one-id', 'no-id',
         'number', 'last-number'],
)  # fmt: skip
def test_another_order_is_another_layout(path, change, message):
    path.write_text(changed(change))
    with pytest.raises(LayoutError, match=message):
        list(read_pictures(path))


@pytest.mark.parametrize('indent', [None, 1])
def test_json_laid_out_by_others_is_another_layout(path, indent):
    text = json.dumps(dict(info={}, images=[], annotations=[]), indent=indent)
    path.write_text(text)
    with pytest.raises(LayoutError):
        list(read_pictures(path))
    with pytest.raises(LayoutError, match='does not end in tables of labels'):
        read_tables(path)


def test_a_file_that_is_cut_off_is_another_layout(path):
    text = changed(lambda images, annotations: None)
    for end in range(len(text) - 1):
        path.write_text(text[:end])
        with pytest.raises(LayoutError):
            read_tables(path)
