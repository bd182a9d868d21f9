"""Masks encoded around their boxes are those of pycocotools, encoded whole."""

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pycocotools import mask as mask_utils

from projects.fashion_attr.structures import boxed_masks
from projects.fashion_attr.structures.boxed_masks import encode_boxed


def oracle(mask):
    """The RLE of pycocotools, counts as str."""
    rle = mask_utils.encode(np.asfortranarray(mask, np.uint8))
    return dict(size=list(mask.shape), counts=rle['counts'].decode())


@pytest.fixture(autouse=True, params=[0, 50], ids=['by box', 'small ones whole'])
def small(request, monkeypatch):
    """Pixels up to which masks are encoded whole."""
    monkeypatch.setattr(boxed_masks, '_SMALL', request.param)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_equals_pycocotools_wherever_the_box_is(data):
    h, w = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    bits = data.draw(st.lists(st.booleans(), min_size=h * w, max_size=h * w))
    mask = np.array(bits).reshape(h, w)
    box = data.draw(st.lists(st.floats(-20, 20), min_size=4, max_size=4))
    whole = oracle(mask)
    assert encode_boxed(mask[None], [box]) == [whole]
    assert encode_boxed(torch.from_numpy(mask)[None], [box]) == [whole]


@pytest.mark.parametrize('dtype', [np.bool_, np.uint8, np.float32])
def test_takes_masks_of_any_type(dtype):
    mask = np.zeros((6, 5), dtype)
    mask[2:4, 1:3] = 1
    (rle,) = encode_boxed([mask], np.array([[1.0, 2.0, 3.0, 4.0]]))
    assert rle == oracle(mask)


def test_looks_at_the_box_only_where_all_of_the_mask_is_in_it(monkeypatch):
    seen = []
    encode = mask_utils.encode
    monkeypatch.setattr(
        mask_utils, 'encode', lambda mask: seen.append(mask.shape) or encode(mask)
    )
    mask = np.zeros((100, 80), bool)
    mask[10:14, 20:30] = True
    boxes = [[20, 10, 30, 14], [40, 40, 50, 50]]
    inside, elsewhere = encode_boxed([mask, mask], boxes)
    assert seen == [(6, 12), (100, 80)]
    assert inside == elsewhere == oracle(mask)


def test_no_masks_are_no_code():
    assert encode_boxed(torch.zeros(0, 4, 4, dtype=torch.bool), np.zeros((0, 4))) == []
