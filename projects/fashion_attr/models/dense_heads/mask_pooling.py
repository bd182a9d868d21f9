"""Boxes of predicted masks, and features pooled at them.

Letters: N objects, C channels, h and w of the masks and feature maps.
"""

import torch
from mmcv.ops import roi_align
from torch import Tensor


def mask_boxes(masks: Tensor) -> Tensor:
    """Smallest boxes around masks, all at once.

    Args:
        masks (Tensor): (N, h, w) bool.

    Returns:
        Tensor: (N, 4) float32 xyxy in pixels, right and bottom edges exclusive, as
        mmdet's ``mask2bbox`` gives them; zeros for a mask of nothing.
    """
    if len(masks) == 0:
        return torch.zeros(0, 4, device=masks.device)
    left, right = _ends(masks.any(dim=1))
    top, bottom = _ends(masks.any(dim=2))
    return torch.stack([left, top, right, bottom], dim=1).float()


def _ends(touched: Tensor) -> tuple[Tensor, Tensor]:
    """(N,) first and one past the last place of (N, L) bool; 0 and 0 for none."""
    length = touched.shape[1]
    places = torch.arange(length, device=touched.device)
    last = torch.where(touched, places + 1, 0).amax(dim=1)
    first = torch.where(touched, places, length).amin(dim=1)
    return torch.where(last > 0, first, 0), last


def pool_at_boxes(
    feats: Tensor, pictures: Tensor, logits: Tensor, boxes: Tensor, size: int
) -> tuple[Tensor, Tensor]:
    """Features and mask probabilities within the boxes of masks.

    Args:
        feats (Tensor): (B, C, h, w) features of the pictures.
        pictures (Tensor): (N,) int64 picture of each object.
        logits (Tensor): (N, h, w) mask logits.
        boxes (Tensor): (N, 4) xyxy in pixels of these maps; an empty one stands
            for the whole map.
        size (int): s, side of what is pooled.

    Returns:
        tuple[Tensor, Tensor]: (N, C, s, s) features, (N, s, s) probabilities.
    """
    h, w = feats.shape[2:]
    empty = (boxes[:, 2:] <= boxes[:, :2]).any(dim=1, keepdim=True)
    boxes = torch.where(empty, boxes.new_tensor([0, 0, w, h]), boxes).to(feats)
    rows = torch.arange(len(boxes), device=boxes.device)
    probabilities = logits.sigmoid().to(feats)[:, None]
    of_picture = torch.cat([pictures[:, None].to(boxes), boxes], dim=1)
    of_mask = torch.cat([rows[:, None].to(boxes), boxes], dim=1)
    if len(boxes) == 0:
        pooled = feats.new_zeros(0, feats.shape[1], size, size) + feats.sum() * 0
        return pooled, feats.new_zeros(0, size, size)
    return (
        roi_align(feats, of_picture, size),
        roi_align(probabilities, of_mask, size)[:, 0],
    )
