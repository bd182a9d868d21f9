"""Boxes of masks, and features pooled at them."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from mmdet.structures.mask import mask2bbox

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models.dense_heads.mask_pooling import (
    mask_boxes,
    pool_at_boxes,
)


@pytest.mark.parametrize(
    'rows, box',
    [
        (['....', '.##.', '..#.'], [1, 1, 3, 3]),
        (['#...', '....', '...#'], [0, 0, 4, 3]),
        (['....', '....', '....'], [0, 0, 0, 0]),
    ],
    ids=['blob', 'corners', 'nothing'],
)
def test_mask_box(rows, box):
    mask = torch.tensor([[c == '#' for c in row] for row in rows])
    assert mask_boxes(mask[None]).tolist() == [box]


@given(st.integers(0, 5), st.integers(1, 9), st.integers(1, 9), st.integers(0, 99))
def test_mask_boxes_are_those_of_mmdet(n, h, w, seed):
    generator = torch.Generator().manual_seed(seed)
    masks = torch.rand(n, h, w, generator=generator) > 0.9
    torch.testing.assert_close(mask_boxes(masks), mask2bbox(masks))


def test_pooled_from_the_own_picture_and_box():
    """Picture b holds b + 1 in its left half and 0 in its right."""
    feats = torch.zeros(2, 3, 8, 8)
    feats[0, :, :, :4], feats[1, :, :, :4] = 1, 2
    logits = torch.full((3, 8, 8), -99.0)
    logits[0, 2:6, :4] = 99
    logits[1, :, :] = 99
    boxes = torch.tensor([[0.0, 2, 4, 6], [4, 0, 8, 8], [0, 0, 0, 0]])
    pictures = torch.tensor([1, 0, 1])
    pooled, weights = pool_at_boxes(feats, pictures, logits, boxes, 2)
    assert pooled.shape == (3, 3, 2, 2)
    assert pooled[0, 0, :, 0].tolist() == [2, 2]
    assert pooled[1, 0, :, 1].tolist() == [0, 0]
    # The empty box stands for the whole picture.
    assert pooled[2, 0].mean() == pytest.approx(1, abs=0.2)
    assert weights[0].min() > 0.7 and weights[1].min() == 1 and weights[2].max() == 0


def test_no_objects_still_reach_the_features():
    feats = torch.rand(1, 3, 8, 8, requires_grad=True)
    none = torch.zeros(0, dtype=torch.long)
    empty = torch.zeros(0, 8, 8)
    pooled, weights = pool_at_boxes(feats, none, empty, torch.zeros(0, 4), 7)
    assert pooled.shape == (0, 3, 7, 7) and weights.shape == (0, 7, 7)
    pooled.sum().backward()
    assert feats.grad is not None
