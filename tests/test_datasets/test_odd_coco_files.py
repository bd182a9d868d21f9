"""COCO files of other makers: read as pycocotools reads them, or refused by name.

What pycocotools loses in silence is refused here: of two pictures of one id it shows
the last, of an object whose picture is not there nothing.
"""

import json

import pytest
from pycocotools import mask as mask_utils
from pycocotools.coco import COCO

from projects.fashion_attr import ops

ops.install()  # before mmdet's datasets

from projects.fashion_attr.datasets.annotations import (  # noqa: E402
    ImageRecord,
    MaskRecord,
    write_annotations,
)
from projects.fashion_attr.datasets.imaterialist import (  # noqa: E402
    IMaterialistDataset,
)
from projects.fashion_attr.datasets.label_counts import read_label_counts  # noqa: E402

SQUARE = [1.0, 2.0, 5.0, 2.0, 5.0, 9.0, 1.0, 9.0]
PLAIN = dict(size=[12, 10], counts=[14, 7, 5, 7, 5, 7, 5, 7, 63])
RLE = mask_utils.frPyObjects(PLAIN, 12, 10)
RLE['counts'] = RLE['counts'].decode()


def image(number=1, **fields):
    return dict(id=number, file_name=f'{number}.jpg', height=12, width=10) | fields


def annotation(number=1, **fields):
    entry = dict(id=number, image_id=1, category_id=31, attribute_ids=[281, 3])
    return entry | dict(segmentation=[SQUARE]) | fields


def table(*entries, **fields):
    """A file of two pictures with a sleeve each, or of these annotations."""
    objects = [annotation(), annotation(2, image_id=2)]
    tables = dict(images=[image(), image(2)], annotations=list(entries) or objects)
    return tables | dict(categories=[dict(id=31, name='sleeve')]) | fields


def objects(path):
    """Ids of the pictures, and how many objects each has."""
    data = IMaterialistDataset(
        ann_file=str(path), data_prefix=dict(img=''), pipeline=[]
    )
    entries = [data.get_data_info(i) for i in range(len(data))]
    return {entry['img_id']: len(entry['instances']) for entry in entries}


def by_pycocotools(path):
    coco = COCO(str(path))
    return {number: len(coco.imgToAnns[number]) for number in coco.imgs}


@pytest.fixture
def path(tmp_path):
    return tmp_path / 'x.json'


AS_PYCOCOTOOLS = {
    'extra keys': table(annotation(parts=[], score=None), extra=5, info=[1]),
    'bare': table(annotation(), licenses=None),
    'ids above 2**53': table(
        annotation(2**53 + 1, image_id=2**53 + 1),
        annotation(2**53 + 2, image_id=2**53 + 2),
        annotation(2**53 + 3, image_id=2**53 + 2),
        images=[image(2**53), image(2**53 + 1), image(2**53 + 2)],
    ),
    'ids above 2**63': table(annotation(image_id=2**64), images=[image(2**64)]),
    'ids are names': table(annotation('x', image_id='a'), images=[image('a')]),
    'ids of both kinds': table(annotation(image_id='1'), images=[image(1), image('1')]),
    'three forms of masks': table(
        annotation(), annotation(2, segmentation=RLE), annotation(3, segmentation=PLAIN)
    ),
    'folders': table(
        images=[image(file_name='a/b/1.jpg'), image(2, file_name='é/ü.jpg')]
    ),
    'one picture twice': table(images=[image(file_name='a'), image(2, file_name='a')]),
    'a stray byte in a name': table(images=[image(), image(2, file_name='\udc80.jpg')]),
    'no object': table(annotations=[]),
}


@pytest.mark.parametrize('content', AS_PYCOCOTOOLS.values(), ids=AS_PYCOCOTOOLS)
def test_as_many_objects_as_pycocotools_shows(path, content):
    path.write_text(json.dumps(content))
    assert objects(path) == by_pycocotools(path)


REFUSED = {
    'an object without picture': (
        table(annotation(), annotation(2, image_id=9), annotation(3, image_id=9)),
        r'annotations\[1\] \(id 2\) has the image_id 9, none of the 2 images; so it is '
        'with 2 of 3 annotations: add the images, or',
    ),
    'a text for a number': (
        table(annotation(image_id='1')),
        "image_id '1', none of the 2 images, one of which has it as a number; so",
    ),
    'a number for a text': (
        table(annotation(), images=[image('1')]),
        'image_id 1, none of the 1 images, one of which has it as a text; so it is',
    ),
    'pictures of one id': (
        table(annotation(), images=[image(), image(2), image(file_name='b.jpg')]),
        r'images\[2\] has the id 1 of images\[0\]; give it another one, or remove it',
    ),
    'objects of one id': (
        table(annotation(), annotation(7), annotation(7, image_id=2)),
        'not unique! 7 is that of 2 objects, of image_id 1, 2; number the annotations',
    ),
    'labels of one id': (
        table(categories=[dict(id=31, name='shoe'), dict(id=31, name='sleeve')]),
        r'categories\[1\] has the id 31 of categories\[0\]; give it another',
    ),
    'float ids': (
        table(annotation(image_id=1.0)),
        r'annotations\[0\] has image_id 1.0, not a whole number or a name; ',
    ),
    'backslashes': (
        table(images=[image(), image(2, file_name='train\\2.jpg')]),
        r"images\[1\] has the file_name 'train\\\\2.jpg'; folders are parted by / here",
    ),
    'no name': (table(images=[image(file_name=''), image(2)]), 'has no file_name'),
    'NUL in a name': (
        table(images=[image(file_name='a\0.jpg'), image(2)]),
        'file_name .*, which no file has',
    ),
    'half a character': (
        table(images=[image(file_name='\ud800.jpg'), image(2)]),
        'file_name .*, which no file has',
    ),
}  # fmt: skip


