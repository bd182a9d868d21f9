"""What is wrong in a file, the dataset and the metric take alike."""

import json

import pytest
from pycocotools import mask as mask_utils

from projects.fashion_attr import ops

ops.install()  # before mmdet's datasets

from projects.fashion_attr.datasets.imaterialist import (  # noqa: E402
    IMaterialistDataset,
)
from projects.fashion_attr.evaluation.functional import GroundTruth  # noqa: E402
from projects.fashion_attr.structures.rle import decompress_counts  # noqa: E402

SQUARE = [1.0, 2.0, 5.0, 2.0, 5.0, 9.0, 1.0, 9.0]
PLAIN = dict(size=[12, 10], counts=[14, 7, 5, 7, 5, 7, 5, 7, 63])
RLE = mask_utils.frPyObjects(PLAIN, 12, 10)
RLE['counts'] = RLE['counts'].decode()
NOTHING = dict(size=[12, 10], counts='h3')  # one run of 120 pixels background


def annotation(**change):
    """A square of 4 x 7 pixels; None as a value leaves the key out."""
    entry = dict(
        id=1, image_id=1, category_id=31, attribute_ids=[281, 3], area=28.0,
        bbox=[1.0, 2.0, 4.0, 7.0], segmentation=[SQUARE], iscrowd=0,
    ) | change  # fmt: skip
    return {key: value for key, value in entry.items() if value is not None}


def by_dataset(file, path, masks):
    """Boxes xywh and the number left out, as the dataset has them."""
    path.write_text(json.dumps(file))
    data = IMaterialistDataset(
        ann_file=str(path), data_prefix=dict(img=''), pipeline=[], with_mask=masks
    )
    instances = data.get_data_info(0)['instances']
    assert all(('mask' in instance) == masks for instance in instances)
    boxes = [
        [x1, y1, x2 - x1, y2 - y1]
        for x1, y1, x2, y2 in (instance['bbox'] for instance in instances)
    ]
    return boxes, data.num_left_out


def by_metric(file, path, masks):
    """The same, as the metric's ground truth has them."""
    gt = GroundTruth.from_coco(file, with_masks=masks)
    assert (gt.masks is not None) == masks
    assert gt.areas.tolist() == [28] * len(gt.boxes)
    return gt.boxes.tolist(), gt.num_left_out


READERS = pytest.mark.parametrize('read', [by_dataset, by_metric])
MASKS = pytest.mark.parametrize('masks', [True, False], ids=['masks', 'boxes'])


def file_with(*annotations):
    return dict(
        images=[dict(id=1, file_name='a.jpg', height=12, width=10)],
        annotations=list(annotations),
        categories=[dict(id=31, name='sleeve')],
    )


