"""RoIAlign against a matrix that plain loops fill, and through mmcv's autograd."""

from math import ceil
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.ops import roi_matrix
from projects.fashion_attr.ops.roi_align import roi_align_backward, roi_align_forward

GRIDS = {
    'adaptive': dict(bins=(2, 3), scale=1.0, ratio=0, aligned=True),
    'adaptive, legacy': dict(bins=(2, 3), scale=1.0, ratio=0, aligned=False),
    'one sample': dict(bins=(2, 2), scale=0.5, ratio=1, aligned=True),
    'two samples': dict(bins=(3, 1), scale=0.5, ratio=2, aligned=True),
    'three samples, legacy': dict(bins=(1, 1), scale=0.25, ratio=3, aligned=False),
}
ROIS = {
    'inside': (0, 1.3, 2.1, 5.2, 6.9),
    'second image': (1, 0.0, 0.0, 4.0, 3.0),
    'without area': (0, 3.0, 3.0, 3.0, 3.0),
    'over the border': (1, -3.5, -2.0, 9.5, 12.0),
    'over the far corner': (0, 6.0, 5.0, 30.0, 40.0),
    'outside': (0, 100.0, 100.0, 120.0, 110.0),
    'below a pixel': (1, 2.2, 2.2, 2.7, 2.4),
    'one wide strip': (0, 0.0, 4.0, 9.0, 4.5),
}


def dense_matrix(rois, shape, bins, scale, ratio, aligned):
    """(R * P * Q, B * H * W) weights, sample by sample."""
    images, height, width = shape
    matrix = np.zeros((len(rois), *bins, images, height, width))
    shift = 0.5 if aligned else 0.0
    for r, (image, *box) in enumerate(rois):
        x1, y1, x2, y2 = (value * scale - shift for value in box)
        sizes = [y2 - y1, x2 - x1]
        if not aligned:
            sizes = [max(size, 1.0) for size in sizes]
        steps = [size / n for size, n in zip(sizes, bins, strict=True)]
        samples = [ratio or ceil(step) for step in steps]
        for i, j in np.ndindex(*bins):
            for a, b in np.ndindex(*samples):
                y = y1 + (i + (a + 0.5) / samples[0]) * steps[0]
                x = x1 + (j + (b + 0.5) / samples[1]) * steps[1]
                add_sample(matrix[r, i, j, int(image)], y, x, 1 / np.prod(samples))
    return matrix.reshape(len(rois) * bins[0] * bins[1], images * height * width)


def add_sample(plane, y, x, share):
    height, width = plane.shape
    if y < -1 or y > height or x < -1 or x > width:
        return
    y, x = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
    for row in range(height):
        for column in range(width):
            near_y, near_x = 1 - abs(y - row), 1 - abs(x - column)
            plane[row, column] += share * max(near_y, 0) * max(near_x, 0)


def run_forward(features, rois, bins, scale, ratio, aligned):
    output = features.new_full((len(rois), features.shape[1], *bins), float('nan'))
    empty = features.new_zeros(0)
    roi_align_forward(
        features, rois, output, empty, empty, *bins, scale, ratio, 1, aligned
    )
    return output


def run_backward(grad, rois, shape, bins, scale, ratio, aligned):
    grad_input = grad.new_zeros(shape)
    empty = grad.new_zeros(0)
    roi_align_backward(
        grad, rois, empty, empty, grad_input, *bins, scale, ratio, 1, aligned
    )
    return grad_input


