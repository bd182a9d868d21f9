"""Small masks of boxes as masks of the picture.

The same samples as mmdet's ``FCNMaskHead`` takes with ``grid_sample``: since the grid
runs along the axes, bilinear sampling is a product with one matrix for each axis, and
nothing of the picture's size is made but the mask itself.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class PlacedMask:
    """A mask that is False outside a part of its picture.

    Attributes:
        size: (h, w) of the picture, in pixels.
        x: left edge of the part.
        y: upper edge of the part.
        part: (h', w') bool.
    """

    size: tuple[int, int]
    x: int
    y: int
    part: np.ndarray

    def whole(self) -> np.ndarray:
        """(h, w) bool mask of the picture."""
        mask = np.zeros(self.size, bool)
        height, width = self.part.shape
        mask[self.y : self.y + height, self.x : self.x + width] = self.part
        return mask


def place(
    probs: np.ndarray, box: np.ndarray, size: tuple[int, int], threshold: float
) -> PlacedMask:
    """Stretch a mask over its box.

    Args:
        probs (np.ndarray): (m, m) float32 probabilities within the box.
        box (np.ndarray): (4,) float32 xyxy in pixels of the picture.
        size (tuple[int, int]): (h, w) of the picture.
        threshold (float): pixels that reach it belong to the object.

    Returns:
        PlacedMask: of the picture.
    """
    rows, top = _axis_weights(box[1], box[3], size[0], probs.shape[0])
    columns, left = _axis_weights(box[0], box[2], size[1], probs.shape[1])
    return PlacedMask(size, left, top, rows @ probs @ columns.T >= threshold)


def _axis_weights(
    low: np.float32, high: np.float32, length: int, cells: int
) -> tuple[np.ndarray, int]:
    """(pixels, cells) weights of the pixels around a box's side, and the first one."""
    first = int(max(np.floor(low) - 1, 0))
    last = max(int(min(np.ceil(high) + 1, length)), first)
    pixel = np.arange(first, last, dtype=np.float32) + np.float32(0.5)
    with np.errstate(divide='ignore', invalid='ignore'):
        where = (pixel - low) / (high - low) * 2 - 1
    where[np.isinf(where)] = 0
    where = ((where + 1) * cells - 1) / 2
    # A hat of width 2 about each cell's centre; beyond the outermost it fades to 0.
    distance = np.abs(where[:, None] - np.arange(cells, dtype=np.float32))
    return np.maximum(1 - distance, 0), first
