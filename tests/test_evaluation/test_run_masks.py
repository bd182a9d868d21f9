import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools import mask as mask_utils

from projects.fashion_attr.evaluation.functional.masks import (
    check_masks,
    mask_areas,
    run_totals,
)


def encode(mask):
    return mask_utils.encode(np.asfortranarray(mask.astype(np.uint8)))


shapes = st.tuples(st.integers(1, 70), st.integers(1, 70))


@given(st.lists(st.tuples(shapes, st.sampled_from([0, 0.01, 0.5, 1])), max_size=8))
@settings(max_examples=40, deadline=None)
def test_totals_and_areas_equal_decoded_masks(cases):
    rng = np.random.default_rng(0)
    masks = [rng.random(shape) < share for shape, share in cases]
    encoded = [encode(mask) for mask in masks]
    assert run_totals(encoded).tolist() == [mask.size for mask in masks]
    assert mask_areas(encoded).tolist() == [mask.sum() for mask in masks]


def test_more_masks_than_a_byte_counts():
    encoded = [encode(np.ones((2, 3)))] * 600
    assert mask_areas(encoded).tolist() == [6] * 600
    assert run_totals(encoded).tolist() == [6] * 600


def test_size_of_the_image_is_needed():
    masks = [encode(np.ones((2, 3))), encode(np.ones((3, 2)))]
    message = r'b: the mask is 3 x 2 \(h x w\), its image in the ground truth 2 x 3'
    with pytest.raises(ValueError, match=message):
        check_masks(masks, np.array([(2, 3), (2, 3)]), ['a', 'b'])


@pytest.mark.parametrize('counts', ['', '03', '06', '1'], ids=repr)
def test_runs_have_to_fill_the_mask(counts):
    masks = [encode(np.ones((2, 4))), dict(size=[2, 4], counts=counts)]
    with pytest.raises(ValueError, match="b: the mask's runs sum to . of its 8 pixels"):
        check_masks(masks, np.array([(2, 4), (2, 4)]), ['a', 'b'])


# Sums of 120 that pycocotools compares for ever, or as areas beyond the picture.
UNSOUND = {
    'R4\\O:': [130, -20, 10],
    '>7Kg0_2': [14, 7, -5, 30, 74],
    'FR4': [-10, 130],
    '>7500000Q2B': [14, 7, 5, 7, 5, 7, 5, 7, 70, -7],
}


@pytest.mark.parametrize('code', UNSOUND)
def test_runs_below_0_are_refused(code):
    assert sum(UNSOUND[code]) == 120
    masks = [dict(size=[12, 10], counts=text) for text in ('>7500000j1', code)]
    with pytest.raises(ValueError, match='b: count [0-9]+ of the RLE is negative: -'):
        check_masks(masks, np.array([(12, 10)] * 2), ['a', 'b'])
