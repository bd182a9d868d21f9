"""What has no attributes: shoes, bags, hats, belts, glasses, scarves, ..."""

import numpy as np

from .cloth import palette_colour, sample_fabric
from .figure import NECK, WAIST, Body, bend
from .geometry import along, box, closed, curve, ellipse, mirrored, rotated, tube
from .parts import line_colour
from .patterns import Fabric
from .pieces import Piece, Stroke, pick

_LEATHERS = (
    (40, 34, 34), (250, 248, 244), (120, 72, 44), (176, 126, 80), (160, 44, 52),
    (70, 70, 76), (206, 176, 140), (30, 46, 70),
)  # fmt: skip


def _leather(rng) -> Fabric:
    return Fabric(palette_colour(rng, _LEATHERS))


def shoes(rng: np.random.Generator, body: Body) -> tuple[Piece, ...]:
    """A pair of sneakers, pumps, sandals or boots."""
    kind = pick(rng, dict(sneaker=0.4, pump=0.3, boot=0.3))
    fabric = _leather(rng)
    return tuple(
        _shoe(kind, fabric, leg, s) for leg, s in zip(body.legs, (-1, 1), strict=True)
    )


def _shoe(kind, fabric, leg, side) -> Piece:
    ankle = leg[2]
    toe = dict(sneaker=0.19, pump=0.13, boot=0.18)[kind]
    top = dict(sneaker=-0.02, pump=0.12, boot=-0.05)[kind]
    foot = (
        closed([(0.09, top), (0.12, 0.1), (toe, 0.26), (toe * 0.9, 0.37), (0, 0.4)])
        + ankle
        + (side * 0.04, 0)
    )
    outlines = [foot]
    if kind == 'boot':
        axis = along(bend(leg), 0.72, 1)
        outlines.append(tube(axis, (0.24, 0.22, 0.17)))
    line = (235.0, 235.0, 232.0) if kind == 'sneaker' else line_colour(fabric)
    sole = ankle + [(-0.25, 0.36), (0.3, 0.36)]
    return Piece(tuple(outlines), fabric, 'shoe', strokes=(Stroke(sole, line, 0.06),))


def leg_wear(rng: np.random.Generator, body: Body, kind: str) -> tuple[Piece, ...]:
    """Tights (one piece) or a pair of socks or leg warmers."""
    fabric = sample_fabric(rng)
    if kind == 'tights, stockings':
        legs = [tube(along(bend(leg), 0, 1), (0.34, 0.3, 0.21, 0.21, 0.12))
                for leg in body.legs]  # fmt: skip
        return (Piece(tuple(legs), Fabric(fabric.base), kind),)
    start = 0.62 if kind == 'leg warmer' else rng.uniform(0.7, 0.86)
    width = 0.27 if kind == 'leg warmer' else 0.2
    stop = 0.96 if kind == 'leg warmer' else 1.0
    return tuple(
        Piece(
            (tube(along(bend(leg), start, stop), (width, width, 0.15)),), fabric, kind
        )
        for leg in body.legs
    )


def belt(rng: np.random.Generator, body: Body) -> tuple[Piece, Piece]:
    """A belt and its buckle."""
    fabric, y, x = _leather(rng), WAIST, body.waist + 0.09
    strap = curve([(-x, y), (0, y + 0.05), (x, y)])
    band = np.concatenate([strap, strap[::-1] + (0, 0.17)])
    buckle = box((0, y + 0.13), (0.26, 0.25))
    hole = Stroke(box((0, y + 0.13), (0.12, 0.1)), fabric.base, filled=True)
    metal = Fabric((214.0, 190.0, 120.0))
    return Piece((band,), fabric, 'belt'), Piece(
        (buckle,), metal, 'buckle', (), (hole,)
    )


def bag(rng: np.random.Generator, body: Body) -> Piece:
    """A handbag in a hand or a bag across the body."""
    fabric = _leather(rng) if rng.random() < 0.7 else sample_fabric(rng)
    side = int(rng.integers(2))
    sign = (-1, 1)[side]
    wide, high = rng.uniform(0.36, 0.6), rng.uniform(0.5, 0.85)
    sack = closed([(wide * 0.8, 0), (wide, high * 0.9), (wide * 0.9, high), (0, high)])
    line = line_colour(fabric)
    flap = Stroke(np.array([(-wide, high * 0.35), (wide, high * 0.35)]), line, 0.05)
    if rng.random() < 0.4:
        place = np.array([sign * 0.72, 3.25])
        strap = tube(
            along([(-sign * 0.55, 1.5), place + (0, 0.05)], 0, 1, 6), (0.05, 0.05)
        )
    else:
        place = body.arms[side][2] + (0, 0.45)
        arch = curve(
            [(-wide * 0.6, 0.02), (-0.14, -0.4), (0.14, -0.4), (wide * 0.6, 0.02)]
        )
        strap = tube(arch, (0.045, 0.045)) + place
    moved = Stroke(flap.points + place, line, 0.05)
    clasp = Stroke(ellipse(place + (0, high * 0.35), (0.07, 0.07)), (224, 200, 130),
                   filled=True)  # fmt: skip
    return Piece((sack + place, strap), fabric, 'bag, wallet', (), (moved, clasp))


