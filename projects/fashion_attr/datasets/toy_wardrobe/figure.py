"""Bodies and poses: the skin, the hair and the joints that garments hang on."""

from dataclasses import dataclass

import numpy as np

from .geometry import Points, along, closed, curve, ellipse, tube
from .patterns import Colour, Fabric
from .pieces import Piece, Stroke, pick

# Heights on the body, in body units.
CHIN, NECK, SHOULDER, ARMPIT, BUST = 1.02, 1.22, 1.42, 1.95, 2.12
WAIST, HIP, CROTCH, KNEE, ANKLE, SOLE = 2.85, 3.5, 3.9, 5.3, 6.75, 7.08

_SKINS = (
    (250, 220, 196), (240, 200, 170), (226, 178, 142), (198, 146, 108),
    (160, 110, 78), (118, 78, 56), (84, 56, 42),
)  # fmt: skip
_HAIRS = (
    (38, 30, 30), (70, 46, 34), (112, 72, 44), (168, 120, 66), (216, 180, 112),
    (150, 66, 40), (150, 148, 150),
)  # fmt: skip


@dataclass(frozen=True)
class Body:
    """Measures and joints of one figure; left comes first, at negative x.

    Attributes:
        shoulder, chest, waist, hip: Half widths in body units.
        arms: Two (3, 2) polylines shoulder, elbow, wrist.
        legs: Two (3, 2) polylines hip, knee, ankle.
        skin, hair: RGB colours.
        hair_style: 'short', 'bob', 'long' or 'bun'.
    """

    shoulder: float
    chest: float
    waist: float
    hip: float
    arms: tuple[Points, Points]
    legs: tuple[Points, Points]
    skin: Colour
    hair: Colour
    hair_style: str


def sample_body(rng: np.random.Generator) -> Body:
    """Draw a body and a pose."""
    shoulder = rng.uniform(0.74, 0.86)
    arms = tuple(_arm(rng, side, shoulder) for side in (-1, 1))
    stance = rng.uniform(0.0, 0.22, 2)
    legs = tuple(
        _leg(side, spread) for side, spread in zip((-1, 1), stance, strict=True)
    )
    return Body(
        shoulder=shoulder,
        chest=rng.uniform(0.58, 0.68),
        waist=rng.uniform(0.44, 0.56),
        hip=rng.uniform(0.64, 0.74),
        arms=arms,
        legs=legs,
        skin=_shade(rng, _SKINS),
        hair=_shade(rng, _HAIRS),
        hair_style=pick(rng, dict(long=0.35, bob=0.25, short=0.25, bun=0.15)),
    )


def _shade(rng, colours) -> Colour:
    colour = np.array(colours[rng.integers(len(colours))])
    return tuple(np.clip(colour * rng.uniform(0.94, 1.06), 0, 255))


def _arm(rng, side, shoulder) -> Points:
    pose = pick(rng, dict(hang=0.5, out=0.2, hip=0.2, wave=0.1))
    upper, lower = dict(
        hang=(rng.uniform(0.12, 0.32), rng.uniform(0.0, 0.25)),
        out=(rng.uniform(0.4, 0.7), rng.uniform(0.25, 0.6)),
        hip=(rng.uniform(0.65, 0.85), rng.uniform(-0.75, -0.55)),
        wave=(rng.uniform(0.9, 1.3), rng.uniform(2.2, 2.8)),
    )[pose]
    start = np.array([shoulder - 0.1, SHOULDER + 0.14])
    elbow = start + 1.25 * np.array([np.sin(upper), np.cos(upper)])
    wrist = elbow + 1.12 * np.array([np.sin(lower), np.cos(lower)])
    return np.array([start, elbow, wrist]) * (side, 1)


def _leg(side, spread) -> Points:
    return np.array(
        [[0.34, HIP + 0.1], [0.34 + spread * 0.5, KNEE], [0.3 + spread, ANKLE]]
    ) * (side, 1)


