"""Boxes, classes and masks of one picture, as mmdet's RoI heads find them.

Letters: N proposals, n detections, K classes.
"""

from typing import NamedTuple

import torch
from mmdet.models.roi_heads import CascadeRoIHead, StandardRoIHead
from torch import Tensor, nn

from .boxes import as_rois, decode, suppress

RoIHead = StandardRoIHead | CascadeRoIHead


class Found(NamedTuple):
    """Detections, best first.

    Attributes:
        boxes: (n, 4) xyxy, in pixels of the network's input.
        scores: (n,).
        labels: (n,) int64.
        proposals: (n,) int64, which proposal each came from.
        shared: (N, C) features of the proposals that box and attributes share; None
            where the box head tells of none.
    """

    boxes: Tensor
    scores: Tensor
    labels: Tensor
    proposals: Tensor
    shared: Tensor | None


def find(
    head: RoIHead, maps: tuple[Tensor, ...], proposals: Tensor, size: Tensor
) -> Found:
    """Detections at proposals, of one box head or a cascade of them.

    Args:
        head (RoIHead): with its test config.
        maps (tuple[Tensor]): (1, C, h, w) of each level.
        proposals (Tensor): (N, 4) xyxy.
        size (Tensor): (2,) height and width of the picture.

    Returns:
        Found: after suppression.
    """
    stages = _stages(head.bbox_head, head.bbox_roi_extractor)
    logits = []
    for number, (box_head, extractor) in enumerate(stages):
        feats = extractor(maps[: extractor.num_inputs], as_rois(proposals))
        classes, deltas, *shared = box_head(feats)
        logits.append(classes)
        if number < len(stages) - 1:
            labels = classes[:, :-1].argmax(dim=1)
            own = _of_class(box_head, deltas, labels)
            proposals = decode(box_head.bbox_coder, proposals, own, size)
    scores = (sum(logits) / len(logits)).softmax(dim=1)[:, :-1]
    config = head.test_cfg
    rows, labels = (scores > config.score_thr).nonzero().unbind(1)
    scores = scores[rows, labels]
    own = _of_class(box_head, deltas[rows], labels)
    boxes = decode(box_head.bbox_coder, proposals[rows], own, size)
    kept = suppress(boxes, scores, labels, config.nms, config.max_per_img)
    return Found(
        boxes[kept],
        scores[kept],
        labels[kept],
        rows[kept],
        shared[0] if shared else None,
    )


def mask_logits(head: RoIHead, maps: tuple[Tensor, ...], boxes: Tensor) -> list[Tensor]:
    """(n, K or 1, m, m) mask logits at boxes, of each stage."""
    logits = []
    for mask_head, extractor in _stages(head.mask_head, head.mask_roi_extractor):
        feats = extractor(maps[: extractor.num_inputs], as_rois(boxes))
        logits.append(mask_head(feats))
    return logits


def own_masks(logits: Tensor, labels: Tensor) -> Tensor:
    """(n, m, m) probabilities of each object's own class."""
    if logits.shape[1] == 1:
        return logits[:, 0].sigmoid()
    rows = torch.arange(labels.shape[0], device=labels.device)
    return logits[rows, labels].sigmoid()


def _stages(heads: nn.Module, extractors: nn.Module) -> list[tuple]:
    if not isinstance(heads, nn.ModuleList):
        return [(heads, extractors)]
    if not isinstance(extractors, nn.ModuleList):
        extractors = [extractors] * len(heads)
    return list(zip(heads, extractors, strict=True))


def _of_class(box_head: nn.Module, deltas: Tensor, labels: Tensor) -> Tensor:
    """(N, 4) deltas of each row's class, of which a head may have one for all."""
    if box_head.reg_class_agnostic:
        return deltas
    rows = torch.arange(labels.shape[0], device=labels.device)
    return deltas.unflatten(1, (-1, 4))[rows, labels]
