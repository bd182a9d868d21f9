"""Predictions picture by picture, whatever file they are in."""

import json
import pickle

import numpy as np
import pytest
from submissions import (
    box_mask,
    result,
    write_dump,
    write_images,
    write_lines,
    write_pictures,
)

from projects.fashion_attr.evaluation.submission.bare_classes import read_bare_classes
from projects.fashion_attr.evaluation.submission.pictures import (
    read_image_names,
    read_sizes,
)
from projects.fashion_attr.evaluation.submission.prediction_files import (
    index_lines,
    open_predictions,
)

SIZES = {'a': (6, 5), 'b': (4, 8)}


def results():
    """Two of picture 2, one of 1 between them."""
    small, large = np.ones((4, 8)), box_mask((6, 5), 1, 1, 3, 4)
    return [
        result(2, small, 0.9, attributes={115: 0.75}),
        result(1, large, 0.8, category=0),
        result(2, small, 0.25),
    ]


def scores(predictions):
    return {
        name: [r['score'] for r in predictions.results(name)]
        for name in sorted(predictions.image_ids)
    }


def dump(path='x/a.jpg', **columns):
    """One picture with one detection, as tools/test.py --out has it."""
    mask = dict(size=[6, 5], counts='n0')
    instances = dict(labels=[0], scores=[0.5], attr_scores=[[0.0] * 294], masks=[mask])
    return [dict(img_path=path, pred_instances=instances | columns)]


def as_is(path, found):
    path.write_text(json.dumps(found))
    return path


@pytest.mark.parametrize('write', [write_lines, as_is], ids=['lines', 'one-line'])
def test_coco_results_by_number(tmp_path, write):
    path = write(tmp_path / 'p.json', results())
    assert (index_lines(path) is None) == (write is as_is)
    predictions = open_predictions(path, write_images(tmp_path / 'v.json', SIZES))
    assert scores(predictions) == {'a': [0.8], 'b': [0.9, 0.25]}
    assert predictions.results('b')[0]['attr_scores'][115] == 0.75
    assert predictions.results('c') == []
    with pytest.raises(ValueError, match='p.json calls pictures by number.* --ann FIL'):
        open_predictions(path)


@pytest.mark.parametrize('write', [write_lines, as_is], ids=['lines', 'one-line'])
def test_coco_results_by_name(tmp_path, write):
    names = {1: 'a', 2: 'b.jpg'}
    found = [dict(r, image_id=names[r['image_id']]) for r in results()]
    predictions = open_predictions(write(tmp_path / 'p.json', found))
    assert scores(predictions) == {'a': [0.8], 'b': [0.9, 0.25]}


def test_a_coco_file_scores_1(tmp_path):
    anns = [{k: v for k, v in r.items() if k != 'score'} for r in results()]
    path = write_images(tmp_path / 'gt.json', SIZES, annotations=anns)
    assert scores(open_predictions(path)) == {'a': [1], 'b': [1, 1]}


def test_a_dump_is_read(tmp_path):
    found = results()
    pictures = {'x/a.jpg': found[1:2], 'x/b.jpg': found[::2], 'x/c.jpg': []}
    predictions = open_predictions(write_dump(tmp_path / 'p.pkl', pictures))
    assert predictions.image_ids == {'a', 'b', 'c'}
    first, second = predictions.results('b')
    assert (first['category_id'], second['score']) == (31, 0.25)
    assert first['attr_scores'][115] == 0.75
    assert predictions.results('c') == []


def test_a_padded_picture_counts_once(tmp_path):
    path = write_dump(tmp_path / 'p.pkl', {'y/a.jpg': results()[1:2]})
    path.write_bytes(pickle.dumps(2 * pickle.loads(path.read_bytes())))
    assert scores(open_predictions(path)) == {'a': [pytest.approx(0.8)]}


BAD_FILES = {
    'p.txt': ('', 'p.txt is neither a .pkl of tools/test.py --out nor a .json'),
    'p.pkl': ('junk', 'p.pkl is no sound pickle'),
    'p.json': ('[{"image_id": 1', 'p.json: Expecting'),
    'empty.json': ('', 'empty.json: the file is empty'),
    'other.json': ('{"a": 1}', 'other.json: an object without images and annotations'),
    'no-score.json': ('[{"image_id": 1}]', 'entry 0 is no COCO result'),
}