SOUND = {
    'no box': dict(bbox=None),
    'no box, RLE': dict(bbox=None, segmentation=RLE),
    'no box, plain RLE': dict(bbox=None, segmentation=PLAIN),
    'no area': dict(area=None),
    'no area, RLE': dict(area=None, segmentation=RLE),
    'neither': dict(bbox=None, area=None, segmentation=PLAIN),
    'a line beside': dict(bbox=None, area=None, segmentation=[[0, 0, 9, 9], SQUARE]),
}
EMPTY = {
    'no width': dict(bbox=[1, 2, 0, 7]),
    'negative height': dict(bbox=[1, 2, 4, -7]),
    'area 0': dict(area=0),
    'empty RLE': dict(segmentation=NOTHING, bbox=[0, 0, 0, 0], area=0),
    'empty RLE, no area': dict(segmentation=NOTHING, area=None),
    'empty RLE, no box': dict(segmentation=NOTHING, bbox=None),
    'a point': dict(segmentation=[[1, 1, 1, 1, 1, 1]], bbox=None, area=None),
}
REFUSED = {
    'no attributes': (dict(attribute_ids=None), 'has no attribute_ids; it is '),
    'neither box nor mask': (
        dict(bbox=None, segmentation=None),
        'has n.* segmentation',
    ),
    'no box, a line': (
        dict(bbox=None, segmentation=[[0, 0, 9, 9]]),
        'has no polygon of 3 points or more',
    ),
    'no box, half a point': (
        dict(bbox=None, segmentation=[[*SQUARE, 1]]),
        'has a polygon of 9 numbers; they are x, y, x, y',
    ),
    'no box, flat': (
        dict(bbox=None, segmentation=SQUARE),
        'has a polygon that is 1.0, not a list of numbers',
    ),
    'no box, no size': (
        dict(bbox=None, segmentation=dict(counts='h3')),
        r"has a run-length mask with \['counts'\], not size",
    ),
    'no box, short RLE': (
        dict(bbox=None, segmentation=dict(size=[12, 10], counts='1')),
        'sum to 1[, ]',
    ),
    'three numbers': (dict(bbox=[1, 2, 4]), r'has the box \[1, 2, 4\]; it is x, y, '),
    'NaN in the box': (dict(bbox=[1, 2, float('nan'), 7]), 'has the box .*nan, 7.*; '),
    'NaN area': (dict(area=float('nan')), 'has the area nan'),
    'float attributes': (dict(attribute_ids=[3.0]), r'attribute_ids \[3.0\]; they are'),
    'text attributes': (dict(attribute_ids=['3']), r"attribute_ids \['3'\]; they are"),
    'mixed attributes': (dict(attribute_ids=[3, '4']), 'has the attribute_ids .*whole'),
    'true attributes': (dict(attribute_ids=[True]), r'attribute_ids \[True\]; they'),
    'null in attributes': (dict(attribute_ids=[3, None]), 'has the attribute_ids'),
    'nested attributes': (dict(attribute_ids=[[3]]), r'attribute_ids \[\[3\]\]; they'),
    'a text for attributes': (dict(attribute_ids=''), "attribute_ids ''; they are a"),
    'a number for attributes': (dict(attribute_ids=3), 'attribute_ids 3; they are a'),
    'an object for attributes': (dict(attribute_ids={}), 'attribute_ids {}; they are'),
    'text iscrowd': (dict(iscrowd='0'), "has iscrowd '0'; it is 0 or 1"),
    'NaN iscrowd': (dict(iscrowd=float('nan')), 'has iscrowd nan; it is 0 or 1'),
    'iscrowd 2': (dict(iscrowd=2), 'has iscrowd 2; it is 0 or 1'),
    'text box': (dict(bbox=['1', '2', '4', '7']), r"has the box \['1', '2', .*; it is"),
    'null in the box': (dict(bbox=[1, 2, 4, None]), 'has the box .*; it is x, y'),
    'an object for a box': (dict(bbox=dict(x=1, y=2, w=4, h=7)), 'has the box {.*; it'),
    'a number for a box': (dict(bbox=3), 'has the box 3; it is x, y, width'),
    'a huge box': (dict(bbox=[1, 2, 10**400, 7]), r'has the box \[1, 2, 1000.*; it is'),
    'text area': (dict(area='28'), "has the area '28', not a number of pixels"),
    'a list for an area': (dict(area=[28]), r'has the area \[28\], not a number'),
    'a huge area': (dict(area=10**400), r'has the area 1000.*\.\.\..*0, not a number'),
}
WITHOUT_MASK = {
    'absent': (None, 'has no segmentation; '),
    'empty': ([], 'has no segmentation; '),
    'no polygon': ([[]], 'has no polygon of 3 points or more'),
    'a line': ([[0, 0, 9, 9]], 'has no polygon of 3 points or more'),
}


@MASKS
@READERS
@pytest.mark.parametrize('change', SOUND.values(), ids=SOUND)
def test_what_is_absent_comes_from_the_mask(tmp_path, read, masks, change):
    file = file_with(annotation(), annotation(id=7, **change))
    boxes, left_out = read(file, tmp_path / 'x.json', masks)
    assert boxes == [[1, 2, 4, 7]] * 2
    assert left_out == 0


