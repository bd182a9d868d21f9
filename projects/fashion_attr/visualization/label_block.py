"""Label blocks: a garment's name and score on its colour, its attributes below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import matplotlib
from PIL import ImageDraw, ImageFont

from projects.fashion_attr.visualization.garment import AttributeLabel, Garment
from projects.fashion_attr.visualization.verdict import (
    OTHER_ATTRIBUTES,
    Color,
    Verdict,
)

PAPER = (255, 255, 255)
INK = (38, 40, 46)
FAINT = (120, 124, 134)
SEPARATOR = ' · '


@dataclass(frozen=True)
class Span:
    """A piece of text in one colour."""

    text: str
    color: Color


@dataclass(frozen=True)
class LabelBlock:
    """A block ready to be drawn: wrapped lines and their size.

    Attributes:
        title: lines of the garment's name; the score stands in the first.
        score: the score as text, '' without one.
        lines: the attributes, each line a tuple of spans.
        color: the garment's colour.
        font_size: in pixels.
        width: in pixels, padding included.
        verdict: its mark stands at the end of the first line, its colour around the
            block.
    """

    title: tuple[str, ...]
    score: str
    lines: tuple[tuple[Span, ...], ...]
    color: Color
    font_size: int
    width: int
    verdict: Verdict | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(h, w) in pixels."""
        pad, line = padding(self.font_size), line_height(self.font_size)
        body = len(self.lines) * line + (pad if self.lines else 0)
        return len(self.title) * line + pad + body, self.width


@lru_cache(maxsize=64)
def load_font(size: int, bold: bool = False) -> ImageFont.FreeTypeFont:
    """DejaVu Sans, which matplotlib brings along, at ``size`` pixels."""
    folder = Path(matplotlib.get_data_path()) / 'fonts/ttf'
    name = 'DejaVuSans-Bold.ttf' if bold else 'DejaVuSans.ttf'
    return ImageFont.truetype(str(folder / name), size)


def text_width(text: str, size: int, bold: bool = False) -> float:
    """Width of one line of text in pixels."""
    return load_font(size, bold).getlength(text)


def line_height(font_size: int) -> int:
    """From one line to the next, in pixels."""
    return round(font_size * 1.3)


def padding(font_size: int) -> int:
    """Room around the text of a block, in pixels."""
    return max(2, round(font_size * 0.35))


def luminance(color: Color) -> float:
    """Relative luminance, 0 for black to 1 for white (WCAG 2)."""

    def linear(channel: float) -> float:
        channel /= 255
        if channel <= 0.04045:
            return channel / 12.92
        return ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(c) for c in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrasting(color: Color) -> Color:
    """Black or white, whichever is easier to read on ``color`` (WCAG 2 contrast)."""
    return (0, 0, 0) if luminance(color) > 0.179 else (255, 255, 255)


def wrap(widths: Sequence[float], space: float, limit: float) -> Iterator[list[int]]:
    """Fill lines with words from left to right.

    Args:
        widths (Sequence[float]): of the words, in pixels; one that is wider than
            ``limit`` gets a line of its own.
        space (float): the width of what stands between two words.
        limit (float): the width of a line.

    Yields:
        list[int]: the indices of the words of each line.
    """
    line: list[int] = []
    used = 0.0
    for i, width in enumerate(widths):
        if line and used + space + width > limit:
            yield line
            line, used = [], 0.0
        used += width + (space if line else 0)
        line.append(i)
    if line:
        yield line


def shorten(text: str, size: int, limit: float, bold: bool = False) -> str:
    """``text``, cut and ended by an ellipsis where it is wider than ``limit``."""
    if text_width(text, size, bold) <= limit:
        return text
    while text and text_width(text + '…', size, bold) > limit:
        text = text[:-1].rstrip()
    return text + '…'


def make_block(
    garment: Garment, font_size: int, max_width: int, max_attributes: int
) -> LabelBlock:
    """Set a garment's name, score and attributes in at most ``max_width`` pixels.

    Args:
        garment (Garment): with its attributes ranked, best first.
        font_size (int): in pixels.
        max_width (int): of the block, padding included, in pixels.
        max_attributes (int): names shown; '+3' stands for three more.

    Returns:
        LabelBlock: as narrow as its text allows.
    """
    score = '' if garment.score is None else f'{garment.score:.2f}'
    inner = max_width - 2 * padding(font_size)
    room = _score_room(score, garment.verdict, font_size)
    title = _wrap_title(garment.name, font_size, inner - room)
    lines = _wrap_attributes(garment, font_size, inner, max_attributes)
    used = [text_width(line, font_size, bold=True) for line in title]
    used[0] += room
    used += [sum(text_width(s.text, font_size) for s in line) for line in lines]
    width = int(max(used)) + 1 + 2 * padding(font_size)
    color, verdict = garment.color, garment.verdict
    return LabelBlock(title, score, lines, color, font_size, width, verdict)


