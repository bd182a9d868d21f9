"""Trousers, shorts and skirts."""

import numpy as np

from . import parts
from .cloth import sample_fabric, surface_tags
from .figure import CROTCH, HIP, WAIST, Body
from .geometry import box
from .patterns import Fabric
from .pieces import Garment, Piece, Stroke, Tag, pick, tags
from .shapes import skirt_side, trouser_outlines, uneven, with_hem

KINDS = {'pants': 0.58, 'skirt': 0.27, 'shorts': 0.15}
# Height of the hem for each length, in body units.
HEMS = {
    'micro (length)': 4.15,
    'mini (length)': 4.5,
    'above-the-knee (length)': 4.92,
    'knee (length)': 5.32,
    'below the knee (length)': 5.7,
    'midi': 6.05,
    'maxi (length)': 6.6,
    'floor (length)': 6.98,
}
WAIST_TOPS = {
    'high waist': WAIST - 0.22,
    'normal waist': WAIST + 0.08,
    'low waist': WAIST + 0.38,
}
_WAISTS = {'normal waist': 0.52, 'high waist': 0.36, 'low waist': 0.12}
SKIRT_LENGTHS = {
    'mini (length)': 0.3,
    'knee (length)': 0.22,
    'midi': 0.2,
    'maxi (length)': 0.14,
    'above-the-knee (length)': 0.06,
    'floor (length)': 0.05,
    'below the knee (length)': 0.03,
}
SKIRT_SHAPES = {
    'a-line': 0.36, 'flare': 0.24, 'straight': 0.16, 'pencil': 0.16, 'balloon': 0.05,
    'mermaid': 0.03,
}  # fmt: skip
_SHORTS_LENGTHS = {
    'mini (length)': 0.45, 'micro (length)': 0.3, 'above-the-knee (length)': 0.15,
    'knee (length)': 0.1,
}  # fmt: skip
_PANTS_LENGTHS = {
    'maxi (length)': 0.74, 'midi': 0.12, 'floor (length)': 0.08,
    'below the knee (length)': 0.06,
}  # fmt: skip
_LEGS = {
    'straight': 0.36, 'tight (fit)': 0.26, 'wide leg': 0.17, 'bell bottom': 0.08,
    'peg': 0.08, 'baggy': 0.05,
}  # fmt: skip


def hem_of(rng: np.random.Generator, length: str) -> float:
    """Height of a hem of this length, with a little variation."""
    return HEMS[length] + rng.uniform(-0.12, 0.12)


def sample_bottom(rng: np.random.Generator, body: Body) -> Garment:
    """Draw a garment for the lower body."""
    kind = pick(rng, KINDS)
    return _skirt(rng, body) if kind == 'skirt' else _trousers(rng, body, kind)


def _waistband(fabric, top):
    line = parts.line_colour(fabric)
    return Stroke(np.array([(-1, top + 0.17), (1, top + 0.17)]), line, 0.035)


def _trousers(rng, body, kind) -> Garment:
    jeans = kind == 'pants' and rng.random() < 0.35
    fabric = sample_fabric(rng, 'denim' if jeans else '')
    waist = pick(rng, _WAISTS)
    length = pick(rng, _PANTS_LENGTHS if kind == 'pants' else _SHORTS_LENGTHS)
    shape = pick(rng, _LEGS if kind == 'pants' else {'straight': 0.6, 'wide leg': 0.4})
    if length == 'below the knee (length)':
        shape = 'straight'
    top, hem = WAIST_TOPS[waist], hem_of(rng, length)
    fly = rng.random() < 0.6
    strokes, technique = _trouser_lines(rng, fabric, top, hem, fly, jeans, body)
    names = tags('symmetrical', shape, '' if fly else 'no opening')
    nickname = tags('jeans') if jeans else ()
    spots = [Tag(waist, (0.0, top)), Tag(length, (float(body.legs[0][2, 0]), hem))]
    if fly:
        spots.append(Tag('fly (opening)', (0.07, CROTCH - 0.45)))
    host = Piece(
        trouser_outlines(body, shape, top, hem), fabric, kind,
        (*nickname, *names, *spots, *surface_tags(fabric, technique)), strokes,
    )  # fmt: skip
    return Garment(host, _trouser_pockets(rng, body, fabric, top))


