"""RoIAlign and NMS by torchvision's kernels, with the signatures of ``mmcv._ext``."""

import numpy as np
import torch
from torch import Tensor

from . import nms as plain
from .roi_align import require_average


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float, offset: int) -> Tensor:
    """As :func:`.nms.nms`, which also does ``offset=1``; torchvision has 0 only."""
    if offset != 0:
        return plain.nms(boxes, scores, iou_threshold, offset)
    # mmcv compares in single precision, torchvision with the double it is given.
    return torch.ops.torchvision.nms(boxes, scores, float(np.float32(iou_threshold)))


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
    """As :func:`.roi_align.roi_align_forward`: same arguments, same errors."""
    require_average(pool_mode)
    output.copy_(
        torch.ops.torchvision.roi_align(
            input,
            rois.to(input.dtype),
            spatial_scale,
            aligned_height,
            aligned_width,
            sampling_ratio,
            aligned,
        )
    )


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
    """As :func:`.roi_align.roi_align_backward`: same arguments, same errors."""
    require_average(pool_mode)
    grad_input += torch.ops.torchvision._roi_align_backward(
        grad_output,
        rois.to(grad_output.dtype),
        spatial_scale,
        aligned_height,
        aligned_width,
        *grad_input.shape,
        sampling_ratio,
        aligned,
    )


def probe() -> None:
    """Run both kernels once.

    Raises:
        RuntimeError: if this torchvision does not fit this torch, or has no CUDA
            kernels where torch would use CUDA.
        AttributeError: if it lacks one of the kernels.
    """
    import torchvision  # noqa: F401  (registers its kernels with torch)

    box = torch.tensor([[0.0, 0.0, 1.0, 1.0]])
    nms(box, torch.ones(1), 0.5, 0)
    rois = torch.cat([torch.zeros(1, 1), box], 1)
    grid = (1, 1, 1.0, 0, 1, True)
    bins, pixels = torch.zeros(1, 1, 1, 1), torch.zeros(1, 1, 2, 2)
    roi_align_forward(pixels, rois, bins, bins, bins, *grid)
    roi_align_backward(bins, rois, bins, bins, pixels, *grid)
    _require_cuda_kernels()


def _require_cuda_kernels() -> None:
    # Asks torch's table of kernels: running one would open a context on GPU 0 in
    # every process of a distributed run.
    has_kernel = torch._C._dispatch_has_kernel_for_dispatch_key
    if torch.cuda.is_available() and not has_kernel('torchvision::nms', 'CUDA'):
        raise RuntimeError('this torchvision has no CUDA kernels, but torch has CUDA')
