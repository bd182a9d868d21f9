"""One picture with its garments drawn on it and their labels beside it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image, ImageDraw

from projects.fashion_attr.visualization.garment import Garment
from projects.fashion_attr.visualization.label_block import (
    INK,
    LabelBlock,
    draw_block,
    line_height,
    load_font,
    make_block,
    padding,
    text_width,
)
from projects.fashion_attr.visualization.label_layout import (
    place_beside,
)

PAGE = (243, 244, 247)
# Fewer attributes are shown before a panel grows taller than its picture.
MIN_ATTRIBUTES = 3


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
    def of(cls, size: tuple[int, int], alpha: float, max_attributes: int) -> 'Style':
        """The style for a picture of (h, w) pixels."""
        edge = max(size)
        font = max(13, round(edge / 68))
        return cls(font, max(2, round(edge / 640)), alpha, max_attributes)

    @property
    def gap(self) -> int:
        """Room between two blocks."""
        return max(4, self.font // 2)

    @property
    def block_width(self) -> int:
        """The widest a block may be."""
        return self.font * 17


@dataclass(frozen=True)
class PanelPlan:
    """Where everything of one panel goes.

    Attributes:
        size: (h, w) of the panel.
        origin: (x, y) of the picture in it.
        blocks: the labels, one for each garment.
        corners: (N, 2) left and top of the labels in the panel.
    """

    size: tuple[int, int]
    origin: tuple[int, int]
    blocks: list[LabelBlock]
    corners: np.ndarray


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


def plan_panel(
    garments: Sequence[Garment],
    anchors: np.ndarray,
    size: tuple[int, int],
    style: Style,
) -> PanelPlan:
    """Labels in a column on either side of the picture.

    Attributes are left away, down to MIN_ATTRIBUTES, as long as the columns are
    taller than the picture; after that the panel grows.
    """
    for max_attributes in range(style.max_attributes, -1, -1):
        blocks = _make_blocks(garments, style, max_attributes)
        sizes = np.array([b.size for b in blocks]).reshape(-1, 2)
        layout = place_beside(anchors, sizes, size, style.gap)
        if layout.height <= size[0] or max_attributes <= MIN_ATTRIBUTES:
            break
    room = 3 * style.gap
    x, lefts = 0, np.zeros(len(blocks), int)
    width = size[1]
    for side in (False, True):
        column = np.flatnonzero(layout.on_right == side)
        if len(column):
            widest = max(blocks[i].width for i in column)
            for i in column:
                blocks[i] = replace(blocks[i], width=widest)
            lefts[column] = width + room - style.gap if side else style.gap
            width += widest + room
            x = x if side else widest + room
    corners = np.stack([lefts, layout.tops], 1)
    y = (layout.height - size[0]) // 2
    return PanelPlan((layout.height, width), (x, y), blocks, corners)


def _make_blocks(
    garments: Sequence[Garment], style: Style, max_attributes: int
) -> list[LabelBlock]:
    return [
        make_block(garment, style.font, style.block_width, max_attributes)
        for garment in garments
    ]


def draw_panels(
    image: np.ndarray, captioned: Sequence[tuple[str, Sequence[Garment]]], style: Style
) -> np.ndarray:
    """Draw the same picture once for each list of garments, side by side.

    Args:
        image (np.ndarray): (H, W, 3) uint8 RGB.
        captioned (Sequence): (caption, garments) of each panel, left to right.
        style (Style): sizes, for a picture of (H, W).

    Returns:
        np.ndarray: (H', W', 3) uint8 RGB.
    """
    size = image.shape[:2]
    pictures = [image.copy() for _ in captioned]
    anchors = []
    for picture, (_, garments) in zip(pictures, captioned, strict=True):
        owner = draw_masks(picture, garments, style)
        anchors.append(anchor_points(garments, owner))
    plans = [
        plan_panel(garments, points, size, style)
        for (_, garments), points in zip(captioned, anchors, strict=True)
    ]
    panels = [
        _render(picture, points, plan, style)
        for picture, points, plan in zip(pictures, anchors, plans, strict=True)
    ]
    captions = [f'{name}: {_count(garments)}' for name, garments in captioned]
    return _join(panels, captions, style)


def _count(garments: Sequence[Garment]) -> str:
    return '1 garment' if len(garments) == 1 else f'{len(garments)} garments'


def _render(
    picture: np.ndarray, anchors: np.ndarray, plan: PanelPlan, style: Style
) -> np.ndarray:
    """Lay the picture, the leader lines and the labels on a page."""
    page = np.full((*plan.size, 3), PAGE, np.uint8)
    (x, y), (h, w) = plan.origin, picture.shape[:2]
    page[y : y + h, x : x + w] = picture
    for anchor, corner, block in zip(anchors, plan.corners, plan.blocks, strict=True):
        _draw_leader(page, anchor + (x, y), corner, block, style)
    canvas = Image.fromarray(page)
    draw = ImageDraw.Draw(canvas)
    for (left, top), block in zip(plan.corners, plan.blocks, strict=True):
        draw_block(draw, block, int(left), int(top))
    return np.asarray(canvas)


def _draw_leader(
    page: np.ndarray,
    anchor: np.ndarray,
    corner: np.ndarray,
    block: LabelBlock,
    style: Style,
) -> None:
    """A line from the nearest point of the block to a dot on the garment."""
    (left, top), (height, width) = corner, block.size
    near = np.clip(anchor, (left, top), (left + width - 1, top + height - 1))
    start, end = (tuple(int(v) for v in np.round(p)) for p in (near, anchor))
    dot = style.line + 1
    cv2.line(page, start, end, (255, 255, 255), style.line + 2, cv2.LINE_AA)
    cv2.circle(page, end, dot + 1, (255, 255, 255), -1, cv2.LINE_AA)
    cv2.line(page, start, end, block.color, style.line, cv2.LINE_AA)
    cv2.circle(page, end, dot, block.color, -1, cv2.LINE_AA)


def _join(
    panels: Sequence[np.ndarray], captions: Sequence[str], style: Style
) -> np.ndarray:
    """Panels side by side under a bar with their captions."""
    pad, gap = padding(style.font), style.gap * 2
    bar = line_height(style.font) + 2 * pad
    height = max(panel.shape[0] for panel in panels)
    widths = [
        max(panel.shape[1], int(text_width(caption, style.font, bold=True)) + 2 * gap)
        for panel, caption in zip(panels, captions, strict=True)
    ]
    total = sum(widths) + gap * (len(panels) - 1)
    page = np.full((bar + height, total, 3), PAGE, np.uint8)
    lefts = np.cumsum([0] + [width + gap for width in widths[:-1]])
    for left, panel, width in zip(lefts, panels, widths, strict=True):
        x = left + (width - panel.shape[1]) // 2
        y = bar + (height - panel.shape[0]) // 2
        page[y : y + panel.shape[0], x : x + panel.shape[1]] = panel
        page[:bar, left : left + width] = INK
    canvas = Image.fromarray(page)
    draw = ImageDraw.Draw(canvas)
    for left, width, caption in zip(lefts, widths, captions, strict=True):
        at = (int(left) + width / 2, bar / 2)
        font = load_font(style.font, bold=True)
        draw.text(at, caption, (255, 255, 255), font, anchor='mm')
    return np.asarray(canvas)
