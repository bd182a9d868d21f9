"""Dresses and jumpsuits: a top and a skirt or trousers in one piece."""

import numpy as np

from . import decorations, parts
from .bottoms import SKIRT_LENGTHS, hem_of, skirt_folds
from .cloth import sample_fabric, surface_tags
from .figure import ARMPIT, BUST, HIP, WAIST, Body
from .geometry import Points
from .pieces import Garment, Piece, Stroke, Tag, pick, tags
from .shapes import (
    skirt_side,
    trouser_outlines,
    trunk_side,
    uneven,
    whole_edge,
    with_hem,
)
from .sleeves import sleeves
from .tops import upper_body

_SHAPES = {
    'a-line': 0.36, 'flare': 0.22, 'straight': 0.18, 'pencil': 0.14, 'balloon': 0.04,
    'mermaid': 0.06,
}  # fmt: skip
_WAISTS = {
    'normal waist': 0.5, 'empire waistline': 0.18, 'no waistline': 0.2,
    'dropped waistline': 0.08, 'high waist': 0.04,
}  # fmt: skip
_SEAMS = {
    'normal waist': WAIST, 'empire waistline': BUST + 0.2, 'high waist': WAIST - 0.25,
    'dropped waistline': HIP - 0.05,
}  # fmt: skip
_SLEEVES = {
    'sleeveless': 0.5, 'short (length)': 0.2, 'wrist-length': 0.16,
    'elbow-length': 0.1, 'three quarter (length)': 0.12,
}  # fmt: skip
_NECKS = {k: v for k, v in parts.NECKLINES.items() if k != 'one shoulder'}
_STRAPS = ('straight across (neck)',)


def sample_dress(rng: np.random.Generator, body: Body) -> Garment:
    """Draw a dress."""
    fabric = sample_fabric(rng)
    shape, waist = pick(rng, _SHAPES), pick(rng, _WAISTS)
    length = pick(rng, SKIRT_LENGTHS)
    neck, hem = pick(rng, _NECKS), hem_of(rng, length)
    if shape == 'mermaid' and hem < 5.8:
        shape = 'flare'
    half = parts.opening(neck)
    outline = with_hem(_dress_side(body, half, shape, waist, hem))
    sides = 'symmetrical'
    if rng.random() < 0.08:
        sides, outline = 'asymmetrical', uneven(outline, hem, 0.4)
    lines, technique, front = _dress_lines(rng, fabric, shape, waist, hem, half)
    spots = (Tag(waist, (0.0, _SEAMS.get(waist, WAIST))), Tag(length, (0.0, hem)))
    host = Piece(
        (outline,), fabric, 'dress',
        (*tags(sides, shape, front), *spots, *surface_tags(fabric, technique)), lines,
    )  # fmt: skip
    band = parts.neckline(neck, fabric, whole_edge(half))
    frill = ()
    if technique == '' and sides == 'symmetrical' and rng.random() < 0.12:
        frill = (_frill(fabric, outline, hem),)
    arms = () if neck in _STRAPS else sleeves(rng, body, fabric, _SLEEVES)
    return Garment(host, (band, *frill), arms)


def _frill(fabric, outline, hem) -> Piece:
    low = outline[outline[:, 1] >= hem - 1e-6]
    return decorations.ruffle(fabric, low[np.argsort(low[:, 0])])


def _dress_side(body, half, shape, waist, hem) -> Points:
    seam = _SEAMS.get(waist)
    if seam is None:
        seam = ARMPIT + 0.2
        ease = 0.2
        upper = trunk_side(body, half, ease * 0.5, seam)
        lower = skirt_side(body, shape, HIP - 0.4, hem)
        lower = lower[lower[:, 1] > HIP - 0.2]
        return np.concatenate([upper, lower])
    ease = 0.14 if waist == 'dropped waistline' else 0.03
    upper = trunk_side(body, half, ease, seam)
    return np.concatenate([upper, skirt_side(body, shape, seam, hem)[1:]])


def _dress_lines(rng, fabric, shape, waist, hem, half):
    seam = _SEAMS.get(waist)
    line = parts.line_colour(fabric)
    strokes, technique = skirt_folds(rng, fabric, shape, seam or HIP, hem)
    front = 'no opening'
    if seam:
        band = Stroke(np.array([(-1.2, seam), (1.2, seam)]), line, 0.07)
        strokes = (*strokes, band)
    if rng.random() < 0.16:
        front = 'single breasted'
        strokes = (*strokes, *decorations.placket(fabric, half[-1, 1] + 0.12, hem))
    elif rng.random() < 0.06:
        front = 'wrapping'
        wrap = [(0.3, half[-1, 1]), (-0.5, WAIST), (0.3, hem + 0.1)]
        strokes = (*strokes, Stroke(np.array(wrap), line, 0.06))
    return strokes, technique, front


def sample_jumpsuit(rng: np.random.Generator, body: Body) -> Garment:
    """Draw a jumpsuit."""
    fabric = sample_fabric(rng, 'denim' if rng.random() < 0.3 else '')
    neck = pick(rng, _NECKS)
    length = pick(rng, {'maxi (length)': 0.7, 'midi': 0.15, 'mini (length)': 0.15})
    shape = pick(rng, {'wide leg': 0.4, 'straight': 0.4, 'tight (fit)': 0.2})
    hem = hem_of(rng, length)
    upper, necks = upper_body(body, fabric, neck, 0.06, HIP)
    lower = trouser_outlines(body, shape, WAIST, hem)
    buttoned = rng.random() < 0.4
    lines = [
        Stroke(np.array([(-1, WAIST), (1, WAIST)]), parts.line_colour(fabric), 0.07)
    ]
    front = 'no opening'
    if buttoned:
        front = 'single breasted'
        lines += decorations.placket(fabric, parts.opening(neck)[-1, 1] + 0.1, 3.5)
    at_hem = Tag(length, (float(body.legs[0][2, 0]), hem))
    names = tags('symmetrical', shape, 'normal waist', front)
    host = Piece(
        (upper, *lower), fabric, 'jumpsuit',
        (*names, at_hem, *surface_tags(fabric)), tuple(lines),
    )  # fmt: skip
    arms = () if neck in _STRAPS else sleeves(rng, body, fabric, _SLEEVES)
    return Garment(host, necks, arms)