def bend(limb: Points) -> Points:
    """The limb's joints as a smooth line."""
    return curve(limb, 7)


def skin_of(body: Body) -> Fabric:
    """The body's skin as a fabric."""
    return Fabric(base=body.skin)


def legs_piece(body: Body) -> Piece:
    """Bare legs and feet."""
    tubes = [
        tube(along(bend(leg), 0, 1), (0.33, 0.29, 0.2, 0.2, 0.11)) for leg in body.legs
    ]
    feet = [ellipse(leg[2] + (0, 0.2), (0.12, 0.16)) for leg in body.legs]
    return Piece((*tubes, *feet), skin_of(body))


def torso_piece(body: Body) -> Piece:
    """Bare neck, shoulders and trunk."""
    right = curve(
        [
            (0.16, CHIN - 0.15),
            (0.17, NECK),
            (body.shoulder - 0.1, SHOULDER),
            (body.chest, ARMPIT),
            (body.waist, WAIST),
            (body.hip, HIP),
            (body.hip - 0.05, CROTCH),
        ]
    )
    return Piece((closed(right),), skin_of(body))


def arm_pieces(body: Body) -> tuple[Piece, Piece]:
    """Bare arms with hands, left and right."""
    return tuple(_arm_piece(body, arm) for arm in body.arms)


def _arm_piece(body, arm) -> Piece:
    reach = along(bend(arm), 0, 1)
    hand = arm[2] + 0.14 * (arm[2] - arm[1]) / np.hypot(*(arm[2] - arm[1]))
    turn = np.arctan2(*(arm[2] - arm[1])[::-1])
    return Piece(
        (
            tube(reach, (0.17, 0.15, 0.13, 0.12, 0.08)),
            ellipse(hand, (0.19, 0.11), turn),
        ),
        skin_of(body),
    )


def head_pieces(body: Body) -> tuple[Piece, ...]:
    """Face, ears of hair and fringe."""
    skin, dark = Fabric(body.skin), tuple(0.35 * np.array(body.skin))
    lips = tuple(np.array(body.skin) * (0.82, 0.5, 0.5))
    strokes = [
        Stroke(ellipse((side * 0.15, 0.6), (0.038, 0.05)), dark, filled=True)
        for side in (-1, 1)
    ]
    strokes += [
        Stroke(
            curve([(s * 0.08, 0.5), (s * 0.16, 0.465), (s * 0.23, 0.5)]), dark, 0.025
        )
        for s in (-1, 1)
    ]
    strokes.append(Stroke(curve([(-0.08, 0.8), (0, 0.83), (0.08, 0.8)]), lips, 0.045))
    face = closed(
        curve([(0, 0.08), (0.3, 0.22), (0.36, 0.55), (0.24, 0.9), (0, 1.04)], 6)
    )
    return (Piece((face,), skin, strokes=tuple(strokes)), _fringe(body))


def _fringe(body) -> Piece:
    part = 0.12 if body.hair_style in ('long', 'bob') else -0.15
    line = curve(
        [(-0.4, 0.62), (-0.33, 0.42), (part, 0.26), (0.33, 0.42), (0.4, 0.62)], 5
    )
    crown = curve([(0.42, 0.5), (0.36, 0.14), (0, -0.05), (-0.36, 0.14), (-0.42, 0.5)])
    return Piece((np.concatenate([line, crown]),), Fabric(body.hair))


def back_hair_piece(body: Body) -> Piece:
    """Hair that falls behind the neck and the shoulders."""
    outlines = [ellipse((0, 0.5), (0.43, 0.54))]
    reach = dict(long=1.95, bob=1.2).get(body.hair_style)
    if reach:
        outlines.append(
            closed(curve([(0.3, 0.1), (0.46, 0.5), (0.5, reach - 0.3), (0.34, reach)]))
        )
    if body.hair_style == 'bun':
        outlines.append(ellipse((0.0, -0.1), (0.22, 0.2)))
    return Piece(tuple(outlines), Fabric(body.hair))