def _score_room(score: str, verdict: Verdict | None, font_size: int) -> float:
    """Width that score, mark and the gaps before them take from the first line."""
    room = text_width(score, font_size) + font_size * 0.6 if score else 0.0
    return room + (mark_width(font_size) + font_size * 0.4 if verdict else 0.0)


def mark_width(font_size: int) -> int:
    """Edge of the square with a verdict's mark, in pixels."""
    return round(font_size * 1.15)


def _wrap_title(name: str, size: int, limit: float) -> tuple[str, ...]:
    words = name.split(' ')
    widths = [text_width(word, size, bold=True) for word in words]
    space = text_width(' ', size, bold=True)
    lines = [' '.join(words[i] for i in line) for line in wrap(widths, space, limit)]
    return tuple(shorten(line, size, limit, bold=True) for line in lines)


def _wrap_attributes(
    garment: Garment, size: int, inner: float, max_attributes: int
) -> tuple[tuple[Span, ...], ...]:
    shown = garment.attributes[:max_attributes]
    spans = [_span(attribute, size, inner) for attribute in shown]
    hidden = len(garment.attributes) - len(shown)
    if hidden:
        spans.append(Span(f'+{hidden}', FAINT))
    widths = [text_width(span.text, size) for span in spans]
    gap = text_width(SEPARATOR, size)
    lines = wrap(widths, gap, inner)
    return tuple(_separated([spans[i] for i in line]) for line in lines)


def _span(attribute: AttributeLabel, size: int, inner: float) -> Span:
    """An attribute in its verdict's colour, with its mark where it is not right."""
    verdict, name = attribute.verdict, attribute.name
    if verdict is OTHER_ATTRIBUTES:
        name = f'{verdict.mark} {name}'
    return Span(shorten(name, size, inner), verdict.color if verdict else INK)


def _separated(spans: list[Span]) -> tuple[Span, ...]:
    """The spans of one line with a faint dot between them."""
    line = [spans[0]]
    for span in spans[1:]:
        line += [Span(SEPARATOR, FAINT), span]
    return tuple(line)


def draw_block(
    draw: ImageDraw.ImageDraw, block: LabelBlock, left: int, top: int
) -> None:
    """Draw a block with its upper left corner at (left, top)."""
    size, color = block.font_size, block.color
    pad, line = padding(size), line_height(size)
    height, width = block.size
    bar = top + len(block.title) * line + pad
    right, bottom = left + width - 1, top + height - 1
    radius = max(2, size // 4)
    if block.verdict is not None:
        edge = max(2, size // 5)  # outside, where there is a gap to the next block
        frame = (left - edge, top - edge, right + edge, bottom + edge)
        draw.rounded_rectangle(frame, radius + edge, block.verdict.color)
    draw.rounded_rectangle((left, top, right, bottom), radius, PAPER)
    flat = dict(corners=(True, True, not block.lines, not block.lines))
    draw.rounded_rectangle((left, top, right, bar - 1), radius, color, **flat)
    draw.rounded_rectangle((left, top, right, bottom), radius, outline=color)
    # Text hangs on its middle, so that lines with and without descenders match.
    ink, middle = contrasting(color), top + (pad + line) / 2
    for i, text in enumerate(block.title):
        at = (left + pad, middle + i * line)
        draw.text(at, text, ink, load_font(size, bold=True), anchor='lm')
    end = left + width - pad
    if block.verdict is not None:
        _draw_mark(draw, block.verdict, size, (end, middle))
        end -= mark_width(size) + size * 0.4
    draw.text((end, middle), block.score, ink, load_font(size), anchor='rm')
    for i, spans in enumerate(block.lines):
        x = left + pad
        for span in spans:
            at = (x, bar + (pad + line) / 2 + i * line)
            draw.text(at, span.text, span.color, load_font(size), anchor='lm')
            x += text_width(span.text, size)


def _draw_mark(
    draw: ImageDraw.ImageDraw, verdict: Verdict, size: int, end: tuple[float, float]
) -> None:
    """The mark on white, its right end at (x, y)."""
    edge = mark_width(size)
    left, top = round(end[0]) - edge, round(end[1] - edge / 2)
    corners = (left, top, left + edge, top + edge)
    draw.rounded_rectangle(corners, max(2, size // 4), PAPER)
    font = load_font(size, bold=True)
    at = (left + edge / 2, top + edge / 2)
    draw.text(at, verdict.mark, verdict.color, font, anchor='mm')
