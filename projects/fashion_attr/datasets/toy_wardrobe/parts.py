"""Garment parts: necklines, collars, lapels and pockets.

Shapes are chosen by the attribute that they show.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from .figure import ARMPIT, NECK, WAIST
from .geometry import Points, box, closed, curve, mirrored
from .patterns import Fabric
from .pieces import Piece, Stroke, tags

NECKLINES = {
    'round (neck)': 0.32,
    'v-neck': 0.24,
    'square (neckline)': 0.1,
    'u-neck': 0.09,
    'boat (neck)': 0.07,
    'turtle (neck)': 0.06,
    'plunging (neckline)': 0.04,
    'sweetheart (neckline)': 0.04,
    'straight across (neck)': 0.03,
    'one shoulder': 0.02,
}
POCKETS = {
    'patch (pocket)': 0.36,
    'slash (pocket)': 0.22,
    'flap (pocket)': 0.18,
    'welt (pocket)': 0.14,
    'curved (pocket)': 0.06,
    'kangaroo (pocket)': 0.04,
}


def darker(fabric: Fabric, factor: float = 0.72) -> Fabric:
    """The same cloth in another shade, for trims and parts."""
    return replace(
        fabric,
        base=tuple(np.clip(factor * np.array(fabric.base), 0, 255)),
        accent=tuple(np.clip(factor * np.array(fabric.accent), 0, 255)),
    )


def trim(fabric: Fabric) -> Fabric:
    """A plain shade that stands out from the cloth."""
    factor = 0.6 if np.mean(fabric.base) > 90 else 1.7
    return darker(replace(fabric, pattern=Fabric.pattern, weave=''), factor)


def line_colour(fabric: Fabric) -> tuple[float, float, float]:
    """Colour of seams and folds on a cloth."""
    return trim(fabric).base


def opening(kind: str, width: float = 0.3) -> Points:
    """Right half of a neck opening, from the shoulder to the body's axis.

    Args:
        kind (str): Neckline attribute.
        width (float): Half width at the shoulder, in body units.

    Returns:
        np.ndarray: (P, 2) points; the last has x = 0.
    """
    top = NECK + 0.07
    shapes = {
        'round (neck)': [(width, top), (width * 0.85, top + 0.2), (0, top + 0.32)],
        'u-neck': [(width, top), (width * 0.95, top + 0.42), (0.12, top + 0.66),
                   (0, top + 0.68)],
        'boat (neck)': [(0.56, top + 0.1), (0.3, top + 0.2), (0, top + 0.23)],
        'turtle (neck)': [(0.19, NECK - 0.13), (0.1, NECK - 0.1), (0, NECK - 0.1)],
    }  # fmt: skip
    corners = {
        'v-neck': [(width, top), (0, top + 0.72)],
        'plunging (neckline)': [(width, top), (0, WAIST - 0.35)],
        'square (neckline)': [(0.4, top + 0.03), (0.38, top + 0.5), (0, top + 0.5)],
        'sweetheart (neckline)': [
            (0.5, top + 0.06), (0.46, top + 0.5), (0.22, top + 0.44), (0, top + 0.68)
        ],
        'straight across (neck)': [(0.6, ARMPIT - 0.16), (0, ARMPIT - 0.16)],
    }  # fmt: skip
    if kind in corners:
        return np.array(corners[kind])
    return curve(shapes[kind], 6)


def neckline(kind: str, fabric: Fabric, edge: Points) -> Piece:
    """The band of cloth around a neck opening.

    Args:
        kind (str): Neckline attribute.
        fabric (Fabric): The garment's cloth.
        edge (np.ndarray): (P, 2) whole opening, from left to right.

    Returns:
        Piece: To be clipped by its garment.
    """
    band = 0.3 if kind == 'turtle (neck)' else 0.15
    if kind in (
        'turtle (neck)',
        'straight across (neck)',
        'one shoulder',
        'boat (neck)',
    ):
        outer = edge + (0, band)
    else:
        centre = np.array([0.0, edge[:, 1].min() - 0.15])
        away = edge - centre
        outer = edge + band * away / np.hypot(*away.T)[:, None] * (1.15, 1)
    outline = np.concatenate([edge, outer[::-1]])
    return Piece((outline,), trim(fabric), 'neckline', tags(kind))


def collar(kind: str, fabric: Fabric) -> Piece:
    """A collar around the neck; a standing one reaches above its garment."""
    top = NECK - 0.06
    shapes = {
        'shirt (collar)': [(0.2, top - 0.04), (0.36, top + 0.14), (0.34, top + 0.44),
                           (0.0, top + 0.2)],
        'peter pan (collar)': curve([(0.19, top), (0.48, top + 0.16),
                                     (0.42, top + 0.42), (0.14, top + 0.44),
                                     (0.0, top + 0.22)]),
        'mandarin (collar)': [(0.22, top - 0.1), (0.27, top + 0.2), (0.0, top + 0.33),
                              (0.0, top + 0.1)],
        'oversized (collar)': [(0.2, top - 0.06), (0.62, top + 0.26), (0.5, top + 0.72),
                               (0.0, top + 0.26)],
    }  # fmt: skip
    right = np.array(shapes[kind])
    shade = fabric if kind == 'shirt (collar)' else trim(fabric)
    outlines = (right, mirrored(right))
    cloth = darker(shade, 0.88)
    return Piece(outlines, cloth, 'collar', tags(kind), extends=True)


def lapel(kind: str, fabric: Fabric, depth: float) -> Piece:
    """Both lapels of a jacket or coat, down to ``depth``."""
    top = NECK
    shapes = {
        'notched (lapel)': [(0.2, top), (0.4, top + 0.16), (0.36, top + 0.42),
                            (0.3, top + 0.44), (0.46, top + 0.5), (0.02, depth)],
        'peak (lapel)': [(0.2, top), (0.4, top + 0.2), (0.34, top + 0.5),
                         (0.62, top + 0.4), (0.02, depth)],
        'shawl (lapel)': curve([(0.2, top), (0.44, top + 0.3), (0.38, top + 0.7),
                                (0.02, depth)]),
    }  # fmt: skip
    right = np.array(shapes[kind])
    return Piece((right, mirrored(right)), darker(fabric, 0.78), 'lapel', tags(kind))


def pocket(
    kind: str, fabric: Fabric, centre: ArrayLike, side: int, size: float = 0.4
) -> Piece:
    """One pocket.

    Args:
        kind (str): Pocket attribute.
        fabric (Fabric): The garment's cloth.
        centre (array-like): Where, in body units.
        side (int): -1 or 1, the side it opens to.
        size (float): Width in body units.

    Returns:
        Piece: To be clipped by its garment.
    """
    line = line_colour(fabric)
    centre = np.array(centre)
    strokes = []
    if kind == 'patch (pocket)':
        outline = box((0, 0.04), (size, size * 1.05))
        strokes = [Stroke(box((0, -size * 0.42), (size, 0.01)), line, 0.05)]
    elif kind == 'flap (pocket)':
        h = size * 0.5
        outline = np.array([(-h, -0.12), (h, -0.12), (h, 0.08), (0, 0.18), (-h, 0.08)])
    elif kind == 'welt (pocket)':
        outline = box((0, 0), (size, 0.12))
    elif kind == 'slash (pocket)':
        outline = np.array([(0.02, -0.3), (0.14, -0.26), (0.24, 0.22), (0.12, 0.24)])
        outline = outline * (side, 1)
    elif kind == 'curved (pocket)':
        arc = curve([(-0.2, -0.25), (-0.1, 0.1), (0.25, 0.2)])
        outline = np.concatenate([arc, arc[::-1] + (0.08, -0.12)]) * (side, 1)
    else:
        outline = closed([(0.2, -0.3), (0.5, 0.1), (0.5, 0.28), (0, 0.28)])
    shade = darker(fabric, 0.8) if kind == 'patch (pocket)' else trim(fabric)
    return Piece((outline + centre,), shade, 'pocket', tags(kind), tuple(strokes))
