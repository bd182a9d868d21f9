"""Boxes and masks of detections as an attribute branch wants them."""

import torch
from mmdet.structures.bbox import get_box_tensor
from mmdet.utils import InstanceList
from torch import Tensor


def network_boxes(
    results: InstanceList, metas: list[dict], rescaled: bool
) -> list[Tensor]:
    """Boxes of detections in pixels of the network's input.

    Args:
        results (list[InstanceData]): With bboxes (n, 4) xyxy.
        metas (list[dict]): Meta data of each picture.
        rescaled (bool): Whether the boxes are in the original picture's pixels.

    Returns:
        list[Tensor]: (n, 4) xyxy.
    """
    boxes = [get_box_tensor(result.bboxes) for result in results]
    if not rescaled:
        return boxes
    return [
        box * box.new_tensor(meta['scale_factor']).repeat(2)
        for box, meta in zip(boxes, metas, strict=True)
    ]


def class_masks(logits: Tensor, labels: Tensor) -> Tensor:
    """Probabilities of each object's own class.

    Args:
        logits (Tensor): (N, K, h, w), or (N, 1, h, w) of a mask head for all classes.
        labels (Tensor): (N,) classes.

    Returns:
        Tensor: (N, h, w).
    """
    if logits.shape[1] == 1:
        return logits[:, 0].sigmoid()
    rows = torch.arange(len(labels), device=labels.device)
    return logits[rows, labels].sigmoid()
