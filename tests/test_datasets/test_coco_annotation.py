import numpy as np
import pytest
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.coco_annotation import area, as_rle, box

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
