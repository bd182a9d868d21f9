"""Jackets, cardigans, coats and capes: two fronts over a top."""

import numpy as np

from . import parts
from .cloth import sample_fabric, surface_tags
from .figure import HIP, NECK, SHOULDER, WAIST, Body
from .geometry import closed, curve, ellipse, mirrored
from .pieces import Garment, Piece, Stroke, Tag, pick, tags
from .shapes import body_width
from .tops import top_hem, zip_strokes

KINDS = {'jacket': 0.46, 'coat': 0.28, 'cardigan': 0.16, 'cape': 0.05, 'vest': 0.05}
_COAT_HEMS = {
    'knee (length)': 5.2,
    'midi': 5.95,
    'mini (length)': 4.4,
    'maxi (length)': 6.5,
}
_COAT_LENGTHS = {'knee (length)': 0.4, 'mini (length)': 0.27, 'midi': 0.23,
                 'maxi (length)': 0.1}  # fmt: skip
_SHORT_LENGTHS = {'hip (length)': 0.62, 'above-the-hip (length)': 0.38}
_FRONTS = {
    'jacket': {'single breasted': 0.45, 'zip-up': 0.4, 'double breasted': 0.15},
    'coat': {'single breasted': 0.5, 'double breasted': 0.3, 'zip-up': 0.2},
    'cardigan': {'single breasted': 0.6, 'no opening': 0.4},
    'vest': {'zip-up': 0.5, 'single breasted': 0.5},
}
_LAPELS = {'notched (lapel)': 0.6, 'peak (lapel)': 0.2, 'shawl (lapel)': 0.2}
_SLEEVE_LENGTHS = {'wrist-length': 0.84, 'three quarter (length)': 0.16}
_SLEEVE_KINDS = {'set-in sleeve': 0.66, 'dropped-shoulder sleeve': 0.18,
                 'raglan (sleeve)': 0.1, 'puff (sleeve)': 0.06}  # fmt: skip
_POCKETS = {k: v for k, v in parts.POCKETS.items() if 'kangaroo' not in k}


def sample_outer(rng: np.random.Generator, body: Body) -> Garment:
    """Draw a garment to wear over others."""
    kind = pick(rng, KINDS)
    return _cape(rng, body) if kind == 'cape' else _fronted(rng, body, kind)


def _fronted(rng, body, kind) -> Garment:
    front = pick(rng, _FRONTS[kind])
    length = pick(rng, _COAT_LENGTHS if kind == 'coat' else _SHORT_LENGTHS)
    hem = _COAT_HEMS[length] + rng.uniform(-0.12, 0.12) if kind == 'coat' else top_hem(
        rng, length)  # fmt: skip
    fit = pick(rng, {'regular (fit)': 0.6, 'loose (fit)': 0.3, 'tight (fit)': 0.1})
    ease = {'regular (fit)': 0.14, 'loose (fit)': 0.27, 'tight (fit)': 0.07}[fit]
    fabric, surface, extra = _outer_cloth(rng, kind, front)
    depth = 2.4 if front != 'zip-up' else 1.7
    gap = 0.0 if rng.random() < 0.45 else rng.uniform(0.12, 0.34)
    right = _panel(body, ease, depth, gap, hem, kind == 'coat')
    strokes = _closing(fabric, front, depth, hem, gap)
    names = tags('symmetrical', fit, front, extra)
    host = Piece(
        (right, mirrored(right)), fabric, kind,
        (*names, Tag(length, (0.5, hem)), *surface), strokes,
    )  # fmt: skip
    arms = () if kind == 'vest' else parts.sleeves(
        rng, body, fabric, _SLEEVE_LENGTHS, 0.05, _SLEEVE_KINDS)  # fmt: skip
    return Garment(host, _outer_parts(rng, body, kind, fabric, front, depth, hem), arms)