@pytest.mark.parametrize(('content', 'message'), REFUSED.values(), ids=REFUSED)
def test_what_would_be_lost_is_refused(path, content, message):
    path.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=f'x.json.*{message}'):
        objects(path)


def prepared(path):
    """A file of `prepare`, which is read in a stream."""
    mask = MaskRecord(2, 31, (3, 281), RLE['counts'], 28, (1.0, 2.0, 4.0, 7.0))
    write_annotations(path, [ImageRecord(n, 12, 10, [mask]) for n in 'ab'], {})
    return path.read_text(encoding='utf-8')


ALTERED = {
    'another file behind': (lambda t: t + t, 'Extra data'),
    'an empty list before': (
        lambda t: t.replace(
            '"annotations": [', '"annotations": [\n],\n"annotations": ['
        ),
        "the key 'annotations' stands twice",
    ),
    'a list behind': (
        lambda t: t.rstrip()[:-1] + ',\n"annotations": [\n]}\n',
        "the key 'annotations' stands twice",
    ),
    'broken info': (lambda t: t.replace('{}', '{,', 1), 'Expecting property name'),
    'a key twice': (
        lambda t: t.replace('"category_id": 31', '"category_id": 1, "category_id": 31'),
        "the key 'category_id' stands twice",
    ),
    'a picture too few': (
        lambda t: t.replace('"image_id": 2', '"image_id": 9'),
        r'annotations\[1\] \(id 2\) has the image_id 9, none of the 2',
    ),
    'no category': (
        lambda t: t.replace('"category_id": 31, ', ''),
        'annotation 1 has category_id None, not a whole number or a name',
    ),
    'a list for a category': (
        lambda t: t.replace('"category_id": 31', '"category_id": [31]'),
        r'annotation 1 has category_id \[31\], not a whole',
    ),
    'a list for an id': (
        lambda t: t.replace('{"id": 1, "file', '{"id": [1], "file'),
        r'images\[0\] has id \[1\], not a whole number or a name',
    ),
    'brackets': (
        lambda t: t.replace('"iscrowd": 0', f'"iscrowd": {"[" * 99999}{"]" * 99999}'),
        'brackets nested a thousand deep',
    ),
    'a label without name': (
        lambda t: t.replace('"name": "vest"', '"nam": "vest"'),
        r'categories\[5\] has no name',
    ),
    'a label too many': (
        lambda t: t.replace('"categories": [\n', '"categories": [\nnull,\n'),
        r'categories\[0\] is not an object',
    ),
}


@pytest.mark.parametrize(('alter', 'message'), ALTERED.values(), ids=ALTERED)
def test_files_of_prepare_are_read_to_their_end(path, alter, message):
    text = prepared(path)
    assert objects(path) == {1: 1, 2: 1}
    assert alter(text) != text
    path.write_text(alter(text), encoding='utf-8')
    with pytest.raises(ValueError, match=f'x.json.*{message}'):
        objects(path)


def test_a_byte_order_mark_before_a_file_of_prepare(path):
    path.write_text(prepared(path), encoding='utf-8-sig')
    assert objects(path) == {1: 1, 2: 1}


COUNTED = {
    'a list': ([table()], 'x.json is no COCO file: no object of tables'),
    'no annotations': (dict(images=[]), "x.json: there is no table 'annotations'"),
    'not a list': (table(images={}), 'x.json: images is not a list'),
    'a list for an id': (
        table(annotation(category_id=[31])),
        r'x.json: annotations\[0\] has category_id \[31\]',
    ),
    'unsound': (table(annotation(area='28')), "x.json: annotation 1 has the area '28'"),
}


@pytest.mark.parametrize(('content', 'message'), COUNTED.values(), ids=COUNTED)
def test_counting_labels_names_the_file(path, content, message):
    path.write_text(json.dumps(content))
    read_label_counts.cache_clear()
    with pytest.raises(ValueError, match=message):
        read_label_counts(str(path))
