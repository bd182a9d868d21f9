"""Pictures of any size on one page, each under its caption."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from .label_block import INK, line_height, load_font, padding, shorten
from .panel import PAGE


def side_by_side(
    pictures: Sequence[np.ndarray], captions: Sequence[str], font_size: int = 16
) -> np.ndarray:
    """Lay pictures next to each other, tops aligned.

    Args:
        pictures (Sequence[np.ndarray]): N, each (H, W, 3) uint8 RGB.
        captions (Sequence[str]): N; cut where they are wider than their picture.
        font_size (int): of the captions, in pixels.

    Returns:
        np.ndarray: (H', W', 3) uint8 RGB.
    """
    pad = padding(font_size)
    bar, gap = line_height(font_size) + 2 * pad, 2 * font_size
    height = bar + max(picture.shape[0] for picture in pictures)
    widths = [picture.shape[1] for picture in pictures]
    lefts = np.cumsum([0] + [width + gap for width in widths[:-1]]).tolist()
    page = np.full((height, lefts[-1] + widths[-1], 3), PAGE, np.uint8)
    for left, picture in zip(lefts, pictures, strict=True):
        page[bar : bar + picture.shape[0], left : left + picture.shape[1]] = picture
    canvas = Image.fromarray(page)
    draw, font = ImageDraw.Draw(canvas), load_font(font_size, bold=True)
    for left, width, caption in zip(lefts, widths, captions, strict=True):
        text = shorten(caption, font_size, width, bold=True)
        draw.text((left + width / 2, bar / 2), text, INK, font, anchor='mm')
    return np.asarray(canvas)
