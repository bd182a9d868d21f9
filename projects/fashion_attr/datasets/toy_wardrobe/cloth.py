"""Which cloth a garment is made of, and the attributes that this shows."""

from collections.abc import Mapping, Sequence

import numpy as np

from .patterns import PLAIN, Colour, Fabric
from .pieces import Tag, pick, tags

NO_TECHNIQUE = 'no special manufacturing technique'
NO_MATERIAL = 'no non-textile material'

# Shares fall roughly as 1 / rank, as those of the real patterns do.
PATTERN_SHARES = {
    PLAIN: 0.6,
    'stripe': 0.105,
    'check': 0.065,
    'dot': 0.06,
    'floral': 0.06,
    'geometric': 0.024,
    'leopard': 0.018,
    'abstract': 0.013,
    'letters, numbers': 0.011,
    'camouflage': 0.009,
    'zebra': 0.007,
    'chevron': 0.006,
    'houndstooth (pattern)': 0.006,
    'argyle': 0.005,
    'plant': 0.005,
    'herringbone (pattern)': 0.003,
    'fair isle': 0.003,
    'giraffe': 0.002,
}
_WOVEN = {
    'stripe', 'check', 'chevron', 'houndstooth (pattern)', 'argyle',
    'herringbone (pattern)', 'fair isle',
}  # fmt: skip
_PALETTE = (
    (32, 44, 80), (58, 84, 132), (120, 158, 196), (186, 208, 224), (240, 234, 220),
    (250, 248, 244), (40, 40, 46), (92, 94, 102), (168, 168, 170), (196, 158, 112),
    (132, 92, 62), (86, 58, 46), (200, 96, 62), (216, 164, 62), (238, 206, 120),
    (118, 140, 100), (64, 92, 70), (44, 118, 110), (128, 190, 176), (128, 34, 52),
    (196, 58, 68), (226, 130, 120), (236, 186, 184), (150, 112, 160), (92, 62, 116),
)  # fmt: skip
DENIM = ((62, 88, 132), (92, 122, 164), (44, 56, 88), (150, 172, 198))


def palette_colour(
    rng: np.random.Generator, colours: Sequence[tuple[int, int, int]] = _PALETTE
) -> Colour:
    """A garment colour with a little variation."""
    colour = np.array(colours[rng.integers(len(colours))], dtype=float)
    return tuple(np.clip(colour + rng.normal(0, 7, 3), 6, 250))


def _contrasting(rng, base) -> Colour:
    for _ in range(12):
        accent = palette_colour(rng)
        if abs(np.mean(accent) - np.mean(base)) > 55:
            return accent
    return (245.0, 242.0, 235.0) if np.mean(base) < 128 else (35.0, 35.0, 45.0)


def sample_fabric(
    rng: np.random.Generator,
    weave: str = '',
    shares: Mapping[str, float] = PATTERN_SHARES,
) -> Fabric:
    """Draw a cloth.

    Args:
        rng (np.random.Generator): Source of chance.
        weave (str): Weave of ``Fabric``; denim is plain and blue.
        shares (Mapping): Weights of the patterns.

    Returns:
        Fabric: The cloth.
    """
    if weave == 'denim':
        return Fabric(palette_colour(rng, DENIM), weave=weave)
    base = palette_colour(rng)
    pattern = pick(rng, shares)
    turn = float(rng.choice([0, 0, np.pi / 2, 0.7])) if pattern == 'stripe' else 0.0
    return Fabric(
        base=base,
        accent=_contrasting(rng, base),
        pattern=pattern,
        period=rng.uniform(0.22, 0.36),
        turn=turn,
        phase=rng.uniform(0, 7),
        weave=weave,
    )


def surface_tags(
    fabric: Fabric, technique: str = '', material: str = NO_MATERIAL
) -> tuple[Tag, ...]:
    """Attributes of a cloth: pattern, technique and material.

    Args:
        fabric (Fabric): The cloth.
        technique (str): What else is drawn (pleats, quilting, ...).
        material (str): Non-textile material that is drawn, if any.

    Returns:
        tuple[Tag, ...]: Three attributes.
    """
    printed = fabric.pattern != PLAIN and fabric.pattern not in _WOVEN
    if not technique:
        technique = 'printed' if printed else NO_TECHNIQUE
    return tags(material, technique, fabric.pattern, seen_share=0.0)
