"""Pasting inside the box against mmdet's mask head."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mmengine.config import ConfigDict
from mmengine.structures import InstanceData

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.structures.pasted_masks import paste_masks


def stock(logits, boxes, size, threshold):
    """(N, H, W) bool of mmdet's own head."""
    from mmdet.models.roi_heads.mask_heads import FCNMaskHead

    head = FCNMaskHead(
        num_convs=1, in_channels=1, conv_out_channels=1, class_agnostic=True
    )
    results = InstanceData(bboxes=boxes.clone(), labels=torch.zeros(len(boxes)).long())
    meta = dict(scale_factor=(1.0, 1.0), ori_shape=size)
    test_cfg = ConfigDict(mask_thr_binary=threshold)
    (found,) = head.predict_by_feat(
        [logits[:, None]], [results], [meta], test_cfg, rescale=True
    )
    return found.masks.numpy()


@settings(deadline=None, max_examples=200)
@given(
    data=st.data(),
    count=st.integers(0, 3),
    size=st.tuples(st.integers(1, 60), st.integers(1, 70)),
    small=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    threshold=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    scale=st.sampled_from([0.0, 1e-6, 1.0, 20.0]),
    seed=st.integers(0, 99),
)
def test_pixels_are_those_of_mmdet(data, count, size, small, threshold, scale, seed):
    boxes = []
    for _ in range(count):
        # Detections are clipped to the picture and have an edge of some length.
        h, w = size
        x = sorted(
            data.draw(st.tuples(st.floats(0, w, width=32), st.floats(0, w, width=32)))
        )
        y = sorted(
            data.draw(st.tuples(st.floats(0, h, width=32), st.floats(0, h, width=32)))
        )
        boxes.append([x[0], y[0], x[1], y[1]])
    boxes = torch.tensor(boxes).reshape(-1, 4)
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(count, *small, generator=generator) * scale
    expected = stock(logits, boxes, size, threshold)
    found = paste_masks(logits.sigmoid(), boxes, size, threshold)
    assert found.to_ndarray().shape == (count, *size)
    np.testing.assert_array_equal(found.to_ndarray().astype(bool), expected)


def test_a_mask_that_is_worked_out_by_hand():
    # Columns 1 and 0 over pixels 1..4: .75, .75, .25, 0, since there are zeros
    # around a map; its one row over two pixels: .75 both times.
    small = torch.tensor([[[1.0, 0.0]]])
    found = paste_masks(small, torch.tensor([[1.0, 0.0, 5.0, 2.0]]), (2, 7), 0.5625)
    assert found.to_ndarray()[0].tolist() == [[0, 1, 1, 0, 0, 0, 0]] * 2
    assert found.to_rle()[0]['size'] == [2, 7]


@pytest.mark.parametrize('size', [(2500, 1900), (40, 30_000)])
def test_a_mask_of_more_pixels_than_are_looked_at_at_once(size):
    logits = torch.randn(1, 28, 28, generator=torch.Generator().manual_seed(0)) * 5
    boxes = torch.tensor([[3.0, 1.0, size[1] - 7.5, size[0] - 1.25]])
    found = paste_masks(logits.sigmoid(), boxes, size, 0.5)
    expected = stock(logits, boxes, size, 0.5)
    np.testing.assert_array_equal(found.to_ndarray().astype(bool), expected)


def test_a_box_outside_of_the_picture_has_no_pixels():
    boxes = torch.tensor([[50.0, 5.0, 60.0, 9.0], [5.0, -30.0, 9.0, -20.0]])
    found = paste_masks(torch.ones(2, 28, 28), boxes, (20, 30), 0.5)
    assert found.areas.tolist() == [0, 0]


def test_pixels_are_decided_in_float32_whatever_the_network_computes_in():
    generator = torch.Generator().manual_seed(0)
    probabilities = torch.rand(5, 28, 28, generator=generator)
    boxes = torch.tensor([[3.0, 4, 90, 80]]).repeat(5, 1)
    given = probabilities, boxes, (100, 120), 0.5
    expected = paste_masks(*given).to_ndarray()
    with torch.autocast('cpu', torch.bfloat16):
        found = paste_masks(*given).to_ndarray()
    np.testing.assert_array_equal(found, expected)
