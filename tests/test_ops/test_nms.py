"""NMS against the definition, one pair at a time in single precision."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.ops import nms as module
from projects.fashion_attr.ops.nms import nms


def brute_force(boxes, scores, threshold, offset):
    """Keep each box, best first, unless one kept before overlaps it too much."""
    boxes = boxes.numpy()
    threshold, offset = boxes.dtype.type(threshold), boxes.dtype.type(offset)
    kept = []
    for index in scores.sort(descending=True)[1].tolist():
        if not any(overlap(boxes[k], boxes[index], offset) > threshold for k in kept):
            kept.append(index)
    return kept


def overlap(one, other, offset):
    zero = one.dtype.type(0)
    width = max(zero, min(one[2], other[2]) - max(one[0], other[0]) + offset)
    height = max(zero, min(one[3], other[3]) - max(one[1], other[1]) + offset)
    common = width * height
    areas = [(b[2] - b[0] + offset) * (b[3] - b[1] + offset) for b in (one, other)]
    with np.errstate(divide='ignore', invalid='ignore'):
        return common / (areas[0] + areas[1] - common)


def random_boxes(count, extent, seed=0):
    generator = torch.Generator().manual_seed(seed)
    corner = torch.rand(count, 2, generator=generator) * extent
    size = torch.rand(count, 2, generator=generator) * 30
    scores = torch.rand(count, generator=generator)
    return torch.cat([corner, corner + size], 1), scores


SQUARE = [0.0, 0, 10, 10]
CASES = {
    'none': ([], [], 0.5, 0, []),
    'one': ([SQUARE], [0.1], 0.5, 0, [0]),
    'equal boxes': ([SQUARE, SQUARE], [0.1, 0.2], 0.5, 0, [1]),
    'apart': ([SQUARE, [20, 20, 30, 30]], [0.1, 0.2], 0.5, 0, [1, 0]),
    'IoU at the threshold': ([SQUARE, [0, 0, 10, 5]], [0.2, 0.1], 0.5, 0, [0, 1]),
    'IoU above it': ([SQUARE, [0, 0, 10, 5]], [0.2, 0.1], 0.49, 0, [0]),
    'negative scores': ([SQUARE, SQUARE], [-0.2, -0.1], 0.5, 0, [1]),
    'without area': ([[5.0, 5, 5, 5]] * 2, [0.2, 0.1], 0.5, 0, [0, 1]),
    'without area, offset': ([[5.0, 5, 5, 5]] * 2, [0.2, 0.1], 0.5, 1, [0]),
    'touching': ([SQUARE, [10, 0, 20, 10]], [0.2, 0.1], 0.0, 0, [0, 1]),
    'touching, offset': ([SQUARE, [10, 0, 20, 10]], [0.2, 0.1], 0.0, 1, [0]),
    'suppressed boxes suppress nothing': (
        [[0.0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]],
        [0.3, 0.2, 0.1],
        0.4,
        0,
        [0, 2],
    ),
}


@pytest.mark.parametrize('case', CASES.values(), ids=CASES)
def test_worked_examples(case):
    boxes, scores, threshold, offset, expected = case
    boxes, scores = torch.tensor(boxes).reshape(-1, 4), torch.tensor(scores)
    kept = nms(boxes, scores, threshold, offset)
    assert kept.dtype == torch.int64
    assert kept.tolist() == expected


@pytest.mark.parametrize('block', [1, 3, 128])
@pytest.mark.parametrize('extent', [20, 200], ids=['crowded', 'sparse'])
@pytest.mark.parametrize('offset', [0, 1])
def test_random_boxes_equal_the_definition(block, extent, offset, monkeypatch):
    monkeypatch.setattr(module, '_BLOCK', block)
    boxes, scores = random_boxes(150, extent)
    kept = nms(boxes, scores, 0.4, offset)
    assert kept.tolist() == brute_force(boxes, scores, 0.4, offset)


small = st.integers(0, 4)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(small, small, small, small, st.integers(-1, 2))),
    threshold=st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 0.7, 1.0]),
    offset=st.integers(0, 1),
)
def test_ties_and_degenerate_boxes_equal_the_definition(rows, threshold, offset):
    table = torch.tensor(rows, dtype=torch.float32).reshape(-1, 5)
    boxes = torch.cat([table[:, :2], table[:, :2] + table[:, 2:4]], 1)
    expected = brute_force(boxes, table[:, 4], threshold, offset)
    assert nms(boxes, table[:, 4], threshold, offset).tolist() == expected


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions(dtype):
    boxes, scores = random_boxes(60, 40)
    boxes, scores = boxes.to(dtype), scores.to(dtype)
    wide = boxes if dtype == torch.float64 else boxes.float()
    assert nms(boxes, scores, 0.5, 0).tolist() == brute_force(wide, scores, 0.5, 0)


@pytest.mark.skipif(not torch.cuda.is_available(), reason='no CUDA device')
def test_cuda_equals_cpu():
    boxes, scores = random_boxes(500, 100)
    kept = nms(boxes.cuda(), scores.cuda(), 0.5, 0)
    assert kept.is_cuda
    assert kept.tolist() == nms(boxes, scores, 0.5, 0).tolist()
