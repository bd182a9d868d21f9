"""Shirts, tops, sweaters and vests; also the upper part of dresses."""

import numpy as np

from . import decorations, parts
from .cloth import sample_fabric, surface_tags
from .figure import HIP, WAIST, Body
from .geometry import Points, mirrored
from .patterns import Fabric
from .pieces import Garment, Piece, Stroke, Tag, pick, tags
from .shapes import (
    EASE,
    one_shoulder_edge,
    trunk_side,
    whole_edge,
    with_hem,
)
from .sleeves import sleeves

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
    'sleeveless': 0.3,
    'elbow-length': 0.1,
    'three quarter (length)': 0.08,
}
_WARM_SLEEVES = {
    'wrist-length': 0.75,
    'three quarter (length)': 0.15,
    'elbow-length': 0.1,
}
_PLAIN_SLEEVES = {'set-in sleeve': 0.5, 'dropped-shoulder sleeve': 0.5}
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
    if kind.startswith('top') and rng.random() < 0.08:
        return _hoodie(rng, body)
    fabric = sample_fabric(rng, 'knit' if kind == 'sweater' else '')
    fit, length, neck = pick(rng, _FITS), pick(rng, _LENGTHS), _neck_of(rng, kind)
    hem = top_hem(rng, length)
    outline, neck_parts = upper_body(body, fabric, neck, EASE[fit], hem)
    if kind == 'shirt, blouse':
        neck_parts = (parts.collar(pick(rng, _COLLARS), fabric),)
    strokes, front = _front(kind, fabric, hem)
    sides = 'asymmetrical' if neck == 'one shoulder' else 'symmetrical'
    names = tags(sides, fit, front, _nickname(kind, length))
    host = Piece(
        (outline,),
        fabric,
        kind,
        (*names, Tag(length, (0.0, hem)), *surface_tags(fabric)),
        strokes,
    )
    extra = _on_the_chest(rng, kind, fabric)
    arms = _sleeves(rng, body, kind, fabric, fit, neck)
    return Garment(host, (*neck_parts, *extra), arms)


def _hoodie(rng, body) -> Garment:
    kind, length, fit = 'top, t-shirt, sweatshirt', 'hip (length)', 'loose (fit)'
    fabric = sample_fabric(rng)
    hem = top_hem(rng, length)
    outline, _ = upper_body(body, fabric, 'round (neck)', EASE[fit], hem)
    names = tags('symmetrical', fit, 'no opening', 'hoodie')
    host = Piece(
        (outline,),
        fabric,
        kind,
        (*names, Tag(length, (0.0, hem)), *surface_tags(fabric)),
    )
    pouch = parts.pocket('kangaroo (pocket)', fabric, (0, hem - 0.42), 1)
    arms = sleeves(rng, body, fabric, _WARM_SLEEVES, 0.06, _PLAIN_SLEEVES)
    return Garment(host, (decorations.hood(fabric), pouch), arms)


def _neck_of(rng, kind) -> str:
    if kind == 'shirt, blouse':
        return 'round (neck)'
    if kind == 'vest':
        return 'v-neck'
    if kind == 'sweater':
        return pick(rng, {'round (neck)': 0.4, 'turtle (neck)': 0.4, 'v-neck': 0.2})
    return pick(rng, parts.NECKLINES)


def _nickname(kind, length) -> str:
    if kind.startswith('top') and length == 'above-the-hip (length)':
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
        right = trunk_side(body, edge[::-1], ease, hem)
        left = mirrored(right[len(edge) + 2 :])[::-1]
        outline = np.concatenate([right, [(0, hem + 0.06)], left])
    else:
        half = parts.opening(neck)
        edge = whole_edge(half)
        outline = with_hem(trunk_side(body, half, ease, hem))
    return outline, (parts.neckline(neck, fabric, edge),)


def _front(kind, fabric, hem):
    if kind in ('shirt, blouse', 'vest'):
        top = 1.65 if kind == 'shirt, blouse' else 2.1
        return decorations.placket(fabric, top, hem), 'single breasted'
    line = parts.line_colour(fabric)
    if kind == 'sweater':
        rib = [(-1.2, hem - 0.12), (1.2, hem - 0.12)]
        return (Stroke(np.array(rib), line, 0.05),), 'no opening'
    return (), 'no opening'


def _on_the_chest(rng, kind, fabric) -> tuple[Piece, ...]:
    chance = rng.random()
    if kind not in ('shirt, blouse', 'top, t-shirt, sweatshirt') or chance > 0.1:
        return ()
    if kind.startswith('top') and chance > 0.05:
        return (decorations.applique(rng),)
    return (parts.pocket('patch (pocket)', fabric, (0.33, 2.15), 1, 0.34),)


def _sleeves(rng, body, kind, fabric, fit, neck):
    if kind == 'vest' or neck in ('straight across (neck)', 'one shoulder'):
        return ()
    warm = kind in ('sweater', 'shirt, blouse')
    lengths = _WARM_SLEEVES if warm else _SLEEVE_LENGTHS
    if kind == 'shirt, blouse':
        lengths = {**_WARM_SLEEVES, 'short (length)': 0.4}
    return sleeves(rng, body, fabric, lengths, EASE[fit] * 0.3)
