"""Buttons, zips, hoods, appliques and ruffles; only buttons have no mask."""

import numpy as np

from .cloth import palette_colour
from .figure import NECK
from .geometry import Points, box, ellipse
from .parts import darker, line_colour
from .patterns import Fabric
from .pieces import Piece, Stroke


def buttons(
    fabric: Fabric,
    top: float,
    bottom: float,
    columns: tuple[float, ...] = (0.0,),
    radius: float = 0.05,
) -> tuple[Stroke, ...]:
    """Columns of buttons at the given x."""
    line = line_colour(fabric)
    return tuple(
        Stroke(ellipse((x, y), (radius, radius), 0, 10), line, filled=True)
        for x in columns
        for y in np.arange(top + 0.12, bottom, 0.34)
    )


def placket(fabric: Fabric, top: float, hem: float) -> tuple[Stroke, ...]:
    """One column of buttons beside the edge of a shirt's front."""
    edge = np.array([(0.07, top), (0.07, hem + 0.1)])
    return (Stroke(edge, line_colour(fabric), 0.03), *buttons(fabric, top, hem))


def zipper(top: float, bottom: float, x: float) -> Piece:
    """A metal zip."""
    teeth = tuple(
        Stroke(np.array([(x - 0.08, y), (x + 0.08, y)]), (70, 70, 76), 0.03)
        for y in np.arange(top, bottom, 0.12)
    )
    band = box((x, (top + bottom) / 2), (0.12, bottom - top))
    return Piece((band,), Fabric((205.0, 205.0, 210.0)), 'zipper', strokes=teeth)


def hood(fabric: Fabric) -> Piece:
    """A hood that lies around the neck."""
    roll = ellipse((0, NECK + 0.04), (0.56, 0.32))
    rim = Stroke(ellipse((0, NECK), (0.36, 0.2)), line_colour(fabric), 0.05)
    return Piece((roll,), darker(fabric, 0.85), 'hood', strokes=(rim,), extends=True)


def applique(rng: np.random.Generator) -> Piece:
    """A star or a heart sewn to the chest."""
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    if rng.random() < 0.5:
        radius = 0.2 + 0.09 * np.cos(5 * turn)
        shape = np.stack([np.sin(turn), -np.cos(turn)], axis=1) * radius[:, None]
    else:
        x = np.sin(turn) ** 3
        y = 0.8 * np.cos(turn) - 0.32 * np.cos(2 * turn) - 0.13 * np.cos(3 * turn)
        shape = np.stack([x, -y], axis=1) * 0.26
    return Piece((shape + (0, 2.4),), Fabric(palette_colour(rng)), 'applique')


def ruffle(fabric: Fabric, hem_line: Points) -> Piece:
    """A wavy band along a hem.

    Args:
        fabric (Fabric): The garment's cloth.
        hem_line (np.ndarray): (N, 2) hem, from one side to the other.

    Returns:
        Piece: Extends its garment downwards.
    """
    t = np.linspace(0, 1, 33)
    at = np.linspace(0, 1, len(hem_line))
    line = np.stack([np.interp(t, at, hem_line[:, i]) for i in (0, 1)], axis=1)
    line = (line - line.mean(axis=0)) * (1.04, 1) + line.mean(axis=0)
    wave = 0.05 * np.cos(t * 16 * np.pi)
    lower = line + np.stack([np.zeros_like(t), 0.22 + wave], axis=1)
    upper = line - (0, 0.06)
    shade = darker(fabric, 0.82)
    folds = tuple(
        Stroke(np.array([upper[i], lower[i]]), line_colour(fabric), 0.025)
        for i in range(2, 33, 4)
    )
    outline = np.concatenate([upper, lower[::-1]])
    return Piece((outline,), shade, 'ruffle', strokes=folds, extends=True)
