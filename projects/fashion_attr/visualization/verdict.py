"""Marks and colours of what was found, and what was not."""

from dataclasses import dataclass

from projects.fashion_attr.evaluation.functional.outcomes import Outcome

Color = tuple[int, int, int]


@dataclass(frozen=True)
class Verdict:
    """How a garment or an attribute came off.

    The mark says the same as the colour, for those who cannot tell the colours apart.

    Attributes:
        mark: one sign.
        color: RGB, readable on white.
        light: RGB, readable on the dark bar of a caption.
        name: of predicted garments that came off so.
        missing: of true ones.
    """

    mark: str
    color: Color
    light: Color
    name: str
    missing: str


# Okabe and Ito's hues; on white, all have a contrast of at least 4.5 (WCAG 2, AA).
RIGHT = Verdict('✓', (0, 122, 90), (87, 216, 175), 'right', 'found')
OTHER_ATTRIBUTES = Verdict(
    *('≠', (161, 88, 0), (255, 188, 77), 'with other attributes'),
    missing='found with other attributes',
)
WRONG = Verdict('✗', (196, 30, 58), (255, 140, 140), 'wrong', 'missed')

VERDICTS = {
    Outcome.HIT: RIGHT,
    Outcome.POOR_ATTRIBUTES: OTHER_ATTRIBUTES,
    Outcome.WRONG: WRONG,
}
