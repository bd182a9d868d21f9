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
    Span,
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
from projects.fashion_attr.visualization.mask_drawing import (
    Style,
    anchor_points,
    draw_masks,
)
from projects.fashion_attr.visualization.verdict import VERDICTS

PAGE = (243, 244, 247)
CAPTION = (255, 255, 255)
TRUTH, PREDICTION = 'ground truth', 'prediction'
# Fewer attributes are shown before a panel grows taller than its picture.
MIN_ATTRIBUTES = 3


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
    captions = [_caption(*one) for one in captioned]
    return _join(panels, captions, style)


def _caption(name: str, garments: Sequence[Garment]) -> list[Span]:
    """What a panel shows, and how many came off how: the key to the marks."""
    count = '1 garment' if len(garments) == 1 else f'{len(garments)} garments'
    spans = [Span(f'{name}: {count}', CAPTION)]
    for verdict in VERDICTS.values():
        number = sum(garment.verdict is verdict for garment in garments)
        if number:
            word = verdict.missing if name == TRUTH else verdict.name
            spans.append(Span(f'{verdict.mark} {number} {word}', verdict.light))
    return spans


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
    dot, color = style.line + 1, block.color
    if block.verdict is not None:
        dot, color = 2 * dot, block.verdict.color
    cv2.line(page, start, end, (255, 255, 255), style.line + 2, cv2.LINE_AA)
    cv2.circle(page, end, dot + 1, (255, 255, 255), -1, cv2.LINE_AA)
    cv2.line(page, start, end, block.color, style.line, cv2.LINE_AA)
    cv2.circle(page, end, dot, color, -1, cv2.LINE_AA)


def _join(
    panels: Sequence[np.ndarray], captions: Sequence[list[Span]], style: Style
) -> np.ndarray:
    """Panels side by side under a bar with their captions."""
    pad, gap = padding(style.font), style.gap * 2
    bar = line_height(style.font) + 2 * pad
    height = max(panel.shape[0] for panel in panels)
    lengths = [_length(caption, style.font) for caption in captions]
    widths = [
        max(panel.shape[1], int(length) + 2 * gap)
        for panel, length in zip(panels, lengths, strict=True)
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
    font = load_font(style.font, bold=True)
    for left, width, length, caption in zip(
        lefts, widths, lengths, captions, strict=True
    ):
        x = int(left) + (width - length) / 2
        for span in caption:
            draw.text((x, bar / 2), span.text, span.color, font, anchor='lm')
            x += text_width(span.text, style.font, bold=True) + 2 * style.font
    return np.asarray(canvas)


def _length(caption: Sequence[Span], size: int) -> float:
    """Width of a caption with the gaps between its parts, in pixels."""
    texts = sum(text_width(span.text, size, bold=True) for span in caption)
    return texts + 2 * size * (len(caption) - 1)
