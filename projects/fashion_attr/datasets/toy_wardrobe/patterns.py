"""Textile patterns as functions of the place on the cloth.

Each takes (u, v), (H, W) arrays of coordinates in repeats of the pattern, and
returns in [0, 1] how much of the accent colour covers the base colour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

Colour = tuple[float, float, float]
PLAIN = 'plain (pattern)'
# Sharpness of edges: one repeat is about 8 pixels, so edges are one pixel soft.
_EDGE = 9.0


def _soft(distance):
    """1 inside (positive distance), 0 outside, a soft edge between."""
    return np.clip(0.5 + _EDGE * distance, 0, 1)


def _wave(x):
    """Triangle wave of period 1 between 0 and 0.5."""
    return np.abs(x - np.floor(x) - 0.5)


def _cells(u, v):
    """Offsets from the centre of the cell, and the cell's random number."""
    row, column = np.floor(v), np.floor(u + 0.5 * np.mod(np.floor(v), 2))
    x = u + 0.5 * np.mod(row, 2) - column - 0.5
    chance = np.mod(np.sin(row * 12.99 + column * 78.23) * 4375.85, 1)
    return x, v - row - 0.5, chance


def _stripe(u, v):
    return _soft(_wave(v) - 0.27)


def _check(u, v):
    return 0.5 * (_soft(_wave(u * 0.7) - 0.25) + _soft(_wave(v * 0.7) - 0.25))


def _dot(u, v):
    x, y, _ = _cells(u * 0.95, v * 0.95)
    return _soft(0.27 - np.hypot(x, y))


def _floral(u, v):
    x, y, chance = _cells(u * 0.52, v * 0.52)
    radius = np.hypot(x, y)
    petals = 0.27 + 0.11 * np.cos(5 * np.arctan2(y, x) + chance * 6.28)
    flower = _soft((petals - radius) * 1.6)
    return flower * (1 - 0.75 * _soft((0.1 - radius) * 1.6))


def _plant(u, v):
    x, y, chance = _cells(u * 0.6, v * 0.5)
    turn = (chance - 0.5) * 2
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    leaf = _soft(0.2 - np.abs(x) - 0.9 * y**2)
    return leaf * (1 - _soft(0.02 - np.abs(x)))


def _geometric(u, v):
    x, y = u * 0.75, v * 0.75
    x, y = x - np.floor(x), y - np.floor(y)
    return _soft((y - x) * 0.7) * _soft(0.9 - y) * _soft(x - 0.08)


def _blobs(u, v):
    return (
        np.sin(u * 2.1 + 1.3 * np.sin(v * 1.7))
        + np.sin(v * 2.3 + 1.7 * np.sin(u * 1.1 + 2))
        + np.sin((u + v) * 1.3)
    )


def _abstract(u, v):
    return 0.6 * _soft(_blobs(u * 0.7, v * 0.7) * 0.4) + 0.4 * _soft(
        _wave((u - v) * 0.3) - 0.35
    )


def _camouflage(u, v):
    field = _blobs(u * 0.9, v * 1.3)
    return 0.55 * _soft(field * 0.4) + 0.45 * _soft((field - 1.1) * 0.4)


def _leopard(u, v):
    x, y, chance = _cells(u * 0.95, v * 0.95)
    x = x + 0.15 * (chance - 0.5)
    ring = 0.15 - np.abs(np.hypot(x, y * (0.8 + 0.5 * chance)) - 0.27)
    gap = np.cos(np.arctan2(y, x) - chance * 6.28) + 0.75
    return _soft(ring * 1.3) * _soft(gap * 0.5)


def _zebra(u, v):
    return _soft(_wave(v * 0.85 + 0.35 * np.sin(u * 1.5) + 0.2 * np.sin(v)) - 0.25)


def _giraffe(u, v):
    x, y, chance = _cells(u * 0.6, v * 0.6)
    reach = 0.36 + 0.06 * np.cos(5 * np.arctan2(y, x) + 6 * chance)
    return _soft(reach - np.maximum(np.abs(x), np.abs(y)))


def _chevron(u, v):
    return _soft(_wave(v * 0.9 + 0.9 * _wave(u * 0.5)) - 0.25)


def _herringbone(u, v):
    side = np.where(np.mod(np.floor(u * 0.6), 2) == 0, 1, -1)
    return _soft(_wave(v * 1.2 + side * u) - 0.25)


def _houndstooth(u, v):
    x, y = u * 0.8, v * 0.8
    weave = _wave((x + y) * 1.0) > 0.25
    column, row = np.mod(np.floor(x), 2), np.mod(np.floor(y), 2)
    return np.where(column == row, column, weave).astype(float)