def check(rois, grid, shape=(2, 3, 8, 9)):
    """Forward and gradient of float64 features against the dense matrix."""
    images, channels, height, width = shape
    features = torch.randn(shape, dtype=torch.float64)
    rois = torch.tensor(rois, dtype=torch.float64).reshape(-1, 5)
    matrix = dense_matrix(rois.tolist(), (images, height, width), **grid)
    table = features.permute(0, 2, 3, 1).reshape(-1, channels).numpy()
    expected = (matrix @ table).reshape(len(rois), *grid['bins'], channels)
    output = run_forward(features, rois, **grid)
    np.testing.assert_allclose(output.permute(0, 2, 3, 1), expected, atol=1e-12)

    grad = torch.randn_like(output)
    table = grad.permute(0, 2, 3, 1).reshape(-1, channels).numpy()
    expected = (matrix.T @ table).reshape(images, height, width, channels)
    grad_input = run_backward(grad, rois, shape, **grid)
    np.testing.assert_allclose(grad_input.permute(0, 2, 3, 1), expected, atol=1e-12)


@pytest.mark.parametrize('grid', GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize('roi', ROIS.values(), ids=ROIS)
def test_single_roi_equals_the_loops(roi, grid):
    check([roi], grid)


@pytest.mark.parametrize('grid', GRIDS.values(), ids=GRIDS)
@pytest.mark.parametrize('limit', [1, 50, 1 << 16])
def test_many_rois_in_pieces_equal_the_loops(grid, limit, monkeypatch):
    monkeypatch.setattr(roi_matrix, 'NONZEROS_ON_CPU', limit)
    check(list(ROIS.values()), grid)


numbers = st.floats(-12, 24, width=32)
boxes = st.tuples(st.integers(0, 1), numbers, numbers, numbers, numbers).map(
    lambda b: (
        b[0],
        min(b[1], b[3]),
        min(b[2], b[4]),
        max(b[1], b[3]),
        max(b[2], b[4]),
    )
)


@settings(max_examples=30, deadline=None)
@given(
    rois=st.lists(boxes, max_size=3),
    bins=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    scale=st.sampled_from([0.25, 0.5, 1.0]),
    ratio=st.integers(0, 3),
    aligned=st.booleans(),
)
def test_any_rois_equal_the_loops(rois, bins, scale, ratio, aligned):
    # A sample on the last sampled line may fall on either side by rounding.
    nudged = [(r[0], *(value + 0.0123 for value in r[1:])) for r in rois]
    grid = dict(bins=bins, scale=scale, ratio=ratio, aligned=aligned)
    check(nudged, grid, shape=(2, 2, 5, 4))


def test_worked_example():
    """Bins of 2 x 2 pixels, whose centres are the samples: plain means."""
    features = torch.arange(16.0).view(1, 1, 4, 4)
    output = run_forward(
        features, torch.tensor([[0.0, 0, 0, 4, 4]]), (2, 2), 1.0, 0, True
    )
    assert output.flatten().tolist() == [2.5, 4.5, 10.5, 12.5]


def through_mmcv(monkeypatch):
    """mmcv's RoIAlign function calling the functions under test."""
    from projects.fashion_attr.ops import install

    install()
    from mmcv.ops.roi_align import RoIAlignFunction

    kernels = SimpleNamespace(
        roi_align_forward=roi_align_forward, roi_align_backward=roi_align_backward
    )
    monkeypatch.setitem(RoIAlignFunction.forward.__globals__, 'ext_module', kernels)
    return RoIAlignFunction.apply


@pytest.mark.parametrize('ratio', [0, 2])
def test_gradcheck_through_mmcv(ratio, monkeypatch):
    align = through_mmcv(monkeypatch)
    features = torch.randn(2, 2, 6, 5, dtype=torch.float64, requires_grad=True)
    rois = torch.tensor([ROIS['inside'], ROIS['over the border']], dtype=torch.float64)
    assert torch.autograd.gradcheck(
        lambda x: align(x, rois, (2, 2), 0.7, ratio, 'avg', True), (features,)
    )


def test_no_rois_through_mmcv(monkeypatch):
    align = through_mmcv(monkeypatch)
    features = torch.randn(1, 2, 4, 4, requires_grad=True)
    output = align(features, torch.zeros(0, 5), (7, 7), 1.0, 0, 'avg', True)
    output.sum().backward()
    assert output.shape == (0, 2, 7, 7)
    assert not features.grad.any()


@pytest.mark.parametrize('dtype', [torch.float16, torch.bfloat16])
def test_half_precision_is_rounded_once(dtype):
    grid = GRIDS['adaptive']
    features = torch.randn(2, 3, 8, 9).to(dtype)
    rois = torch.tensor(list(ROIS.values())).to(dtype)
    output = run_forward(features, rois, **grid)
    exact = run_forward(features.float(), rois.float(), **grid)
    assert output.dtype == dtype
    torch.testing.assert_close(output, exact.to(dtype), atol=0, rtol=0)
    grad = run_backward(output, rois, features.shape, **grid)
    exact = run_backward(output.float(), rois.float(), features.shape, **grid)
    torch.testing.assert_close(grad, exact.to(dtype), atol=0, rtol=0)


def test_memory_layout_does_not_matter():
    grid = GRIDS['adaptive']
    features = torch.randn(2, 3, 8, 9)
    rois = torch.tensor(list(ROIS.values()))
    output = run_forward(features, rois, **grid)
    last = features.to(memory_format=torch.channels_last)
    assert torch.equal(run_forward(last, rois, **grid), output)
    grad = output.to(memory_format=torch.channels_last)
    expected = run_backward(output, rois, features.shape, **grid)
    assert torch.equal(run_backward(grad, rois, features.shape, **grid), expected)


@pytest.mark.parametrize(
    'roi',
    [(0, 5, 5, 4, 6), (0, 0, 0, float('nan'), 1), (0, 0, 0, float('inf'), 1)]
    + [(2, 0, 0, 1, 1), (-1, 0, 0, 1, 1)],
    ids=['negative size', 'nan', 'infinite', 'third image of two', 'image -1'],
)
def test_bad_rois_are_named(roi):
    rois = torch.tensor([ROIS['inside'], roi], dtype=torch.float32)
    with pytest.raises(ValueError, match=r'RoI 1 is \[.*image index below 2'):
        run_forward(torch.zeros(2, 1, 8, 9), rois, **GRIDS['adaptive'])


def test_legacy_rois_are_a_pixel_at_least():
    rois = torch.tensor([[0.0, 3, 3, 1, 1], [0, 3, 3, 4, 4]])
    output = run_forward(torch.randn(1, 2, 8, 9), rois, **GRIDS['adaptive, legacy'])
    assert torch.equal(output[0], output[1])


def test_maximum_is_not_to_be_had():
    empty = torch.zeros(0)
    with pytest.raises(NotImplementedError, match="pool_mode='max' needs compiled"):
        roi_align_forward(
            empty, empty, empty, empty, empty, 1, 1, 1.0, 0, pool_mode=0, aligned=True
        )


@pytest.mark.skipif(not torch.cuda.is_available(), reason='no CUDA device')
@pytest.mark.parametrize('grid', GRIDS.values(), ids=GRIDS)
def test_cuda_equals_cpu(grid):
    features = torch.randn(2, 3, 8, 9)
    rois = torch.tensor(list(ROIS.values()))
    output = run_forward(features, rois, **grid)
    on_gpu = run_forward(features.cuda(), rois.cuda(), **grid)
    torch.testing.assert_close(on_gpu.cpu(), output)
    expected = run_backward(output, rois, features.shape, **grid)
    grad = run_backward(output.cuda(), rois.cuda(), features.shape, **grid)
    torch.testing.assert_close(grad.cpu(), expected)


def test_threads_are_given_back():
    threads = torch.get_num_threads()
    torch.set_num_threads(threads + 1)
    try:
        test_bad_rois_are_named((2, 0, 0, 1, 1))
        run_forward(torch.zeros(1, 1, 4, 4), torch.zeros(1, 5), **GRIDS['one sample'])
        assert torch.get_num_threads() == threads + 1
    finally:
        torch.set_num_threads(threads)
