"""The sparse matrix that RoIAlign multiplies features by.

Every output bin is a mean of bilinear samples, so RoIAlign is linear in the
features: bins = A @ pixels, and the gradient of the pixels is A^T @ bins. A sample
is the product of a tap along y and a tap along x, hence so is every row of A:
``A[(r, i, j), (y, x)] = taps_y[(r, i), y] * taps_x[(r, j), x]``. Taps of several
samples on one pixel are added up per axis first, which leaves about (g + 1)^2
non-zeros per bin where sampling a g x g grid directly touches 4 g^2.

Letters: R RoIs, P x Q output bins (height x width), B x H x W pixels.
"""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

# Non-zeros built at once, which bounds the memory that large RoIs take. On CPU pieces
# of any size are equally fast; elsewhere they should fill the device.
NONZEROS_ON_CPU = 1 << 18
NONZEROS_ON_DEVICE = 1 << 22


class RoIGrid(NamedTuple):
    """What RoIAlign is asked for, beside features and RoIs.

    Attributes:
        bins: (P, Q) output bins, height and width.
        spatial_scale: feature pixels per image pixel.
        sampling_ratio: samples per bin along each axis; 0 takes as many as a bin
            is long in pixels, rounded up.
        aligned: whether pixel centres lie at half-integer coordinates.
    """

    bins: tuple[int, int]
    spatial_scale: float
    sampling_ratio: int
    aligned: bool


class AxisTaps(NamedTuple):
    """Bilinear taps of all bins along one axis, as compressed sparse rows.

    Attributes:
        count: (R, bins) taps of each bin.
        pixel: (T,) pixel index of each tap along the axis.
        weight: (T,) its weight; the weights of a bin that lies inside add up to 1.
    """

    count: Tensor
    pixel: Tensor
    weight: Tensor


class RoIMatrix(NamedTuple):
    """Some consecutive RoIs' rows of A, as compressed sparse rows.

    Attributes:
        rois: the RoIs they belong to, a slice of 0..R.
        count: (rows,) int32 non-zeros of each row, a row being one bin (r, i, j).
        column: (N,) int32 pixel index ((b * H) + y) * W + x of each non-zero.
        weight: (N,) its weight.
    """

    rois: slice
    count: Tensor
    column: Tensor
    weight: Tensor


def roi_matrices(
    rois: Tensor, image_shape: tuple[int, int, int], grid: RoIGrid
) -> Iterator[RoIMatrix]:
    """Yield A in pieces of consecutive RoIs.

    Args:
        rois (Tensor): (R, 5) image index, x1, y1, x2, y2 in image pixels, float32
            or float64.
        image_shape (tuple[int, int, int]): (B, H, W) of the features.
        grid (RoIGrid): bins, scale and sampling.

    Yields:
        RoIMatrix: pieces of about as many non-zeros as the constants above say, of
        one RoI at least.

    Raises:
        ValueError: if a RoI is not finite, has a negative size (``aligned`` only)
            or lies in an image that is not there. On the CPU only: on a GPU the
            check would stall the queue.
    """
    images, height, width = image_shape
    shift = 0.5 if grid.aligned else 0.0
    corners = rois[:, 1:] * grid.spatial_scale - shift
    start, size = corners[:, :2], corners[:, 2:] - corners[:, :2]
    if not grid.aligned:
        size = size.clamp(min=1)
    if rois.device.type == 'cpu':
        _check_rois(rois, size, images)
    along_x = _axis_taps(start[:, 0], size[:, 0], grid.bins[1], width, grid)
    along_y = _axis_taps(start[:, 1], size[:, 1], grid.bins[0], height, grid)
    nonzeros = along_y.count.sum(1) * along_x.count.sum(1)
    first_row = rois[:, 0].to(torch.int32) * height
    for piece in _pieces(nonzeros):
        yield _outer_product(along_y, along_x, first_row, width, piece)


def _check_rois(rois: Tensor, size: Tensor, images: int) -> None:
    bad = ~((size >= 0).all(1) & size.isfinite().all(1))
    bad |= ~((rois[:, 0] >= 0) & (rois[:, 0] < images))
    if bad.any():
        index = int(bad.nonzero()[0])
        raise ValueError(
            f'RoI {index} is {rois[index].tolist()} (image, x1, y1, x2, y2); expected '
            f'finite numbers, x1 <= x2, y1 <= y2 and an image index below {images}'
        )