def _argyle(u, v):
    x, y = u * 0.45, v * 0.3
    diamond = _soft((0.25 - np.abs(_wave(x) + _wave(y) - 0.5)) * 1.5)
    return 0.7 * diamond + 0.3 * _soft(0.04 - np.abs(_wave(x) - _wave(y)))


def _fair_isle(u, v):
    band = np.mod(np.floor(v * 0.6), 3)
    zigzag = _soft(0.14 - np.abs(np.mod(v * 0.6, 1) - 0.25 - _wave(u)))
    dots = _soft(0.25 - np.hypot(_wave(u) - 0.25, np.mod(v * 0.6, 1) - 0.5))
    return np.where(band == 0, zigzag, np.where(band == 1, dots, 0.0))


def _letters(u, v):
    tile = _letter_tile()
    size = tile.shape[0]
    rows = np.mod(v * 0.33 * size, size).astype(int) % size
    columns = np.mod(u * 0.33 * size, size).astype(int) % size
    return tile[rows, columns]


@lru_cache(maxsize=1)
def _letter_tile() -> np.ndarray:
    tile = np.zeros((64, 64), np.uint8)
    for text, origin in (('AB', (4, 27)), ('K7', (8, 58))):
        cv2.putText(tile, text, origin, cv2.FONT_HERSHEY_SIMPLEX, 0.95, 255, 5)
    return cv2.GaussianBlur(tile, (3, 3), 0) / 255.0


PATTERNS: dict[str, Callable] = {
    'stripe': _stripe,
    'check': _check,
    'dot': _dot,
    'floral': _floral,
    'plant': _plant,
    'geometric': _geometric,
    'abstract': _abstract,
    'camouflage': _camouflage,
    'leopard': _leopard,
    'zebra': _zebra,
    'giraffe': _giraffe,
    'chevron': _chevron,
    'herringbone (pattern)': _herringbone,
    'houndstooth (pattern)': _houndstooth,
    'argyle': _argyle,
    'fair isle': _fair_isle,
    'letters, numbers': _letters,
}


@dataclass(frozen=True)
class Fabric:
    """Colours (RGB in 0..255), pattern and weave of a piece.

    Attributes:
        base: Ground colour.
        accent: Colour of the pattern.
        pattern: Name of a textile pattern of the taxonomy.
        period: Body units per repeat.
        turn: Direction of the pattern in radians.
        phase: Shift of the pattern, in repeats.
        weave: '' (smooth), 'knit', 'denim', 'fur' or 'quilted'.
    """

    base: Colour
    accent: Colour = (0.0, 0.0, 0.0)
    pattern: str = PLAIN
    period: float = 0.3
    turn: float = 0.0
    phase: float = 0.0
    weave: str = ''

    def colours(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """The cloth at body coordinates x, y.

        Args:
            x (np.ndarray): (H, W) across the body.
            y (np.ndarray): (H, W) down the body.

        Returns:
            np.ndarray: (H, W, 3) float32 colours.
        """
        base = np.float32(self.base)
        colours = np.broadcast_to(base, (*x.shape, 3))
        if self.pattern != PLAIN:
            cos, sin = np.cos(self.turn) / self.period, np.sin(self.turn) / self.period
            u, v = x * cos + y * sin + self.phase, y * cos - x * sin + self.phase
            cover = PATTERNS[self.pattern](u, v).astype(np.float32)[..., None]
            colours = base + cover * (np.float32(self.accent) - base)
        if self.weave:
            colours = colours * WEAVES[self.weave](x, y).astype(np.float32)[..., None]
        return colours


def _knit(x, y):
    return 1 - 0.2 * (_wave(x * 7) > 0.36) - 0.1 * (_wave(y * 5 + _wave(x * 7)) > 0.3)


def _denim(x, y):
    return 1 + 0.06 * np.sin((x + y) * 40) + 0.08 * np.sin(x * 5.0) * np.sin(y * 2.0)


def _fur(x, y):
    return 1 + 0.16 * np.sin(x * 31 + 4 * np.sin(y * 13)) * np.sin(y * 27 + x * 9)


def _quilted(x, y):
    return (
        1 - 0.35 * _soft(0.03 - np.abs(_wave(y * 2.6) - 0.02)) + 0.12 * _wave(y * 2.6)
    )


WEAVES: dict[str, Callable] = {
    'knit': _knit,
    'denim': _denim,
    'fur': _fur,
    'quilted': _quilted,
}
