"""Arithmetic of boxes, as mmdet does it for one picture.

Letters: N boxes.
"""

import torch
from mmdet.models.task_modules.coders import DeltaXYWHBBoxCoder
from torch import Tensor

from .graph_ops import nms

_NO_LIMIT = 2**31 - 1


def decode(
    coder: DeltaXYWHBBoxCoder, priors: Tensor, deltas: Tensor, size: Tensor
) -> Tensor:
    """Boxes from priors and the network's deltas, within the picture.

    Args:
        coder (DeltaXYWHBBoxCoder): of the head.
        priors (Tensor): (N, 4) xyxy.
        deltas (Tensor): (N, 4).
        size (Tensor): (2,) height and width of the picture.

    Returns:
        Tensor: (N, 4) xyxy.
    """
    # The coder looks whether there are any boxes, which a graph cannot decide: with
    # one more there always are.
    priors, deltas = (torch.cat([t, t.new_zeros(1, 4)]) for t in (priors, deltas))
    boxes = coder.decode(priors, deltas)[:-1]
    if not coder.clip_border:
        return boxes
    return boxes.clamp(min=0).minimum(size.flip(0).repeat(2))


def suppress(
    boxes: Tensor, scores: Tensor, groups: Tensor, config: dict, limit: int
) -> Tensor:
    """Non-maximum suppression among boxes of the same group.

    Args:
        boxes (Tensor): (N, 4) xyxy.
        scores (Tensor): (N,).
        groups (Tensor): (N,) int64.
        config (dict): ``iou_threshold`` and perhaps ``class_agnostic``, see mmcv's
            ``batched_nms``.
        limit (int): how many to keep at most; all if not positive.

    Returns:
        Tensor: indices of the boxes that are kept, best first.
    """
    if not config.get('class_agnostic', False):
        # A place of its own for each group, at the distance that mmcv takes: decisions
        # depend on how coordinates are rounded there.
        highest = torch.cat([boxes.flatten(), boxes.new_zeros(1)]).amax(0)
        boxes = boxes + (groups.to(boxes) * (highest + 1))[:, None]
    limit = limit if limit > 0 else _NO_LIMIT
    return nms(boxes, scores, config['iou_threshold'], limit)


def as_rois(boxes: Tensor) -> Tensor:
    """(N, 5) RoIs of the first picture from (N, 4) boxes."""
    return torch.cat([torch.zeros_like(boxes[:, :1]), boxes], dim=1)