@MASKS
@READERS
@pytest.mark.parametrize('change', EMPTY.values(), ids=EMPTY)
def test_empty_objects_are_left_out_and_counted(tmp_path, read, masks, change):
    file = file_with(annotation(id=7, **change), annotation())
    boxes, left_out = read(file, tmp_path / 'x.json', masks)
    assert boxes == [[1, 2, 4, 7]]
    assert left_out == 1


@MASKS
@READERS
@pytest.mark.parametrize(('change', 'message'), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_named(tmp_path, read, masks, change, message):
    file = file_with(annotation(), annotation(id=7, **change))
    with pytest.raises(ValueError, match=f'annotation 7.*{message}'):
        read(file, tmp_path / 'x.json', masks)


BAD_MASK = {
    'a text': ('x' * 999, r"has the segmentation 'xxx.*\.\.\..*, neither polygons nor"),
    'RLE in a list': ([PLAIN], 'has a polygon that is {.*, not a list of numbers'),
    'a side of 2**31': (dict(PLAIN, size=[2**31, 10]), 'size of the RLE is .2147'),
}


@READERS
@pytest.mark.parametrize(('given', 'message'), BAD_MASK.values(), ids=BAD_MASK)
def test_what_is_no_mask_is_named_in_a_few_words(tmp_path, read, given, message):
    file = file_with(annotation(), annotation(id=7, segmentation=given))
    with pytest.raises(ValueError, match=f'annotation 7.*{message}') as error:
        read(file, tmp_path / 'x.json', True)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize('counts', [[14, -7, 113], [2**32 + 14, 7, 99], [2**70, 7, 99]])
def test_counts_that_are_no_pixels_are_named(counts):
    mask = dict(size=[12, 10], counts=counts)
    file = file_with(annotation(id=7, segmentation=mask))
    with pytest.raises(ValueError, match='annotation 7: the counts of the RLE are'):
        GroundTruth.from_coco(file)
    with pytest.raises(ValueError, match=r'RLE (is negative|are|sum)|negative'):
        decompress_counts(mask)


@pytest.mark.parametrize(
    'size', [0, -5, 12.0, 12.5, '12', float('nan'), None, True, 2**16]
)
@READERS
def test_pictures_have_a_size_in_pixels(tmp_path, read, size):
    file = file_with(annotation())
    file['images'][0]['height'] = size
    with pytest.raises(
        ValueError, match=f'has height {size!r}, not a number of pixels'
    ):
        read(file, tmp_path / 'x.json', True)


def test_objects_marked_ignore_are_counted(tmp_path):
    file = file_with(annotation(), annotation(id=7, ignore=1))
    assert by_dataset(file, tmp_path / 'x.json', True) == ([[1, 2, 4, 7]], 1)
    file['annotations'][1]['ignore'] = '0'
    with pytest.raises(ValueError, match="annotation 7 has ignore '0'; it is 0 or 1"):
        by_dataset(file, tmp_path / 'x.json', True)


@READERS
@pytest.mark.parametrize(
    ('segmentation', 'message'), WITHOUT_MASK.values(), ids=WITHOUT_MASK
)
def test_masks_are_asked_for_where_they_are_used(tmp_path, read, segmentation, message):
    file = file_with(annotation(id=7, segmentation=segmentation))
    with pytest.raises(ValueError, match=f'annotation 7 {message}'):
        read(file, tmp_path / 'x.json', True)
    assert read(file, tmp_path / 'x.json', False) == ([[1, 2, 4, 7]], 0)


@READERS
def test_objects_of_boxes_alone_have_their_area(tmp_path, read):
    file = file_with(annotation(segmentation=None, area=None))
    assert read(file, tmp_path / 'x.json', False) == ([[1, 2, 4, 7]], 0)


@READERS
def test_without_tables_the_taxonomy_counts(tmp_path, read):
    file = file_with(annotation())
    del file['categories']
    assert read(file, tmp_path / 'x.json', True) == ([[1, 2, 4, 7]], 0)
