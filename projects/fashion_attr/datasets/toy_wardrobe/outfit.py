"""Dresses a body: which pieces, in which order from back to front."""

import numpy as np

from . import accessories as extra
from .bottoms import sample_bottom
from .dresses import sample_dress, sample_jumpsuit
from .figure import (
    Body,
    arm_pieces,
    back_hair_piece,
    head_pieces,
    legs_piece,
    torso_piece,
)
from .outerwear import sample_outer
from .pieces import Garment, Outfit, Piece, pick
from .tops import sample_top

_OUTFITS = {'separates': 0.64, 'dress': 0.31, 'jumpsuit': 0.05}


def sample_outfit(rng: np.random.Generator, body: Body) -> list[Piece]:
    """Dress a body.

    Args:
        rng (np.random.Generator): Source of chance.
        body (Body): Who is dressed.

    Returns:
        list[Piece]: Skin, hair, garments and accessories, back to front.
    """
    outfit = Outfit()
    covered = rng.random() < 0.03
    if covered:
        outfit.add(*extra.umbrella(rng, body))
    outfit.add(back_hair_piece(body), legs_piece(body), torso_piece(body))
    inner = _clothes(rng, body, outfit)
    _legs_and_feet(rng, body, outfit)
    for garment in inner:
        outfit.add(garment.host, *garment.parts)
    if rng.random() < 0.07:
        outfit.add(*extra.belt(rng, body))
    _arms_and_outer(rng, body, outfit, inner)
    outfit.add(*head_pieces(body))
    _finishing(rng, body, outfit, covered)
    return outfit.pieces


def _clothes(rng, body, outfit) -> list[Garment]:
    kind = pick(rng, _OUTFITS)
    if kind == 'dress':
        return [outfit.bound(sample_dress(rng, body))]
    if kind == 'jumpsuit':
        return [outfit.bound(sample_jumpsuit(rng, body))]
    bottom, top = sample_bottom(rng, body), sample_top(rng, body)
    pair = [outfit.bound(bottom), outfit.bound(top)]
    return pair[::-1] if rng.random() < 0.4 else pair


def _legs_and_feet(rng, body, outfit) -> None:
    wear = pick(
        rng, {'': 0.83, 'tights, stockings': 0.1, 'sock': 0.055, 'leg warmer': 0.015}
    )
    if wear:
        outfit.add(*extra.leg_wear(rng, body, wear))
    if rng.random() < 0.93:
        outfit.add(*extra.shoes(rng, body))


def _arms_and_outer(rng, body, outfit, inner) -> None:
    """Arms lie over the trunk; the outermost garment's sleeves over the arms."""
    outer = None
    if rng.random() < 0.27:
        outer = outfit.bound(sample_outer(rng, body))
        outfit.add(outer.host, *outer.parts)
    if outer is not None and outer.host.category == 'cape':
        return
    outfit.add(*arm_pieces(body))
    inner_sleeves = [sleeve for garment in inner for sleeve in garment.sleeves]
    if outer is None or not outer.sleeves:
        outfit.add(*inner_sleeves)
    else:
        outfit.add(*outer.sleeves)


def _finishing(rng, body, outfit, covered) -> None:
    """Head wear, glasses, what hangs around the neck, bags and small things."""
    chance = rng.random(8)
    if chance[0] < 0.12 and not covered:
        outfit.add(extra.hat(rng))
    elif chance[0] < 0.16:
        outfit.add(extra.hair_band(rng))
    elif chance[0] < 0.18:
        outfit.add(extra.flower(rng, -0.34, 0.2))
    if chance[1] < 0.11:
        outfit.add(extra.glasses(rng))
    if chance[2] < 0.06:
        outfit.add(extra.scarf(rng))
    elif chance[2] < 0.09:
        outfit.add(extra.tie(rng))
    elif chance[2] < 0.12:
        outfit.add(extra.bow(rng, 0.0, 1.5))
    if chance[3] < 0.04:
        outfit.add(extra.watch(rng, body))
    if chance[4] < 0.02:
        outfit.add(*extra.gloves(rng, body))
    if chance[5] < 0.22:
        outfit.add(extra.bag(rng, body))
