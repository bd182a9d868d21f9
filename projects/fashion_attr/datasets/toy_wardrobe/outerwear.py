"""Jackets, cardigans, coats and capes: two fronts over a top."""

from dataclasses import dataclass

import numpy as np

from . import decorations, parts
from .cloth import NO_MATERIAL, sample_fabric, surface_tags
from .figure import ARMPIT, HIP, NECK, SHOULDER, WAIST, Body
from .geometry import Points, closed, curve, mirrored
from .patterns import Fabric
from .pieces import Garment, Piece, Stroke, Tag, pick, tags
from .shapes import EASE, body_width
from .sleeves import sleeves
from .tops import top_hem

KINDS = {'jacket': 0.46, 'coat': 0.28, 'cardigan': 0.16, 'cape': 0.05, 'vest': 0.05}
_COAT_HEMS = {
    'knee (length)': 5.2,
    'mini (length)': 4.4,
    'midi': 5.95,
    'maxi (length)': 6.5,
}
_COAT_LENGTHS = dict(zip(_COAT_HEMS, (0.4, 0.27, 0.23, 0.1), strict=True))
_SHORT_LENGTHS = {'hip (length)': 0.62, 'above-the-hip (length)': 0.38}
_FRONTS = {
    'jacket': {'single breasted': 0.45, 'zip-up': 0.4, 'double breasted': 0.15},
    'coat': {'single breasted': 0.5, 'double breasted': 0.3, 'zip-up': 0.2},
    'cardigan': {'single breasted': 0.6, 'no opening': 0.4},
    'vest': {'zip-up': 0.5, 'single breasted': 0.5},
}
_FITS = {'regular (fit)': 0.6, 'loose (fit)': 0.3, 'tight (fit)': 0.1}
_LAPELS = {'notched (lapel)': 0.6, 'peak (lapel)': 0.2, 'shawl (lapel)': 0.2}
_SLEEVE_LENGTHS = {'wrist-length': 0.84, 'three quarter (length)': 0.16}
_SLEEVE_KINDS = {
    'set-in sleeve': 0.66,
    'dropped-shoulder sleeve': 0.18,
    'raglan (sleeve)': 0.1,
    'puff (sleeve)': 0.06,
}
_POCKETS = {k: v for k, v in parts.POCKETS.items() if 'kangaroo' not in k}
_ONLY_PLAIN = {Fabric.pattern: 1.0}


@dataclass(frozen=True)
class _Cut:
    """How a garment is cut: names of attributes, heights and widths."""

    kind: str
    front: str
    length: str
    fit: str
    hem: float
    depth: float
    gap: float


def sample_outer(rng: np.random.Generator, body: Body) -> Garment:
    """Draw a garment to wear over others."""
    kind = pick(rng, KINDS)
    if kind == 'cape':
        return _cape(rng)
    cut = _sample_cut(rng, kind)
    fabric, surface, nickname = _cloth(rng, cut)
    right = _panel(body, cut)
    names = tags('symmetrical', cut.fit, cut.front, nickname)
    host = Piece(
        (right, mirrored(right)),
        fabric,
        kind,
        (*names, Tag(cut.length, (0.5, cut.hem)), *surface),
        _closing(fabric, cut),
    )
    arms = ()
    if kind != 'vest':
        arms = sleeves(rng, body, fabric, _SLEEVE_LENGTHS, 0.05, _SLEEVE_KINDS)
    return Garment(host, _parts(rng, body, fabric, cut), arms)


def _sample_cut(rng, kind) -> _Cut:
    front = pick(rng, _FRONTS[kind])
    if kind == 'coat':
        length = pick(rng, _COAT_LENGTHS)
        hem = _COAT_HEMS[length] + rng.uniform(-0.12, 0.12)
    else:
        length = pick(rng, _SHORT_LENGTHS)
        hem = top_hem(rng, length)
    return _Cut(
        kind=kind,
        front=front,
        length=length,
        fit=pick(rng, _FITS),
        hem=hem,
        depth=1.7 if front == 'zip-up' else 2.4,
        gap=0.0 if rng.random() < 0.45 else rng.uniform(0.12, 0.34),
    )


def _cloth(rng, cut):
    """Fabric, its attributes and the nickname that it gives the garment."""
    roll = rng.random()
    if cut.kind == 'cardigan':
        fabric = sample_fabric(rng, 'knit')
        return fabric, surface_tags(fabric), ''
    if cut.front == 'zip-up':
        return _zipped_cloth(rng, cut, roll)
    if cut.kind == 'coat' and roll > 0.9:
        fabric = sample_fabric(rng, 'fur', {**_ONLY_PLAIN, 'leopard': 0.25})
        return fabric, surface_tags(fabric, material='fur'), ''
    if cut.kind == 'jacket' and cut.front == 'single breasted' and roll < 0.25:
        fabric = sample_fabric(rng, 'denim')
        return fabric, surface_tags(fabric), 'trucker (jacket)'
    fabric = sample_fabric(rng)
    return fabric, surface_tags(fabric, '', NO_MATERIAL), ''


