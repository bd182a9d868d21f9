"""Names that say left or right, which a mirrored picture turns into each other.

None of the 46 categories and 294 attributes of the taxonomy is one: asymmetrical,
one shoulder, single breasted and the like are true of the mirror image too.
"""

import re
from collections.abc import Iterable, Sequence

_SIDE = re.compile(
    r'(?<![a-z])(left|right)(?=(?:most|side|sided|hand|handed|ward|wards)?(?![a-z]))'
)
_OTHER = dict(left='right', right='left')


def names_of_a_side(names: Iterable[str]) -> list[str]:
    """The names in which left or right is a word, whatever it means there.

    'left sleeve', 'Sleeve_Right' and 'left-handed' are found, 'upright' and
    'cleft' are not, nor are abbreviations as in 'sleeve (L)'.
    """
    return [name for name in names if _SIDE.search(name.lower())]


def mirrored(names: Sequence[str]) -> list[int]:
    """What each name becomes in the mirror image.

    Args:
        names (Sequence[str]): of all categories, or of all attributes.

    Returns:
        list[int]: index of the name with left for right and right for left; a name
        of no side keeps its own.

    Raises:
        ValueError: if a name of a side has no counterpart.
    """
    index = {name.lower(): i for i, name in enumerate(names)}
    wanted = [_SIDE.sub(lambda m: _OTHER[m.group(1)], name.lower()) for name in names]
    missing = [
        name for name, other in zip(names, wanted, strict=True) if other not in index
    ]
    if missing:
        raise ValueError(
            f'the mirror image of {missing} has no name: no other differs in left and '
            'right alone; add it to the taxonomy, or do without horizontal flips'
        )
    return [index[other] for other in wanted]
