"""RoIAlign forward and backward in plain PyTorch, as mmcv's compiled pair.

Both are products with a sparse matrix (see :mod:`.roi_matrix`), for which
``embedding_bag`` is PyTorch's fastest kernel on CPU and one that CUDA has too: a
bag is a row, its members the non-zeros, its table the pixels (forward) or the bins
(backward), one row of C channels each. Only pixels that a RoI touches are copied.

On CPU all of it runs in one thread, like mmcv's compiled pair: on 2 cores a second
thread brought nothing, and where other programs use the cores the many short waits
for it took ten times as long as the work.

Letters: R RoIs, C channels, P x Q output bins, B x H x W pixels.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor

from .roi_matrix import RoIGrid, roi_matrices

_AVERAGE = 1


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep torch from spreading CPU work over threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@_one_thread()
def roi_align_forward(
    input: Tensor,
    rois: Tensor,
    output: Tensor,
    argmax_y: Tensor,
    argmax_x: Tensor,
    aligned_height: int,
    aligned_width: int,
    spatial_scale: float,
    sampling_ratio: int,
    pool_mode: int,
    aligned: bool,
) -> None:
    """Fill ``output`` with the mean of bilinear samples of each bin.

    Same signature and sampling as the function of that name in ``mmcv._ext`` (He et
    al., Mask R-CNN, ICCV 2017): samples beyond 1 pixel outside count as 0, those
    within it take the border's value.

    Args:
        input (Tensor): (B, C, H, W) features.
        rois (Tensor): (R, 5) image index, x1, y1, x2, y2 in image pixels.
        output (Tensor): (R, C, P, Q), overwritten.
        argmax_y (Tensor): used by maximum pooling only.
        argmax_x (Tensor): used by maximum pooling only.
        aligned_height (int): P.
        aligned_width (int): Q.
        spatial_scale (float): feature pixels per image pixel.
        sampling_ratio (int): samples per bin and axis; 0 adapts to the RoI's size.
        pool_mode (int): 1 for the mean; 0, the maximum, is not to be had.
        aligned (bool): whether pixel centres lie at half-integer coordinates.

    Raises:
        NotImplementedError: if ``pool_mode`` is 0.
        ValueError: if a RoI is not finite, has a negative size or no image.
    """
    require_average(pool_mode)
    grid = RoIGrid(
        (aligned_height, aligned_width), spatial_scale, sampling_ratio, aligned
    )
    images, channels, height, width = input.shape
    pixels = input.flatten(2)
    exact = _accumulator(input.dtype)
    output.zero_()
    for matrix in roi_matrices(rois.to(exact), (images, height, width), grid):
        if not len(matrix.column):
            continue
        touched, column = _touched(matrix.column, images * height * width)
        image, place = _split(touched, height * width)
        table = pixels[image, :, place].to(exact).contiguous()
        bins = _row_sums(table, column, matrix.count, matrix.weight)
        bins = bins.view(-1, aligned_height, aligned_width, channels)
        output[matrix.rois].copy_(bins.permute(0, 3, 1, 2))


@_one_thread()
def roi_align_backward(
    grad_output: Tensor,
    rois: Tensor,
    argmax_y: Tensor,
    argmax_x: Tensor,
    grad_input: Tensor,
    aligned_height: int,
    aligned_width: int,
    spatial_scale: float,
    sampling_ratio: int,
    pool_mode: int,
    aligned: bool,
) -> None:
    """Add to ``grad_input`` what the gradient of the bins makes of the pixels'.

    Args:
        grad_output (Tensor): (R, C, P, Q).
        rois (Tensor): as in the forward pass, as are all that follow but
        argmax_y (Tensor): used by maximum pooling only.
        argmax_x (Tensor): used by maximum pooling only.
        grad_input (Tensor): (B, C, H, W), contiguous, added to in place.
        aligned_height (int): P.
        aligned_width (int): Q.
        spatial_scale (float): feature pixels per image pixel.
        sampling_ratio (int): samples per bin and axis; 0 adapts to the RoI's size.
        pool_mode (int): 1 for the mean; 0, the maximum, is not to be had.
        aligned (bool): whether pixel centres lie at half-integer coordinates.

    Raises:
        NotImplementedError: if ``pool_mode`` is 0.
        ValueError: if a RoI is not finite, has a negative size or no image.
    """
    require_average(pool_mode)
    grid = RoIGrid(
        (aligned_height, aligned_width), spatial_scale, sampling_ratio, aligned
    )
    images, channels, height, width = grad_input.shape
    pixels = grad_input.view(images, channels, height * width)
    exact = _accumulator(grad_input.dtype)
    for matrix in roi_matrices(rois.to(exact), (images, height, width), grid):
        if not len(matrix.column):
            continue
        column, order = matrix.column.sort(stable=True)
        touched, count = torch.unique_consecutive(column, return_counts=True)
        row = torch.repeat_interleave(matrix.count)[order]
        table = grad_output[matrix.rois].permute(0, 2, 3, 1).to(exact)
        table = table.reshape(-1, channels)
        sums = _row_sums(table, row, count.int(), matrix.weight[order])
        image, place = _split(touched, height * width)
        pixels[image, :, place] += sums.to(pixels.dtype)


def require_average(pool_mode: int) -> None:
    """Raise NotImplementedError for maximum pooling (``pool_mode`` 0)."""
    if pool_mode != _AVERAGE:
        raise NotImplementedError(
            "RoIAlign with pool_mode='max' needs compiled mmcv; use pool_mode='avg'"
        )


def _accumulator(dtype: torch.dtype) -> torch.dtype:
    """Half precision is too coarse for coordinates and sums."""
    return torch.float64 if dtype == torch.float64 else torch.float32


def _touched(column: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """The distinct columns, ascending, and each column's rank among them."""
    used = torch.zeros(size, dtype=torch.bool, device=column.device)
    used[column] = True
    rank = used.cumsum(0, dtype=torch.int32) - 1
    return used.nonzero().flatten(), rank[column]


def _split(pixel: Tensor, area: int) -> tuple[Tensor, Tensor]:
    """Image index and place in its plane, of pixels counted through all images."""
    pixel = pixel.long()
    image = pixel // area
    return image, pixel - image * area


def _row_sums(table: Tensor, member: Tensor, count: Tensor, weight: Tensor) -> Tensor:
    """Rows of sparse times dense: (rows, C) weighted sums of the table's rows."""
    offsets = F.pad(count.cumsum(0, dtype=torch.int32), (1, 0))
    return F.embedding_bag(
        member,
        table,
        offsets,
        mode='sum',
        per_sample_weights=weight,
        include_last_offset=True,
    )
