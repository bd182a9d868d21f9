"""Curves and tubes from which bodies and garments are cut.

All points are (N, 2) float arrays of (x, y) in body units: x = 0 is the body's
axis, y = 0 the crown of the head, y grows downwards, the soles are near 7.1.
"""

import numpy as np
from numpy.typing import ArrayLike

Points = np.ndarray


def curve(points: ArrayLike, samples: int = 5) -> Points:
    """Open Catmull-Rom curve through points.

    Args:
        points (array-like): (N, 2) points to pass through.
        samples (int): Points per segment.

    Returns:
        np.ndarray: ((N - 1) * samples + 1, 2) points.
    """
    knots = np.asarray(points, dtype=float)
    padded = np.concatenate([knots[:1], knots, knots[-1:]])
    t = np.linspace(0, 1, samples, endpoint=False)[:, None]
    before, start, end, after = (
        padded[i : len(padded) - 3 + i, None] for i in range(4)
    )
    segments = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * (start - end) + after - before) * t**3
    )
    return np.concatenate([segments.reshape(-1, 2), knots[-1:]])


def mirrored(points: ArrayLike) -> Points:
    """Points reflected at the body's axis, in the same order."""
    return np.asarray(points, dtype=float) * (-1, 1)


def closed(right: Points) -> Points:
    """Symmetric outline from its right half, given from top to bottom."""
    right = np.asarray(right, dtype=float)
    return np.concatenate([right, mirrored(right)[::-1]])


def ellipse(
    centre: ArrayLike, radii: ArrayLike, turn: float = 0.0, samples: int = 28
) -> Points:
    """Outline of an ellipse turned by ``turn`` radians."""
    t = np.linspace(0, 2 * np.pi, samples, endpoint=False)
    points = np.stack([np.cos(t), np.sin(t)], axis=1) * radii
    return rotated(points, turn) + centre


def rotated(points: Points, turn: float) -> Points:
    """Points turned about the origin by ``turn`` radians."""
    cos, sin = np.cos(turn), np.sin(turn)
    return np.asarray(points, dtype=float) @ np.array([[cos, sin], [-sin, cos]])


def box(centre: ArrayLike, size: ArrayLike) -> Points:
    """Axis-aligned rectangle (4, 2) of ``size`` (width, height)."""
    corners = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    return corners * size + centre


def along(axis: ArrayLike, start: float, stop: float, samples: int = 14) -> Points:
    """Part of a polyline between two fractions of its length.

    Args:
        axis (array-like): (N, 2) polyline.
        start (float): Where to begin, 0 is its first point.
        stop (float): Where to end, 1 is its last point.
        samples (int): Points to return.

    Returns:
        np.ndarray: (samples, 2) points at equal distances.
    """
    axis = np.asarray(axis, dtype=float)
    steps = np.hypot(*np.diff(axis, axis=0).T)
    reached = np.concatenate([[0], np.cumsum(steps)]) / steps.sum()
    wanted = np.linspace(start, stop, samples)
    return np.stack([np.interp(wanted, reached, axis[:, i]) for i in (0, 1)], axis=1)


def tube(axis: Points, widths: ArrayLike) -> Points:
    """Outline of a tube around an axis.

    Args:
        axis (np.ndarray): (N, 2) centre line.
        widths (array-like): Half widths, spread evenly over the axis.

    Returns:
        np.ndarray: (2 N, 2) closed outline.
    """
    widths = np.asarray(widths, dtype=float)
    at = np.linspace(0, 1, len(axis))
    half = np.interp(at, np.linspace(0, 1, len(widths)), widths)[:, None]
    tangent = np.gradient(axis, axis=0)
    tangent /= np.hypot(*tangent.T)[:, None] + 1e-9
    normal = tangent[:, ::-1] * (-1, 1)
    return np.concatenate([axis + normal * half, (axis - normal * half)[::-1]])