@pytest.mark.parametrize('name', BAD_FILES)
def test_bad_files_are_named(tmp_path, name):
    text, message = BAD_FILES[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        open_predictions(tmp_path / name)


ODD_FORMS = {
    'a byte order mark': '\ufeff[\n{"image_id": "a", %s\n]',
    'a mark, in one line': '\ufeff[{"image_id": "a", %s]',
    'a folder': '[{"image_id": "x/a.jpg", %s]',
    'a folder of Windows': '[{"image_id": "x\\\\a.jpg", %s]',
    'a COCO file with a mark': '\ufeff{"images": [{"id": 1, "file_name": "a.jpg"}], '
    '"annotations": [{"image_id": 1, %s]}',
}


@pytest.mark.parametrize('form', ODD_FORMS.values(), ids=ODD_FORMS)
def test_results_of_other_systems_are_read(tmp_path, form):
    path = tmp_path / 'p.json'
    path.write_text(form % '"category_id": 3, "score": 0.5}', encoding='utf-8')
    assert scores(open_predictions(path)) == {'a': [0.5]}


LOST = {
    'a second list': ('[\n%s\n]\n[\n%s\n]', 'p.json: Extra data: line 4'),
    'two a line': ('[\n%s, %s\n]', 'p.json: the result at byte 2: Extra data'),
    'a key twice': (
        '[\n{"image_id": "b", %s,\n%s\n]',
        "p.json: the result at byte 2: the key 'image_id' stands twice",
    ),
    'a true id': (
        '[%s, {"image_id": true, %s]',
        'p.json: image_id True is none of the',
    ),
    'two pictures of one id': (
        '{"images": [{"id": 1, "file_name": "a"}, {"id": 1, "file_name": "b"}], '
        '"annotations": [%s, %s]}',
        'p.json: images a and b have the same id, 1; give one of them another',
    ),
}


@pytest.mark.parametrize(('form', 'message'), LOST.values(), ids=LOST)
def test_no_result_is_lost_or_given_to_another_picture(tmp_path, form, message):
    texts = ['{"image_id": "a", "category_id": 3, "score": 0.5}'] * 2
    pieces = form.split('%s')
    for n, piece in enumerate(pieces[:2]):
        if '"image_id"' in piece:
            texts[n] = texts[n][1:] if 'true' not in piece else texts[n][18:]
    path = tmp_path / 'p.json'
    path.write_text(form % tuple(texts))
    ann = write_images(tmp_path / 'v.json', SIZES)
    with pytest.raises(ValueError, match=message):
        scores(open_predictions(path, ann))


def test_a_cut_line_is_named(tmp_path):
    path = tmp_path / 'p.json'
    path.write_text('[\n{"image_id": 1, "score":\n]')
    predictions = open_predictions(path, write_images(tmp_path / 'v.json', SIZES))
    with pytest.raises(ValueError, match='p.json: the result at byte 2: Expecting'):
        predictions.results('a')


def test_unknown_numbers_are_named(tmp_path):
    path = write_lines(tmp_path / 'p.json', results())
    ann = write_images(tmp_path / 'v.json', {'a': (6, 5)})
    with pytest.raises(
        ValueError, match='image_id 2 is none of the 1 images of .*v.js'
    ):
        open_predictions(path, ann)


@pytest.mark.parametrize(
    ('entry', 'message'),
    [
        ([1], 'entry 0: no prediction of tools/test.py --out'),
        (dict(img_path='a.jpg'), 'entry 0: no prediction'),
        ([dict(img_path='a.jpg', pred_instances=dict(labels=[1]))], 'have no attr_sco'),
        (
            [dict(img_path='a.jpg', pred_instances=dict.fromkeys(
                ('scores', 'masks', 'attr_scores'), ()) | dict(labels=[46]))],
            "label 46 is none of the competition's 46 classes",
        ),
        (dump(labels=[0.5]), 'ImageId a: labels are float64, no whole numbers'),
        (dump(masks=[]), r'ImageId a: .* unequal numbers .*masks \(0\), scores \(1'),
        (dump(masks=np.ones((1, 6, 5), bool)), 'ImageId a: the masks are no run-leng'),
        (dump() + dump('y/a.jpg'), 'x/a.jpg and y/a.jpg are both ImageId a; predict'),
        (dump(None), 'entry 0: no prediction of tools/test.py --out'),
        ([dict(img_path='a.jpg', pred_instances=None)], 'entry 0: no prediction'),
    ],
    ids=['list', 'dict', 'no-attributes', 'label', 'float-label', 'few-masks', 'pixels',
         'two-folders', 'no-path', 'no-instances'],
)  # fmt: skip
def test_bad_dumps_are_named(tmp_path, entry, message):
    path = tmp_path / 'p.pkl'
    path.write_bytes(pickle.dumps(entry))
    with pytest.raises(ValueError, match=f'p.pkl.*{message}'):
        open_predictions(path).results('a')


@pytest.mark.parametrize(
    ('images', 'message'),
    [
        ([], 'v.json has no images'),
        ([dict(file_name='a')], 'an entry of images has no id'),
        ([dict(id=3)], 'image 3 has neither kaggle_id nor file_name'),
        ([dict(id=3, file_name=[])], 'image 3 has neither kaggle_id nor file_name'),
        (
            [dict(id=[3], file_name='a')],
            r'image a has the id \[3\], no whole number or',
        ),
        ([dict(id=1.0, file_name='a')], 'v.json: image a has the id 1.0, no whole num'),
        (
            [dict(id=3, file_name='a'), dict(id=3, file_name='b')],
            'v.json: images a and b have the same id, 3; give one of them another',
        ),
    ],
    ids=[
        'none',
        'no-id',
        'no-name',
        'a-list-of-names',
        'a-list-of-ids',
        'a-float-id',
        'an-id-twice',
    ],
)
def test_bad_annotation_files_are_named(tmp_path, images, message):
    path = write_images(tmp_path / 'v.json', {}, images=images)
    with pytest.raises(ValueError, match=message):
        read_image_names(path)


def test_classes_without_attributes_are_learnt(tmp_path):
    anns = [
        dict(category_id=k, attribute_ids=ids)
        for k, ids in [(0, [1]), (0, []), (23, []), (13, []), (23, [])]
    ]
    path = write_images(tmp_path / 'train.json', {}, annotations=anns)
    assert read_bare_classes(path) == {13, 23}
    path = tmp_path / 'train.csv'
    path.write_text('ImageId,ClassId,AttributesIds\na,0,"1,2"\na,0,\na,23,\n')
    assert read_bare_classes(path) == {23}


BAD_TRAINING = {
    'a.json': ('{"annotations": []}', 'a.json has no annotations'),
    'b.json': (
        '{"annotations": [{"category_id": 1}]}',
        'b.json: annotation None has no attribute_ids',
    ),
    'c.json': ('{"annotations": [', 'c.json is no COCO JSON: '),
    'e.json': (
        '{"annotations": [{"category_id": 46, "attribute_ids": []}]}',
        'e.json: annotation None has category_id 46, none of the 46 of the competition',
    ),
    'f.json': (
        '{"annotations": [{"id": 5, "category_id": [3], "attribute_ids": []}]}',
        r'f.json: annotation 5 has category_id \[3\], none of the 46',
    ),
    'g.json': (
        '{"annotations": [{"id": 5, "category_id": 3, "attribute_ids": "4"}]}',
        "g.json: annotation 5 has the attribute_ids '4'; they are a list of whole",
    ),
    'h.json': ('{"annotations": [3]}', 'h.json: an entry of annotations is 3'),
    'd.csv': ('ImageId,ClassId,AttributesIds\na,99,\n', 'd.csv, ImageId a, row 2: Cla'),
}


@pytest.mark.parametrize('name', BAD_TRAINING)
def test_bad_training_sets_are_named(tmp_path, name):
    text, message = BAD_TRAINING[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        read_bare_classes(tmp_path / name)


def test_pictures_are_found(tmp_path):
    folder = write_pictures(tmp_path / 'test', dict(b=(4, 8), a=(6, 5)))
    (folder / 'notes.txt').write_text('no picture')
    assert list(read_sizes(folder).items()) == [('a', (6, 5)), ('b', (4, 8))]
    assert read_sizes(folder, {'b'}) == {'b': (4, 8)}
    with pytest.raises(ValueError, match='test lacks 1 of 2 pictures, as c'):
        read_sizes(folder, {'a', 'c'})
    (folder / 'a.png').write_bytes(b'')
    with pytest.raises(ValueError, match='one ImageId for two'):
        read_sizes(folder)


def test_unreadable_pictures_are_named(tmp_path):
    (tmp_path / 'a.jpg').write_bytes(b'junk')
    with pytest.raises(ValueError, match='a.jpg cannot be read'):
        read_sizes(tmp_path)
    (tmp_path / 'a.jpg').unlink()
    with pytest.raises(ValueError, match='has no picture'):
        read_sizes(tmp_path)