def _zipped_cloth(rng, cut, roll):
    if roll > 0.4:
        fabric = sample_fabric(rng)
        return fabric, surface_tags(fabric, '', 'metal'), ''
    fabric = sample_fabric(rng, 'quilted', _ONLY_PLAIN)
    names = {'jacket': 'puffer (jacket)', 'coat': 'puffer (coat)'}
    return fabric, surface_tags(fabric, 'quilted', 'metal'), names.get(cut.kind, '')


def _panel(body, cut) -> Points:
    """Right front: neck, shoulder, side, hem, inner edge."""
    ease = EASE[cut.fit] + 0.04
    spread = 0.1 if cut.kind == 'coat' else 0.02
    side = [
        (body_width(body, y, ease) + spread * max(0, y - HIP), y)
        for y in np.linspace(ARMPIT, cut.hem, 7)
    ]
    shoulder = [
        (0.2, NECK),
        (body.shoulder - 0.1, SHOULDER - 0.08),
        (body.shoulder + 0.06, SHOULDER + 0.1),
    ]
    # Closed fronts overlap a little, so that no slit remains between them.
    gap = cut.gap or -0.02
    inner = [(gap * 1.3, cut.hem + 0.03), (gap, WAIST), (min(gap, 0.27), cut.depth)]
    return np.concatenate([shoulder, curve(side, 3), inner])


def _closing(fabric, cut) -> tuple[Stroke, ...]:
    if cut.front == 'zip-up':
        return ()
    edge = np.array([(cut.gap + 0.02, cut.depth), (cut.gap * 1.3 + 0.02, cut.hem)])
    line = Stroke(edge, parts.line_colour(fabric), 0.035)
    if cut.front == 'no opening':
        return (line,)
    columns = (cut.gap + 0.13,)
    if cut.front == 'double breasted':
        columns = (cut.gap + 0.13, -cut.gap - 0.25)
    end = min(cut.hem, 4.3)
    return (line, *decorations.buttons(fabric, cut.depth, end, columns, 0.062))


def _parts(rng, body, fabric, cut) -> tuple[Piece, ...]:
    made = []
    if cut.front == 'zip-up':
        made.append(decorations.zipper(cut.depth - 0.1, cut.hem, cut.gap + 0.03))
    if cut.kind in ('jacket', 'coat'):
        made.append(_at_the_neck(rng, fabric, cut))
    if cut.hem > WAIST + 0.5 and rng.random() < 0.32:
        style = pick(rng, _POCKETS)
        x, y = body.hip - 0.2, min(HIP, cut.hem - 0.35)
        made += [parts.pocket(style, fabric, (s * x, y), s, 0.42) for s in (-1, 1)]
    return tuple(made)


def _at_the_neck(rng, fabric, cut) -> Piece:
    if cut.front != 'zip-up':
        return parts.lapel(pick(rng, _LAPELS), fabric, cut.depth)
    if rng.random() < 0.35:
        return decorations.hood(fabric)
    return parts.collar('mandarin (collar)', fabric)


def _cape(rng) -> Garment:
    fabric = sample_fabric(rng)
    length = pick(rng, {'hip (length)': 0.6, 'knee (length)': 0.4})
    hem = 3.6 if length == 'hip (length)' else 5.1
    right = curve([(0.18, NECK), (0.85, SHOULDER), (1.25, 2.4), (1.55, hem)], 6)
    lower = [(0.8, hem + 0.16), (0, hem + 0.2)]
    outline = closed(np.concatenate([[(0, NECK + 0.2)], right, lower]))
    line = parts.line_colour(fabric)
    folds = [
        Stroke(np.array([(x * 0.3, 1.6), (x, hem + 0.1)]), line, 0.03)
        for x in (-0.9, 0.0, 0.9)
    ]
    names = tags('symmetrical', 'loose (fit)', 'single breasted')
    host = Piece(
        (outline,),
        fabric,
        'cape',
        (*names, Tag(length, (0.0, hem)), *surface_tags(fabric)),
        (*folds, *decorations.buttons(fabric, 1.6, 2.5, (0.1,), 0.07)),
    )
    return Garment(host, (parts.collar('peter pan (collar)', fabric),))
