"""The region proposals of one picture, as mmdet's RPNHead makes them."""

import torch
from mmdet.models.dense_heads import RPNHead
from torch import Tensor

from .boxes import decode, suppress


def propose(head: RPNHead, maps: tuple[Tensor, ...], size: Tensor) -> Tensor:
    """Proposals of a picture.

    Args:
        head (RPNHead): with its test config.
        maps (tuple[Tensor]): (1, C, h, w) of each level.
        size (Tensor): (2,) height and width of the picture.

    Returns:
        Tensor: (N, 4) xyxy, best first.
    """
    config = head.test_cfg
    levels = [
        _best_of_level(head, level, *outputs, size)
        for level, outputs in enumerate(zip(*head(maps), strict=True))
    ]
    boxes, scores, groups = (torch.cat(parts) for parts in zip(*levels, strict=True))
    if config.get('min_bbox_size', -1) >= 0:
        sides = boxes[:, 2:] - boxes[:, :2]
        kept = (sides > config.min_bbox_size).all(dim=1).nonzero()[:, 0]
        boxes, scores, groups = boxes[kept], scores[kept], groups[kept]
    return boxes[suppress(boxes, scores, groups, config.nms, config.max_per_img)]


def _best_of_level(
    head: RPNHead, level: int, scores: Tensor, deltas: Tensor, size: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Boxes, scores and level of a level's best anchors."""
    anchors = head.prior_generator.single_level_grid_priors(
        scores.shape[2:], level, dtype=deltas.dtype, device=deltas.device
    )
    rows = scores[0].permute(1, 2, 0).reshape(-1, head.cls_out_channels)
    probs = rows.sigmoid() if head.use_sigmoid_cls else rows.softmax(dim=1)
    scores = probs[:, 0]
    deltas = deltas[0].permute(1, 2, 0).reshape(-1, 4)
    limit = head.test_cfg.get('nms_pre', -1)
    count = scores.shape[0]
    scores, best = scores.topk(torch.sym_min(limit, count) if limit > 0 else count)
    boxes = decode(head.bbox_coder, anchors[best], deltas[best], size)
    return boxes, scores, torch.full_like(best, level)
