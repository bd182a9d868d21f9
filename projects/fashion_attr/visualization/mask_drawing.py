"""Masks and boxes of garments on their picture, and where their labels point to."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from projects.fashion_attr.visualization.garment import Garment


@dataclass(frozen=True)
class Style:
    """Sizes in pixels that follow from the size of the drawn picture.

    Attributes:
        font: height of the letters' em.
        line: width of an outline.
        alpha: how much of a mask's colour covers the picture, 0..1.
        max_attributes: names shown for one garment.
    """

    font: int
    line: int
    alpha: float = 0.4
    max_attributes: int = 6

    @classmethod
    def of(
        cls,
        size: tuple[int, int],
        alpha: float,
        max_attributes: int,
        text_scale: float = 1.0,
    ) -> 'Style':
        """The style for a picture of (h, w) pixels."""
        edge = max(size)
        font = round(max(13, edge / 68) * text_scale)
        return cls(font, max(2, round(edge / 640)), alpha, max_attributes)

    @property
    def gap(self) -> int:
        """Room between two blocks."""
        return max(4, self.font // 2)

    @property
    def block_width(self) -> int:
        """The widest a block may be."""
        return self.font * 17


def draw_masks(
    image: np.ndarray, garments: Sequence[Garment], style: Style
) -> np.ndarray:
    """Fill, outline and box garments on ``image`` in place, the large ones first.

    A pixel takes the colour of the smallest garment on it, unmixed with what lies
    below, so that parts such as collars and pockets stay visible on their garment.

    Args:
        image (np.ndarray): (H, W, 3) uint8 RGB, changed in place.
        garments (Sequence[Garment]): with masks of (H, W).
        style (Style): widths and transparency.

    Returns:
        np.ndarray: (H, W) index of the garment on each pixel, -1 for none.
    """
    owner = np.full(image.shape[:2], -1, np.int16)
    order = sorted(range(len(garments)), key=lambda i: -garments[i].area)
    for i in order:
        if garments[i].mask is not None:
            owner[garments[i].mask] = i
    covered = owner >= 0
    if covered.any():
        colors = np.array([g.color for g in garments], np.float32)
        fill = colors[owner[covered]] * style.alpha
        image[covered] = (image[covered] * (1 - style.alpha) + fill).astype(np.uint8)
    for i in order:
        _draw_outline(image, garments[i], style)
    return owner


def _draw_outline(image: np.ndarray, garment: Garment, style: Style) -> None:
    left, top, right, bottom = (int(v) for v in np.round(garment.box))
    corners = (left, top), (max(left, right - 1), max(top, bottom - 1))
    if garment.mask is not None:
        found, _ = cv2.findContours(
            garment.mask.view(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE
        )
        # White around the colour keeps the outline readable on any cloth.
        halo = style.line + 2
        cv2.drawContours(image, found, -1, (255, 255, 255), halo, cv2.LINE_AA)
        cv2.drawContours(image, found, -1, garment.color, style.line, cv2.LINE_AA)
        cv2.rectangle(image, *corners, garment.color, max(1, style.line // 2))
    else:
        cv2.rectangle(image, *corners, (255, 255, 255), style.line + 2)
        cv2.rectangle(image, *corners, garment.color, style.line)


def anchor_points(garments: Sequence[Garment], owner: np.ndarray) -> np.ndarray:
    """(N, 2) points (x, y) that leader lines end on.

    The middle of the widest visible part of the mask, or of the box where no pixel
    of the mask is visible.
    """
    anchors = np.zeros((len(garments), 2))
    for i, garment in enumerate(garments):
        anchors[i] = (garment.box[:2] + garment.box[2:]) / 2
        visible = owner == i
        if visible.any():
            rows, columns = np.flatnonzero(visible.any(1)), visible.any(0).nonzero()[0]
            top, left = rows[0], columns[0]
            part = visible[top : rows[-1] + 1, left : columns[-1] + 1]
            part = np.pad(part, 1).view(np.uint8)
            depth = cv2.distanceTransform(part, cv2.DIST_L2, 3)
            y, x = np.unravel_index(depth.argmax(), depth.shape)
            anchors[i] = x + left - 1, y + top - 1
    return anchors
