"""Outlines of trunks, skirts and trousers on a body."""

import numpy as np

from .figure import ARMPIT, CROTCH, HIP, SHOULDER, WAIST, Body, bend
from .geometry import Points, along, closed, curve, mirrored, tube

# How much wider than the body a garment is, in body units.
EASE = {
    'tight (fit)': 0.02,
    'regular (fit)': 0.1,
    'loose (fit)': 0.24,
    'oversized': 0.36,
}


def body_width(body: Body, y: float, ease: float = 0.0) -> float:
    """Half width of a garment at height y; loose ones do not follow the waist."""
    waist = body.waist + min(ease, 0.14) * 1.1
    widths = (body.chest, waist, body.hip, body.hip + 0.02)
    return float(np.interp(y, (ARMPIT, WAIST, HIP, CROTCH), widths)) + ease


def trunk_side(body: Body, edge: Points, ease: float, bottom: float) -> Points:
    """Right side of a top from the neck opening down to ``bottom``.

    Args:
        body (Body): Who wears it.
        edge (np.ndarray): (P, 2) right half of the opening, shoulder to axis.
        ease (float): Width added to the body's.
        bottom (float): Height at which the side ends.

    Returns:
        np.ndarray: (N, 2) points from the axis, over the shoulder, to the side.
    """
    upper = edge[::-1]
    if edge[0, 1] < SHOULDER + 0.15:
        tip = min(body.shoulder, 0.86) + ease * 0.3
        upper = np.concatenate(
            [upper, [(tip - 0.12, SHOULDER - 0.04), (tip, SHOULDER + 0.12)]]
        )
    heights = np.linspace(ARMPIT, bottom, max(2, int((bottom - ARMPIT) * 4)))
    side = [(body_width(body, y, ease), y) for y in heights]
    return np.concatenate([upper, curve(side, 3)])


def with_hem(side: Points, sag: float = 0.06) -> Points:
    """Whole outline from its right side, with a slightly curved hem."""
    x, y = side[-1]
    hem = [(x * 0.6, y + sag * 0.7), (0, y + sag)]
    return closed(np.concatenate([side, hem]))


def skirt_side(body: Body, silhouette: str, top: float, hem: float) -> Points:
    """Right side of a skirt from its waistline to its hem."""
    reach = hem - top
    waist, hip = body_width(body, top, 0.03), body.hip + 0.05
    hip_y = max(HIP - 0.1, top + 0.35)
    ends = {
        'pencil': [(hip, hip_y), (hip - 0.1 - 0.03 * reach, hem)],
        'straight': [(hip, hip_y), (hip + 0.02, hem)],
        'a-line': [(hip + 0.04, hip_y), (hip + 0.05 + 0.2 * reach, hem)],
        'flare': [(hip + 0.2, hip_y), (hip + 0.3 + 0.3 * reach, hem)],
        'balloon': [
            (hip + 0.3, hip_y), (hip + 0.42, (hip_y + hem) / 2), (hip * 0.85, hem)
        ],
        'mermaid': [(hip, hip_y), (hip - 0.16, hem - 0.95), (hip + 0.42, hem)],
    }  # fmt: skip
    points = [(waist, top), *ends[silhouette]]
    if hip_y >= hem - 0.1:
        points = [points[0], points[-1]]
    return curve(points, 5)


def uneven(outline: Points, hem: float, slope: float) -> Points:
    """Slant the hem: points near it move down on one side, up on the other."""
    weight = np.clip((outline[:, 1] - hem + 1.2) / 1.2, 0, 1)
    shift = slope * outline[:, 0] * weight
    return outline + np.stack([np.zeros_like(shift), shift], axis=1)


LEG_WIDTHS = {
    'tight (fit)': (0.34, 0.3, 0.22, 0.2, 0.15),
    'straight': (0.36, 0.34, 0.3, 0.28, 0.27),
    'wide leg': (0.38, 0.4, 0.44, 0.48, 0.52),
    'bell bottom': (0.35, 0.31, 0.24, 0.34, 0.54),
    'peg': (0.4, 0.44, 0.38, 0.27, 0.15),
    'baggy': (0.42, 0.46, 0.46, 0.44, 0.4),
}


def trouser_outlines(
    body: Body, silhouette: str, top: float, hem: float
) -> tuple[Points, ...]:
    """Yoke and two legs.

    Args:
        body (Body): Who wears it.
        silhouette (str): Key of ``LEG_WIDTHS``.
        top (float): Height of the waistband.
        hem (float): Height of the hem.

    Returns:
        tuple[np.ndarray, ...]: Three overlapping outlines.
    """
    widths = np.array(LEG_WIDTHS[silhouette])
    spare = widths[0] - 0.33
    side = [
        (body_width(body, top, 0.03), top),
        (body.hip + spare, HIP),
        (body.hip + spare, CROTCH - 0.1),
        (0.06, CROTCH + 0.12),
    ]
    yoke = closed(np.concatenate([curve(side, 4), [(0, CROTCH)]]))
    return yoke, *(_trouser_leg(leg, widths, hem) for leg in body.legs)


def _trouser_leg(leg, widths, hem) -> Points:
    axis = bend(leg)
    stop = np.interp(hem, axis[:, 1], np.linspace(0, 1, len(axis)))
    cut = np.interp(np.linspace(0, 1, 9) * stop, np.linspace(0, 1, len(widths)), widths)
    return tube(along(axis, 0, stop), cut)


def whole_edge(right: Points) -> Points:
    """Both halves of a neck opening, left to right."""
    return np.concatenate([mirrored(right), right[-2::-1]])


def one_shoulder_edge() -> Points:
    """Opening that runs from the left armpit to the right of the neck."""
    return curve(
        [(-0.6, ARMPIT - 0.02), (-0.1, SHOULDER + 0.25), (0.36, SHOULDER - 0.1)]
    )
