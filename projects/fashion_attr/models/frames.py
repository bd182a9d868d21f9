"""The part of a picture that an attribute branch looks at for each box."""

import torch
import torch.nn.functional as F
from torch import Tensor


def frames(boxes: Tensor, context: float = 1.0, square: bool = False) -> Tensor:
    """Frames around boxes, about their centres.

    Args:
        boxes (Tensor): (N, 4) xyxy.
        context (float): How many times as wide and high as the box.
        square (bool): Whether the frame is as high as wide, with the longer edge, so
            that what is cut out keeps its proportions.

    Returns:
        Tensor: (N, 4) xyxy; they may run out of the picture.
    """
    if context == 1 and not square:
        return boxes
    center = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]) * (context / 2)
    if square:
        half = half.amax(dim=1, keepdim=True)
    return torch.cat([center - half, center + half], dim=1)


def framed_masks(masks: Tensor, boxes: Tensor, frames: Tensor) -> Tensor:
    """Masks of boxes as masks of the frames around them, zero outside the box.

    Args:
        masks (Tensor): (N, h, w) probabilities within the boxes.
        boxes (Tensor): (N, 4) xyxy.
        frames (Tensor): (N, 4) xyxy, in the same pixels.

    Returns:
        Tensor: (N, h, w), sampled bilinearly.
    """
    if frames is boxes or len(boxes) == 0:
        return masks
    size = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-3)
    # Affine map from the frame's -1..1 to the box's -1..1, axis by axis.
    scale = (frames[:, 2:] - frames[:, :2]) / size
    shift = (frames[:, :2] + frames[:, 2:] - boxes[:, :2] - boxes[:, 2:]) / size
    theta = boxes.new_zeros(len(boxes), 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = scale.unbind(1)
    theta[:, :, 2] = shift
    grid = F.affine_grid(theta, [len(boxes), 1, *masks.shape[1:]], align_corners=False)
    return F.grid_sample(masks[:, None], grid.to(masks), align_corners=False)[:, 0]


def shaken(boxes: Tensor, share: float) -> Tensor:
    """Boxes as a detector might have found them.

    Args:
        boxes (Tensor): (N, 4) xyxy.
        share (float): How far each edge moves at most, in or out, as a share of the
            box's width or height; below .5.

    Returns:
        Tensor: (N, 4) xyxy.
    """
    size = (boxes[:, 2:] - boxes[:, :2]).repeat(1, 2)
    return boxes + size * boxes.new_empty(boxes.shape).uniform_(-share, share)
