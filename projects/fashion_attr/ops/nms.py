"""Greedy non-maximum suppression, exactly as mmcv's compiled one decides.

The same float arithmetic in the same order as mmcv's CPU kernel, so that boxes at
the threshold fall on the same side. Blocks of boxes are compared at once: first
among themselves, then those kept with all that are left.
``cv2.dnn.NMSBoxes`` would be shorter but takes two boxes without area for equal.
"""

import numpy as np
import torch
from torch import Tensor

_BLOCK = 64


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float, offset: int) -> Tensor:
    """Indices of boxes that no better kept box overlaps by more than a threshold.

    Runs on the CPU for CUDA tensors too: every decision depends on those before it,
    and a copy of N x 5 numbers costs less than a kernel launch per block.

    Args:
        boxes (Tensor): (N, 4) x1, y1, x2, y2.
        scores (Tensor): (N,).
        iou_threshold (float): boxes whose IoU is greater are suppressed.
        offset (int): 0 or 1; width is x2 - x1 + offset.

    Returns:
        Tensor: int64 indices of the boxes kept, best score first.
    """
    # Not stable=True: mmcv sorts this way, and ties must fall as they do there.
    order = scores.sort(dim=0, descending=True)[1]
    corners = boxes[order].detach().cpu()
    if corners.dtype not in (torch.float32, torch.float64):
        corners = corners.float()
    kept = _greedy(corners.numpy().T, iou_threshold, offset)
    return order[torch.from_numpy(kept).to(order.device)]


def _greedy(corners: np.ndarray, threshold: float, offset: int) -> np.ndarray:
    """Positions kept, of (4, N) boxes that are sorted best first."""
    corners = np.ascontiguousarray(corners)
    threshold, offset = corners.dtype.type(threshold), corners.dtype.type(offset)
    x1, y1, x2, y2 = corners
    areas = (x2 - x1 + offset) * (y2 - y1 + offset)
    rows = np.concatenate([corners, areas[None]])
    left, kept = np.arange(rows.shape[1]), []
    while len(left):
        block, rest = rows[:, :_BLOCK], rows[:, _BLOCK:]
        best = _keep_in_block(_overlaps(block, block, threshold, offset))
        kept.append(left[:_BLOCK][best])
        free = ~_overlaps(block[:, best], rest, threshold, offset).any(0)
        left, rows = left[_BLOCK:][free], rest[:, free]
    return np.concatenate(kept) if kept else left


def _keep_in_block(overlaps: np.ndarray) -> np.ndarray:
    later = np.triu(overlaps, 1)
    keep = np.ones(len(later), dtype=bool)
    for index in np.flatnonzero(later.any(1)):
        if keep[index]:
            keep &= ~later[index]
    return keep


def _overlaps(
    ours: np.ndarray, others: np.ndarray, threshold: np.floating, offset: np.floating
) -> np.ndarray:
    """Whether the IoU is above the threshold, for (5, M) and (5, N) rows."""
    x1, y1, x2, y2, area = ours[:, :, None]
    width = np.minimum(x2, others[2]) - np.maximum(x1, others[0])
    height = np.minimum(y2, others[3]) - np.maximum(y1, others[1])
    if offset:
        width += offset
        height += offset
    np.maximum(width, 0, out=width)
    np.maximum(height, 0, out=height)
    common = np.multiply(width, height, out=width)
    union = np.subtract(area + others[4], common, out=height)
    # Two boxes without area: 0 / 0 is not above any threshold, as in C.
    with np.errstate(divide='ignore', invalid='ignore'):
        return np.divide(common, union, out=common) > threshold