def hat(rng: np.random.Generator) -> Piece:
    """A brimmed hat, a beanie or a cap."""
    kind = pick(rng, dict(brim=0.45, beanie=0.3, cap=0.25))
    fabric = sample_fabric(rng, 'knit' if kind == 'beanie' else '')
    if kind == 'cap':
        fabric = Fabric(fabric.base)
    crown = closed(curve([(0, -0.22), (0.3, -0.16), (0.42, 0.12), (0.43, 0.32)], 5))
    outlines = [crown]
    if kind == 'brim':
        outlines.append(ellipse((0, 0.3), (rng.uniform(0.75, 1.0), 0.15)))
    elif kind == 'cap':
        outlines.append(ellipse((0.22, 0.33), (0.42, 0.1)))
    else:
        outlines.append(ellipse((0, -0.26), (0.14, 0.14)))
    band = Stroke(np.array([(-0.45, 0.19), (0.45, 0.19)]), line_colour(fabric), 0.09)
    return Piece(tuple(outlines), fabric, 'hat', strokes=(band,))


def glasses(rng: np.random.Generator) -> Piece:
    """Sunglasses."""
    rim = (30.0, 30.0, 36.0) if rng.random() < 0.7 else (150.0, 90.0, 50.0)
    rx, ry = rng.uniform(0.13, 0.17), rng.uniform(0.09, 0.15)
    lenses = [ellipse((s * 0.17, 0.58), (rx, ry), 0, 18) for s in (-1, 1)]
    bridge = box((0, 0.55), (0.72, 0.06))
    shine = Stroke(np.array([(-0.22, 0.62), (-0.14, 0.53)]), (150, 165, 180), 0.04)
    return Piece((*lenses, bridge), Fabric(rim), 'glasses', strokes=(shine,))


def scarf(rng: np.random.Generator) -> Piece:
    """A scarf with one end hanging down."""
    fabric = sample_fabric(rng)
    loop = ellipse((0, NECK + 0.1), (0.46, 0.24))
    x = float(rng.choice([-0.2, 0.2]))
    tail = box((x, NECK + 0.85), (0.34, 1.3))
    fold = Stroke(curve([(-0.4, NECK + 0.1), (0, NECK + 0.2), (0.4, NECK + 0.1)]),
                  line_colour(fabric), 0.04)  # fmt: skip
    return Piece((loop, tail), fabric, 'scarf', strokes=(fold,))


def tie(rng: np.random.Generator) -> Piece:
    """A necktie."""
    blade = closed([(0.1, NECK + 0.16), (0.06, NECK + 0.34), (0.15, 2.5), (0, 2.68)])
    return Piece((blade,), sample_fabric(rng), 'tie')


def watch(rng: np.random.Generator, body: Body) -> Piece:
    """A watch at a wrist."""
    arm = body.arms[int(rng.integers(2))]
    turn = np.arctan2(*(arm[2] - arm[1])[::-1])
    strap = rotated(box((0, 0), (0.17, 0.28)), turn) + arm[2] * 0.94 + arm[1] * 0.06
    face = Stroke(ellipse(arm[2] * 0.94 + arm[1] * 0.06, (0.06, 0.06)), (235, 235, 240),
                  filled=True)  # fmt: skip
    return Piece((strap,), _leather(rng), 'watch', strokes=(face,))


def gloves(rng: np.random.Generator, body: Body) -> tuple[Piece, ...]:
    """A pair of gloves."""
    fabric = _leather(rng)
    made = []
    for arm in body.arms:
        way = (arm[2] - arm[1]) / np.hypot(*(arm[2] - arm[1]))
        hand = ellipse(arm[2] + 0.14 * way, (0.25, 0.16), np.arctan2(*way[::-1]))
        made.append(Piece((hand,), fabric, 'glove'))
    return tuple(made)


def hair_band(rng: np.random.Generator) -> Piece:
    """A band across the hair."""
    arc = curve([(-0.42, 0.36), (-0.26, 0.1), (0, 0.02), (0.26, 0.1), (0.42, 0.36)])
    band = np.concatenate([arc, arc[::-1] + (0, 0.14)])
    return Piece((band,), sample_fabric(rng), 'headband, head covering, hair accessory')


def bow(rng: np.random.Generator, x: float, y: float) -> Piece:
    """A bow with its knot at (x, y)."""
    fabric = Fabric(palette_colour(rng))
    wing = np.array([(0, -0.03), (0.24, -0.15), (0.24, 0.15), (0, 0.03)]) + (x, y)
    other = mirrored(wing - (x, y)) + (x, y)
    knot = Stroke(ellipse((x, y), (0.06, 0.07)), line_colour(fabric), filled=True)
    return Piece((wing, other), fabric, 'bow', strokes=(knot,))


def flower(rng: np.random.Generator, x: float, y: float) -> Piece:
    """A flower with five petals."""
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    radius = 0.16 + 0.06 * np.cos(5 * t)
    petals = np.stack([np.cos(t), np.sin(t)], 1) * radius[:, None] + (x, y)
    heart = Stroke(ellipse((x, y), (0.06, 0.06)), (245, 214, 90), filled=True)
    return Piece((petals,), Fabric(palette_colour(rng)), 'flower', strokes=(heart,))


def umbrella(rng: np.random.Generator, body: Body) -> tuple[Piece, ...]:
    """An open umbrella over the head, its stick in a hand."""
    fabric = sample_fabric(rng)
    hand = body.arms[1][2]
    dome = np.concatenate([curve([(-1.7, 0.2), (-1.1, -0.8), (0, -1.15), (1.1, -0.8),
                                  (1.7, 0.2)], 6), curve([(1.7, 0.2), (0.6, 0.0),
                                  (-0.6, 0.0), (-1.7, 0.2)], 4)])  # fmt: skip
    top = np.array([hand[0] * 0.6, -0.25])
    stick = tube(along([top, hand + (0, 0.2)], 0, 1, 4), (0.04, 0.04))
    return (Piece((dome + top, stick), fabric, 'umbrella'),)