def _axis_taps(
    start: Tensor, size: Tensor, bins: int, length: int, grid: RoIGrid
) -> AxisTaps:
    """Taps along one axis: sample, interpolate, add up what hits the same pixel."""
    step = size / bins
    if grid.sampling_ratio > 0:
        samples = torch.full_like(step, grid.sampling_ratio)
    else:
        samples = step.ceil().clamp(min=0)
    per_bin = samples.long().repeat_interleave(bins)
    owner = torch.repeat_interleave(per_bin)
    roi, within = owner // bins, _position_in_group(per_bin, owner)
    # The order of these operations is mmcv's, for the same rounding.
    where = start[roi] + (owner % bins) * step[roi]
    where = where + (within + 0.5) * step[roi] / samples[roi]

    inside = (where >= -1) & (where <= length)
    owner, where, share = owner[inside], where[inside], 1 / samples[roi[inside]]
    where = where.clamp(0, length - 1)
    low = where.long()
    high = (low + 1).clamp(max=length - 1)
    upper = where - low
    keys = torch.cat([owner * length + low, owner * length + high])
    weights = torch.cat([(1 - upper) * share, upper * share])
    return _add_up(keys, weights, (len(start), bins), length)


def _add_up(
    keys: Tensor, weights: Tensor, rows: tuple[int, int], length: int
) -> AxisTaps:
    keys, slot = torch.unique(keys, return_inverse=True)
    weight = weights.new_zeros(len(keys)).index_add_(0, slot, weights)
    count = torch.bincount(keys // length, minlength=rows[0] * rows[1])
    return AxisTaps(count.view(rows), keys % length, weight)


def _position_in_group(count: Tensor, owner: Tensor) -> Tensor:
    """0, 1, 2, ... within each group, groups being laid out one after another."""
    first = count.cumsum(0) - count
    return torch.arange(len(owner), device=owner.device) - first[owner]


def _pieces(nonzeros: Tensor) -> Iterator[slice]:
    """Cut 0..R where the running sum of non-zeros passes another pieceful."""
    limit = NONZEROS_ON_CPU if nonzeros.device.type == 'cpu' else NONZEROS_ON_DEVICE
    piece = (nonzeros.cumsum(0) - 1).clamp(min=0) // limit
    end = 0
    for length in torch.unique_consecutive(piece, return_counts=True)[1].tolist():
        yield slice(end, end + length)
        end += length


def _outer_product(
    along_y: AxisTaps, along_x: AxisTaps, first_row: Tensor, width: int, rois: slice
) -> RoIMatrix:
    """Rows of A for some RoIs, in two steps: bins to taps along y, those to taps."""
    shape = (-1, along_y.count.shape[1], along_x.count.shape[1])
    count_y, start_y = _spread(along_y.count, rois, 2, shape)
    count_x, start_x = _spread(along_x.count, rois, 1, shape)

    line = torch.repeat_interleave(count_y)
    tap = _runs(start_y, count_y, line)
    roi = torch.div(line, shape[1] * shape[2], rounding_mode='floor')
    row_start = (first_row[rois][roi] + along_y.pixel[tap].int()) * width
    weight_y = along_y.weight[tap]

    count = count_x[line]
    cell = torch.repeat_interleave(count)
    tap = _runs(start_x[line], count, cell)
    return RoIMatrix(
        rois,
        count_y * count_x,
        row_start[cell] + along_x.pixel.int()[tap],
        weight_y[cell] * along_x.weight[tap],
    )


def _spread(
    count: Tensor, rois: slice, axis: int, shape: tuple[int, int, int]
) -> tuple[Tensor, Tensor]:
    """Taps of an axis' bins, and the index of their first, for every (r, i, j)."""
    start = (count.flatten().cumsum(0) - count.flatten()).view(count.shape)
    return tuple(
        each[rois].int().unsqueeze(axis).expand(shape).flatten()
        for each in (count, start)
    )


def _runs(start: Tensor, count: Tensor, owner: Tensor) -> Tensor:
    """start, start + 1, ..., start + count - 1 of each group, one after another."""
    first = (count.cumsum(0) - count).int()
    position = torch.arange(len(owner), dtype=torch.int32, device=owner.device)
    return position + (start - first)[owner]
