"""Shirts, tops, sweaters and vests; also the upper part of dresses."""

import numpy as np

from . import parts
from .cloth import sample_fabric, surface_tags
from .figure import HIP, WAIST, Body
from .geometry import Points, ellipse
from .patterns import Fabric
from .pieces import Garment, Piece, Stroke, Tag, pick, tags
from .shapes import (
    EASE,
    one_shoulder_edge,
    trunk_side,
    whole_edge,
    with_hem,
)

KINDS = {
    'top, t-shirt, sweatshirt': 0.56,
    'shirt, blouse': 0.26,
    'sweater': 0.13,
    'vest': 0.05,
}
_FITS = {
    'regular (fit)': 0.52,
    'loose (fit)': 0.24,
    'tight (fit)': 0.18,
    'oversized': 0.06,
}
_LENGTHS = {
    'above-the-hip (length)': 0.42,
    'hip (length)': 0.44,
    'micro (length)': 0.14,
}
_SLEEVE_LENGTHS = {
    'short (length)': 0.32,
    'wrist-length': 0.32,
    'sleeveless': 0.18,
    'elbow-length': 0.1,
    'three quarter (length)': 0.08,
}
_WARM_SLEEVES = {
    'wrist-length': 0.75,
    'three quarter (length)': 0.15,
    'elbow-length': 0.1,
}
_COLLARS = {
    'shirt (collar)': 0.66,
    'mandarin (collar)': 0.14,
    'peter pan (collar)': 0.14,
    'oversized (collar)': 0.06,
}


def top_hem(rng: np.random.Generator, length: str) -> float:
    """Height of the hem of a top of this length."""
    low, high = {
        'above-the-hip (length)': (WAIST - 0.3, WAIST + 0.2),
        'hip (length)': (HIP - 0.1, HIP + 0.2),
        'micro (length)': (HIP + 0.5, HIP + 0.75),
    }[length]
    return float(rng.uniform(low, high))


def sample_top(rng: np.random.Generator, body: Body) -> Garment:
    """Draw a garment for the upper body."""
    kind = pick(rng, KINDS)
    fabric = sample_fabric(rng, 'knit' if kind == 'sweater' else '')
    fit, length = pick(rng, _FITS), pick(rng, _LENGTHS)
    hem = top_hem(rng, length)
    collared = kind == 'shirt, blouse'
    neck = _neck_of(rng, kind)
    outline, neck_parts = upper_body(body, fabric, neck, EASE[fit], hem)
    if collared:
        neck_parts = (parts.collar(pick(rng, _COLLARS), fabric),)
    strokes, opening_kind = _front(kind, fabric, hem)
    sides = 'asymmetrical' if neck == 'one shoulder' else 'symmetrical'
    names = tags(sides, fit, opening_kind, _nickname(kind, length))
    at_hem = Tag(length, (0.0, hem))
    host = Piece(
        (outline,), fabric, kind, (*names, at_hem, *surface_tags(fabric)), strokes
    )
    extra = _chest_pocket(rng, kind, fabric)
    return Garment(
        host, (*neck_parts, *extra), _sleeves(rng, body, kind, fabric, fit, neck)
    )


def _neck_of(rng, kind) -> str:
    if kind == 'shirt, blouse':
        return 'round (neck)'
    if kind == 'vest':
        return 'v-neck'
    if kind == 'sweater':
        return pick(rng, {'round (neck)': 0.4, 'turtle (neck)': 0.4, 'v-neck': 0.2})
    return pick(rng, parts.NECKLINES)


def _nickname(kind, length) -> str:
    crop = kind.startswith('top') and length == 'above-the-hip (length)'
    if crop:
        return 'crop (top)'
    return 'tunic (top)' if length == 'micro (length)' else ''


def upper_body(
    body: Body, fabric: Fabric, neck: str, ease: float, hem: float
) -> tuple[Points, tuple[Piece, ...]]:
    """Outline of a top and the neckline that belongs to it.

    Args:
        body (Body): Who wears it.
        fabric (Fabric): Cloth.
        neck (str): Neckline attribute.
        ease (float): Width added to the body's.
        hem (float): Height of the hem.

    Returns:
        tuple: (P, 2) outline and the neckline as a piece.
    """
    if neck == 'one shoulder':
        edge = one_shoulder_edge()
        right = trunk_side(body, np.array([edge[-1], (0, 1.6)]), ease, hem)
        outline = with_hem(right)
        outline = outline[~_above(outline, edge)]
        outline = np.concatenate([edge[::-1], outline[::-1]])[::-1]
        outline = _by_angle(outline)
    else:
        half = parts.opening(neck)
        edge = whole_edge(half)
        outline = with_hem(trunk_side(body, half, ease, hem))
    return outline, (parts.neckline(neck, fabric, edge),)


def _above(points, edge):
    """Which points lie above a line from left to right (or beyond its right end)."""
    limit = np.interp(points[:, 0], edge[:, 0], edge[:, 1])
    return (points[:, 1] < limit) & (points[:, 0] < edge[-1, 0])


def _by_angle(points):
    """Points of a star-shaped outline in order around its middle."""
    centre = points.mean(axis=0)
    return points[np.argsort(np.arctan2(*(points - centre).T[::-1]), kind='stable')]


def button_strokes(fabric: Fabric, top: float, hem: float, columns=(0.0,)):
    """A placket line with buttons."""
    line = parts.line_colour(fabric)
    strokes = [Stroke(np.array([(0.07, top), (0.07, hem + 0.1)]), line, 0.03)]
    for x in columns:
        for y in np.arange(top + 0.12, hem, 0.32):
            strokes.append(
                Stroke(ellipse((x, y), (0.05, 0.05), 0, 10), line, filled=True)
            )
    return tuple(strokes)


def zip_strokes(top: float, hem: float, x: float = 0.0):
    """A metal zip."""
    line = np.array([(x, top), (x, hem + 0.1)])
    teeth = [
        Stroke(np.array([(x - 0.06, y), (x + 0.06, y)]), (70, 70, 76), 0.03)
        for y in np.arange(top, hem, 0.12)
    ]
    return (Stroke(line, (205, 205, 210), 0.09), *teeth)


def _front(kind, fabric, hem):
    if kind in ('shirt, blouse', 'vest'):
        top = 1.65 if kind == 'shirt, blouse' else 2.1
        return button_strokes(fabric, top, hem), 'single breasted'
    line = parts.line_colour(fabric)
    if kind == 'sweater':
        rib = [(-1.2, hem - 0.12), (1.2, hem - 0.12)]
        return (Stroke(np.array(rib), line, 0.05),), 'no opening'
    return (), 'no opening'


def _chest_pocket(rng, kind, fabric):
    if kind not in ('shirt, blouse', 'top, t-shirt, sweatshirt') or rng.random() > 0.12:
        return ()
    return (parts.pocket('patch (pocket)', fabric, (0.33, 2.15), 1, 0.34),)


def _sleeves(rng, body, kind, fabric, fit, neck):
    if kind == 'vest' or neck in ('straight across (neck)', 'one shoulder'):
        return ()
    warm = kind in ('sweater', 'shirt, blouse')
    lengths = _WARM_SLEEVES if warm else _SLEEVE_LENGTHS
    kinds = parts.SLEEVE_KINDS
    if kind == 'shirt, blouse':
        lengths = {**_WARM_SLEEVES, 'short (length)': 0.4}
    return parts.sleeves(rng, body, fabric, lengths, EASE[fit] * 0.3, kinds)
