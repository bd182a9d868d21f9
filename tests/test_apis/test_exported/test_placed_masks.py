"""Masks in their places, held against mmdet's."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdet.models.roi_heads.mask_heads.fcn_mask_head import _do_paste_mask

from projects.fashion_attr.apis.exported.masks import place

SIZE = (9, 12)


def pasted(probs, box, size):
    """mmdet's mask of a picture."""
    box = torch.from_numpy(box)[None]
    values, _ = _do_paste_mask(
        torch.from_numpy(probs)[None, None], box, *size, skip_empty=False
    )
    return (values[0] >= 0.5).numpy()


@pytest.mark.parametrize(
    'box, rows, columns',
    [
        ((2, 1, 6, 5), slice(1, 5), slice(2, 6)),
        ((0, 0, 12, 9), slice(0, 9), slice(0, 12)),
        ((-4, -4, 4, 4), slice(0, 4), slice(0, 4)),
        ((8, 6, 20, 30), slice(6, 9), slice(8, 12)),
        ((20, 20, 30, 30), slice(0, 0), slice(0, 0)),
        # What a side of no length divides by is taken for the middle, as in mmdet.
        ((3, 3, 3, 3), slice(2, 4), slice(2, 4)),
    ],
    ids=['inside', 'whole', 'cut at the left', 'cut at the right', 'outside', 'empty'],
)
def test_a_full_mask_fills_its_box(box, rows, columns):
    wanted = np.zeros(SIZE, bool)
    wanted[rows, columns] = True
    cells = max(box[3] - box[1], 1), max(box[2] - box[0], 1)
    mask = place(np.ones(cells, np.float32), np.array(box, np.float32), SIZE, 0.5)
    np.testing.assert_array_equal(mask.whole(), wanted)


@given(
    seed=st.integers(0, 10**6),
    cells=st.integers(1, 6),
    corner=st.tuples(*[st.floats(-5, 12, width=32)] * 2),
    side=st.tuples(*[st.floats(0.25, 20, width=32)] * 2),
)
@settings(max_examples=150, deadline=None)
def test_equals_mmdet(seed, cells, corner, side):
    # Steps of 1/8: sums around a half differ in their last bit otherwise.
    probs = np.random.default_rng(seed).integers(0, 9, (cells, cells)) / np.float32(8)
    box = np.array([*corner, *np.add(corner, side)], np.float32)
    ours = place(probs.astype(np.float32), box, SIZE, 0.5).whole()
    theirs = pasted(probs.astype(np.float32), box, SIZE)
    if (ours != theirs).any():
        assert_close_to_half(probs.astype(np.float32), box, ours != theirs)


def assert_close_to_half(probs, box, where):
    """Pixels may fall otherwise only where the value is a half but for rounding."""
    values, _ = _do_paste_mask(
        torch.from_numpy(probs)[None, None],
        torch.from_numpy(box)[None],
        *SIZE,
        skip_empty=False,
    )
    np.testing.assert_allclose(values[0].numpy()[where], 0.5, atol=1e-4)