def _outer_cloth(rng, kind, front):
    roll = rng.random()
    if kind == 'cardigan':
        fabric = sample_fabric(rng, 'knit')
        return fabric, surface_tags(fabric), ''
    if front == 'zip-up' and roll < 0.4:
        fabric = sample_fabric(rng, 'quilted', {'plain (pattern)': 1})
        name = 'puffer (coat)' if kind == 'coat' else 'puffer (jacket)'
        return (
            fabric,
            surface_tags(fabric, 'quilted', 'metal'),
            name if kind != 'vest' else '',
        )
    if kind == 'coat' and roll > 0.9:
        fabric = sample_fabric(rng, 'fur', {'plain (pattern)': 0.8, 'leopard': 0.2})
        return fabric, surface_tags(fabric, material='fur'), ''
    if kind == 'jacket' and front == 'single breasted' and roll < 0.25:
        fabric = sample_fabric(rng, 'denim')
        return fabric, surface_tags(fabric), 'trucker (jacket)'
    fabric = sample_fabric(rng)
    material = 'metal' if front == 'zip-up' else 'no non-textile material'
    return fabric, surface_tags(fabric, '', material), ''


def _panel(body, ease, depth, gap, hem, flared):
    """Right front: neck, shoulder, side, hem, inner edge."""
    heights = np.linspace(1.95, hem, 7)
    spread = 0.1 if flared else 0.02
    side = [(body_width(body, y, ease) + spread * max(0, y - HIP), y) for y in heights]
    shoulder = [
        (0.2, NECK), (body.shoulder - 0.1, SHOULDER - 0.08),
        (body.shoulder + 0.06, SHOULDER + 0.1),
    ]  # fmt: skip
    inner = [(gap * 1.3, hem + 0.03), (gap, WAIST), (max(gap * 0.8, 0.0), depth)]
    overlap = np.array(inner) - (0.02 if gap == 0 else 0, 0)
    return np.concatenate([shoulder, curve(side, 3), overlap])


def _closing(fabric, front, depth, hem, gap):
    line = parts.line_colour(fabric)
    edge = Stroke(np.array([(gap + 0.02, depth), (gap * 1.3 + 0.02, hem)]), line, 0.035)
    if front == 'zip-up':
        return zip_strokes(depth, hem, gap + 0.04)
    if front == 'no opening':
        return (edge,)
    columns = (gap + 0.12,) if front == 'single breasted' else (gap + 0.14, -gap - 0.3)
    buttons = [
        Stroke(ellipse((x, y), (0.062, 0.062), 0, 10), line, filled=True)
        for x in columns
        for y in np.arange(depth + 0.12, min(hem, 4.3), 0.36)
    ]
    return (edge, *buttons)


def _outer_parts(rng, body, kind, fabric, front, depth, hem):
    made = []
    if kind in ('jacket', 'coat'):
        if front == 'zip-up':
            made.append(parts.collar('mandarin (collar)', fabric))
        else:
            made.append(parts.lapel(pick(rng, _LAPELS), fabric, depth))
    if hem > WAIST + 0.5 and rng.random() < 0.55:
        style = pick(rng, _POCKETS)
        x, y = body.hip - 0.2, min(HIP, hem - 0.35)
        made += [parts.pocket(style, fabric, (s * x, y), s, 0.42) for s in (-1, 1)]
    return tuple(made)


def _cape(rng, body) -> Garment:
    fabric = sample_fabric(rng)
    length = pick(rng, {'hip (length)': 0.6, 'knee (length)': 0.4})
    hem = 3.6 if length == 'hip (length)' else 5.1
    right = curve(
        [(0.18, NECK), (body.shoulder + 0.05, SHOULDER), (1.25, 2.4), (1.55, hem)], 6
    )
    outline = closed(np.concatenate([[(0, NECK + 0.2)], right, [(0.8, hem + 0.16),
                                                               (0, hem + 0.2)]]))  # fmt: skip
    lines = [Stroke(np.array([(x * 0.3, 1.6), (x, hem + 0.1)]),
                    parts.line_colour(fabric), 0.03) for x in (-0.9, 0.0, 0.9)]  # fmt: skip
    names = tags('symmetrical', 'loose (fit)', 'single breasted')
    button = Stroke(ellipse((0.08, 1.6), (0.07, 0.07)), parts.line_colour(fabric),
                    filled=True)  # fmt: skip
    host = Piece(
        (outline,), fabric, 'cape',
        (*names, Tag(length, (0.0, hem)), *surface_tags(fabric)), (*lines, button),
    )  # fmt: skip
    return Garment(host, (parts.collar('peter pan (collar)', fabric),))
