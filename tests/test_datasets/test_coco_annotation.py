import numpy as np
import pytest
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.coco_annotation import (
    area,
    as_rle,
    box,
    segmentation,
)

BAR = [[0, 1, 1, 1, 0]] * 2
MASKS = {
    'polygon': [[1, 0, 4, 0, 4, 2, 1, 2]],
    'two polygons': [[1, 0, 3, 0, 3, 2, 1, 2], [3, 0, 4, 0, 4, 2, 3, 2]],
    'plain': dict(size=[2, 5], counts=[2, 6, 2]),
    'compressed': mask_utils.encode(np.asfortranarray(np.array(BAR, np.uint8))),
}


@pytest.mark.parametrize('mask', MASKS.values(), ids=MASKS)
def test_any_segmentation_is_read(mask):
    assert mask_utils.decode(as_rle(mask, (2, 5))).tolist() == BAR
    assert box(dict(segmentation=mask), 'a') == [1, 0, 3, 2]
    assert area(dict(segmentation=mask), [1, 0, 3, 2], (2, 5), 'a') == 6


def test_what_the_file_says_comes_first():
    ann = dict(segmentation=MASKS['plain'], bbox=[1, 0, 4, 1], area=3.5)
    assert box(ann, 'a') == [1, 0, 4, 1]
    assert area(ann, ann['bbox'], (2, 5), 'a') == 3.5


NAN, INF = float('nan'), float('inf')
UNSOUND = {
    'NaN': (
        [[1, 0, 4, NAN, 4, 2]],
        r'a has the polygon \[1, 0, 4, nan, 4, 2\]; it is x, ',
    ),
    'NaN first': ([[NAN, 0, 4, 0, 4, 2]], 'a has the polygon .*all numbers and within'),
    'infinite': ([[1, 0, INF, 0, 4, 2]], 'a has the polygon .*all numbers and within'),
    'far': ([[1, 0, 4, 0, 4, -1e7]], 'a has the polygon .* within 1,000,000 pixels'),
    'beyond any float': ([[1, 0, 4, 0, 4, 10**400]], 'a has the polygon .*all numbers'),
    'words': ([['1', '0', '4', '0', '4', '2']], 'a has the polygon .*all numbers'),
    'null': ([[1, 0, None, 0, 4, 2]], 'a has the polygon .*all numbers'),
    'nested': ([[[1, 0], [4, 0]]], 'a has the polygon .*all numbers'),
    'odd': ([[1, 0, 4, 0, 4, 2, 1]], 'a has a polygon of 7 numbers; they are x, y'),
    'flat': ([1, 0, 4, 0, 4, 2], 'a has a polygon that is 1, not a list of numbers'),
    'line': ([[1, 0, 4, 0]], 'a has no polygon of 3 points or more'),
    'word': ('abc', "a has the segmentation 'abc', neither polygons nor RLE"),
    'number': (7, 'a has the segmentation 7, neither polygons nor RLE'),
    'counts null': (
        dict(size=[2, 5], counts=None),
        'a: the counts of the RLE are None; ',
    ),
    'counts words': (
        dict(size=[2, 5], counts=['10']),
        r"a: the counts .* \['10'\]; they",
    ),
    'counts halves': (dict(size=[2, 5], counts=[9.5, 0.5]), 'a list of whole numbers'),
    'size null': (dict(size=None, counts='h3'), 'a: the size of the RLE is None, not'),
    'size of 3': (
        dict(size=[2, 5, 1], counts='h3'),
        r'a: the size .* \[2, 5, 1\], not',
    ),
    'size below 0': (
        dict(size=[-2, 5], counts=[10]),
        r'a: the size of .* \[-2, 5\], not',
    ),
}


@pytest.mark.parametrize(('mask', 'message'), UNSOUND.values(), ids=UNSOUND)
def test_unsound_masks_are_named(mask, message):
    with pytest.raises(ValueError, match=message):
        segmentation(dict(segmentation=mask), 'a')