def _trouser_lines(rng, fabric, top, hem, fly, jeans, body):
    line = parts.line_colour(fabric)
    strokes = [_waistband(fabric, top)]
    strokes.append(Stroke(np.array([(0, top), (0, CROTCH)]), line, 0.025))
    if fly:
        bow = [(0.14, top), (0.14, CROTCH - 0.45), (0.0, CROTCH - 0.2)]
        strokes.append(Stroke(np.array(bow), line, 0.04))
    technique = ''
    if jeans and rng.random() < 0.3:
        technique = 'distressed'
        for leg in body.legs:
            for y in (4.6, 5.2, 5.35):
                tear = box((leg[1, 0], y), (0.3, 0.1))
                strokes.append(Stroke(tear, (225, 228, 232), filled=True))
    elif not jeans and rng.random() < 0.15:
        technique = 'pleat'
        strokes += [
            Stroke(np.array([leg[0], leg[1], leg[2]]) * 1.0, line, 0.04)
            for leg in body.legs
        ]
    return tuple(strokes), technique


def _trouser_pockets(rng, body, fabric, top):
    if rng.random() < 0.74:
        return ()
    kind = pick(
        rng, {'slash (pocket)': 0.6, 'curved (pocket)': 0.25, 'welt (pocket)': 0.15}
    )
    x = body.hip - 0.28
    return tuple(
        parts.pocket(kind, fabric, (side * x, top + 0.55), side) for side in (-1, 1)
    )


def _skirt(rng, body) -> Garment:
    fabric = sample_fabric(rng)
    waist, length = pick(rng, _WAISTS), pick(rng, SKIRT_LENGTHS)
    shape = pick(rng, SKIRT_SHAPES)
    if shape == 'mermaid' and HEMS[length] < 6:
        shape = 'pencil'
    top, hem = WAIST_TOPS[waist], hem_of(rng, length)
    outline = with_hem(skirt_side(body, shape, top, hem))
    sides = 'symmetrical'
    if rng.random() < 0.1:
        sides, outline = 'asymmetrical', uneven(outline, hem, 0.45)
    folds, technique = skirt_folds(rng, fabric, shape, top, hem)
    spots = (Tag(waist, (0.0, top)), Tag(length, (0.0, hem)))
    names = tags(sides, shape, 'no opening')
    host = Piece(
        (outline,), fabric, 'skirt',
        (*names, *spots, *surface_tags(fabric, technique)),
        (_waistband(fabric, top), *folds),
    )  # fmt: skip
    return Garment(host)


def skirt_folds(
    rng: np.random.Generator, fabric: Fabric, shape: str, top: float, hem: float
) -> tuple[tuple[Stroke, ...], str]:
    """Lines of a skirt and the technique that they show.

    Args:
        rng (np.random.Generator): Source of chance.
        fabric (Fabric): Cloth.
        shape (str): Silhouette.
        top (float): Height of the waistline.
        hem (float): Height of the hem.

    Returns:
        tuple: Strokes, and the technique's attribute or ''.
    """
    technique = pick(rng, {'': 0.6, 'pleat': 0.2, 'gathering': 0.1, 'tiered': 0.06,
                           'slit': 0.04})  # fmt: skip
    line = parts.line_colour(fabric)
    width = 1.5 if shape in ('a-line', 'flare') else 0.75
    if technique == 'pleat':
        across = np.linspace(-1, 1, 9)
        lines = [[(0.5 * x, top + 0.17), (width * x, hem + 0.1)] for x in across]
    elif technique == 'gathering':
        across = np.linspace(-1, 1, 11)
        lines = [[(0.5 * x, top + 0.1), (0.66 * x, top + 0.55)] for x in across]
    elif technique == 'tiered':
        lines = [[(-2, y), (2, y)] for y in np.linspace(top, hem, 4)[1:3]]
    elif technique == 'slit':
        cut = np.array([(0.2, hem - 0.8), (0.12, hem + 0.1), (0.36, hem + 0.1)])
        return (Stroke(cut, (28, 24, 26), filled=True),), technique
    else:
        across = np.linspace(-0.6, 0.6, 3)
        lines = [[(width * 0.8 * x, HIP + 0.3), (width * x, hem)] for x in across]
        return tuple(Stroke(np.array(x), parts.darker(fabric, 0.86).base, 0.03)
                     for x in lines), technique  # fmt: skip
    wide = 0.06 if technique == 'tiered' else 0.035
    return tuple(Stroke(np.array(x), line, wide) for x in lines), technique
