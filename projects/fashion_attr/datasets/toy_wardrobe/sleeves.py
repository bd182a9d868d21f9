"""Sleeves, drawn over the arms."""

from collections.abc import Mapping

import numpy as np

from .figure import ARMPIT, NECK, SHOULDER, Body, bend
from .geometry import Points, along, ellipse, tube
from .parts import darker, line_colour, trim
from .patterns import Fabric
from .pieces import Piece, Stroke, Tag, pick, tags

REACH = {
    'short (length)': 0.3,
    'elbow-length': 0.5,
    'three quarter (length)': 0.74,
    'wrist-length': 0.98,
}
# Half widths along the sleeve, from the shoulder to its end.
_WIDTHS = {
    'set-in sleeve': (0.22, 0.22, 0.2, 0.18, 0.17),
    'dropped-shoulder sleeve': (0.2, 0.27, 0.27, 0.26, 0.25),
    'puff (sleeve)': (0.24, 0.42, 0.46, 0.38, 0.18),
    'bell (sleeve)': (0.2, 0.19, 0.2, 0.28, 0.44),
    'bishop (sleeve)': (0.21, 0.2, 0.25, 0.38, 0.37, 0.13),
    'raglan (sleeve)': (0.22, 0.22, 0.2, 0.18, 0.17),
    'leg of mutton (sleeve)': (0.28, 0.46, 0.4, 0.17, 0.14, 0.13),
    'kimono (sleeve)': (0.3, 0.34, 0.36, 0.38, 0.4),
    'cap (sleeve)': (0.24, 0.26, 0.16),
}
KINDS = {
    'set-in sleeve': 0.5,
    'puff (sleeve)': 0.13,
    'bell (sleeve)': 0.1,
    'dropped-shoulder sleeve': 0.1,
    'raglan (sleeve)': 0.06,
    'bishop (sleeve)': 0.05,
    'leg of mutton (sleeve)': 0.025,
    'kimono (sleeve)': 0.02,
    'cap (sleeve)': 0.04,
}
# Where a dropped shoulder ends, as a share of the arm.
_DROP = 0.15


def sleeves(
    rng: np.random.Generator,
    body: Body,
    fabric: Fabric,
    lengths: Mapping[str, float],
    slack: float = 0.0,
    kinds: Mapping[str, float] = KINDS,
) -> tuple[Piece, ...]:
    """Left and right sleeve of one kind and length.

    Args:
        rng (np.random.Generator): Source of chance.
        body (Body): Whose arms.
        fabric (Fabric): Cloth.
        lengths (Mapping): Weights of the keys of ``REACH``; 'sleeveless'
            for no sleeves.
        slack (float): Added to the half widths, in body units.
        kinds (Mapping): Weights of the sleeve's nickname.

    Returns:
        tuple[Piece, ...]: None or two pieces.
    """
    length = pick(rng, lengths)
    if length == 'sleeveless':
        return ()
    kind = pick(rng, kinds)
    if kind == 'cap (sleeve)' and length != 'short (length)':
        kind = 'set-in sleeve'
    reach = 0.17 if kind == 'cap (sleeve)' else REACH[length]
    reach += rng.uniform(-0.03, 0.02)
    made = [_sleeve(body, side, fabric, kind, length, reach, slack) for side in (0, 1)]
    if kind == 'dropped-shoulder sleeve':
        made = [*(_shoulder(arm, fabric, slack) for arm in body.arms), *made]
    return tuple(made)


def _shoulder(arm, fabric, slack) -> Piece:
    """The garment's own cloth over the shoulder, where a sleeve starts lower."""
    axis = along(bend(arm), 0, _DROP + 0.02)
    width = _WIDTHS['dropped-shoulder sleeve'][0] + slack
    cap = ellipse(axis[0], (width, width * 0.95))
    return Piece((tube(axis, (width, width)), cap), fabric, extends=True)


def _sleeve(body, side, fabric, kind, length, reach, slack) -> Piece:
    dropped = kind == 'dropped-shoulder sleeve'
    axis = along(bend(body.arms[side]), _DROP if dropped else 0.0, reach)
    widths = np.array(_WIDTHS[kind]) + slack
    outlines = [tube(axis, widths)]
    if not dropped:
        outlines.append(ellipse(axis[0], (widths[0] * 1.02, widths[0] * 0.95)))
    if kind == 'raglan (sleeve)':
        outlines.append(_raglan_yoke(body, -1 if side == 0 else 1))
    shade = trim(fabric) if kind == 'raglan (sleeve)' else darker(fabric, 0.9)
    wrist = Tag(length, tuple(axis[-1]))
    return Piece(
        tuple(outlines),
        shade,
        'sleeve',
        (wrist, *tags(kind)),
        _lines(axis, kind, line_colour(fabric)),
        extends=True,
        covers_siblings=True,
    )


def _lines(axis, kind, colour) -> tuple[Stroke, ...]:
    """The cuff, and folds where the cloth is gathered."""
    step = axis[-1] - axis[-2]
    across = step[::-1] * (-1, 1) / np.hypot(*step)
    cuff = axis[-1] - 0.35 * step
    strokes = [Stroke(np.array([cuff - across, cuff + across]), colour, 0.04)]
    if kind in ('puff (sleeve)', 'leg of mutton (sleeve)'):
        strokes += _gathers(axis, colour, 0.45)
    elif kind == 'bishop (sleeve)':
        strokes += _gathers(axis, colour, 1.0)
    return tuple(strokes)


def _raglan_yoke(body, sign) -> Points:
    points = [
        (0.3, NECK + 0.08), (body.shoulder - 0.06, SHOULDER - 0.06),
        (body.shoulder + 0.08, SHOULDER + 0.2), (body.chest + 0.02, ARMPIT + 0.05),
    ]  # fmt: skip
    return np.array(points) * (sign, 1)


def _gathers(axis, colour, reach):
    middle = along(axis, 0.12, reach, 5)
    step = np.gradient(middle, axis=0)
    normal = step[:, ::-1] * (-1, 1) / np.hypot(*step.T)[:, None]
    return [
        Stroke(middle + normal * offset, colour, 0.02) for offset in (-0.17, 0, 0.17)
    ]
