"""Masks of mmdet's instances, whatever they are kept as.

Letters: N instances; sizes are (h, w) in pixels.
"""

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import torch
from mmdet.structures.bbox import BaseBoxes
from mmengine.structures import InstanceData
from pycocotools import mask as mask_utils

from projects.fashion_attr.structures.run_length_masks import RunLengthMasks


def to_numpy(values: Any) -> np.ndarray:
    """A tensor on any device, boxes, a list or an array, as an array."""
    if isinstance(values, BaseBoxes):
        values = values.convert_to('hbox').tensor
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu()
        return values.float().numpy() if values.is_floating_point() else values.numpy()
    return np.asarray(values)


def read_masks(
    instances: InstanceData, draw_size: tuple[int, int]
) -> tuple[np.ndarray | None, tuple[int, int] | None]:
    """Masks at the size they are drawn at.

    Args:
        instances (InstanceData): N, with or without masks of any kind.
        draw_size (tuple[int, int]): (h, w) wanted.

    Returns:
        tuple: (N, h, w) bool and the size they came in; None and None where there
        are no masks.
    """
    if 'masks' not in instances:
        return None, None
    masks = instances.masks
    if isinstance(masks, RunLengthMasks):
        size = masks.height, masks.width  # and one after the other is decoded
    else:
        masks = _bitmaps(masks)
        size = masks.shape[1:]
    return np.stack([resize_mask(mask, draw_size) for mask in masks]), size


def _bitmaps(masks: Any) -> np.ndarray:
    """(N, h, w) of BitmapMasks, PolygonMasks, a tensor or an array."""
    return masks.to_ndarray() if hasattr(masks, 'to_ndarray') else to_numpy(masks)


def mask_runs(instances: InstanceData) -> list[dict]:
    """The masks of instances as they are stored, as compressed RLE.

    Args:
        instances (InstanceData): with masks of any kind, see ``read_garments``.

    Returns:
        list[dict]: one for each.
    """
    masks = instances.masks
    if isinstance(masks, RunLengthMasks):
        return masks.to_rle()
    return encode_masks(_bitmaps(masks))


def encode_masks(masks: Iterable[np.ndarray]) -> list[dict]:
    """(h, w) masks of zeros and others as compressed RLE, one at a time."""
    return [
        mask_utils.encode(np.asfortranarray(mask.astype(bool).view(np.uint8)))
        for mask in masks
    ]


def resize_mask(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w) mask of zeros and others, with smooth edges at another size.

    Args:
        mask (np.ndarray): of any size and type.
        size (tuple[int, int]): (h, w) wanted.

    Returns:
        np.ndarray: bool. Parts at least a new pixel wide are kept.
    """
    if mask.shape == tuple(size):
        return mask.astype(bool)
    shrinks = mask.shape[0] > size[0]
    # Averaging all of a picture of 20 megapixels would take most of the time.
    stride = max(1, int(min(mask.shape[0] / size[0], mask.shape[1] / size[1]) / 1.5))
    mask = np.ascontiguousarray(mask[::stride, ::stride], dtype=bool)
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resized = cv2.resize(mask.view(np.uint8) * 255, size[::-1], interpolation=how)
    return resized > (60 if shrinks else 127)


def mask_box(mask: np.ndarray) -> np.ndarray:
    """(4,) xyxy around a mask, right and bottom exclusive; zeros if it is empty."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return np.zeros(4)
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], float)
