"""Attributes as a person would say them.

The taxonomy names each attribute so that it can stand alone: 'crew (neck)', 'set-in
sleeve', 'no opening', 'wrist-length'. Beside the garment, or under a heading, half of
that is said twice: 'neckline: crew', 'sleeve: wrist-length, set-in', 'opening: none'.
"""

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

# Said without a heading: what the words are about goes without saying.
_PLAIN = ('nickname', 'silhouette', 'length')
_HEADINGS = {
    'neckline type': 'neckline',
    'opening type': 'opening',
    'non-textile material type': 'material',
    'textile finishing, manufacturing techniques': 'finishing',
    'textile pattern': 'pattern',
    'animal': 'pattern',
}
# Nouns of the taxonomy that say the same as a heading or category.
_SAME = {
    'neck': 'neckline',
    'waist': 'waistline',
    'wasitline': 'waistline',  # so spelt in 'basque (wasitline)'
    'technique': 'finishing',
    'a': 'finishing',  # 'bead(a)': applied
}


class Named(Protocol):
    """What has a name and a supercategory."""

    name: str
    supercategory: str


AnyNamed = TypeVar('AnyNamed', bound=Named)


def group_attributes(attributes: Iterable[Named]) -> dict[str, list[str]]:
    """Names by supercategory.

    Args:
        attributes (Iterable[Named]): in the order wanted.

    Returns:
        dict[str, list[str]]: supercategories in the order of their first attribute.
    """
    groups: dict[str, list[str]] = {}
    for attribute in attributes:
        groups.setdefault(attribute.supercategory, []).append(attribute.name)
    return groups


def describe(category: str, attributes: Iterable[Named]) -> str:
    """A garment with its attributes in one line.

    Args:
        category (str): name of the category.
        attributes (Iterable[Named]): in the order of the taxonomy.

    Returns:
        str: such as 'dress: sheath, symmetrical, mini length; opening: zip-up'.
    """
    said = group_words(category, attributes)
    plain = [word for word, _ in said.pop('', [])]
    headed = [
        f'; {heading}: {", ".join(word for word, _ in words)}'
        for heading, words in said.items()
    ]
    return category + (f': {", ".join(plain)}' if plain else '') + ''.join(headed)


def group_words(
    category: str, attributes: Iterable[AnyNamed]
) -> dict[str, list[tuple[str, AnyNamed]]]:
    """Attributes as `describe` says them.

    Args:
        category (str): name of the category.
        attributes (Iterable[Named]): in the order of the taxonomy.

    Returns:
        dict[str, list[tuple[str, Named]]]: by heading, '' for what needs none: short
        name and attribute.
    """
    said: dict[str, list[tuple[str, AnyNamed]]] = {}
    for attribute in attributes:
        heading = _heading(attribute.supercategory, category)
        word = short_name(attribute.name, category, heading)
        said.setdefault(heading, []).append((word, attribute))
    return said


def short_name(name: str, category: str, heading: str = '') -> str:
    """An attribute without what its garment or heading says already.

    Args:
        name (str): of the attribute, such as 'cargo (pants)'.
        category (str): name of the garment's category, such as 'pants'.
        heading (str): what it will stand under; '' for none.

    Returns:
        str: such as 'cargo'; 'none' under a heading where there is no such thing.
    """
    if heading and name.startswith('no '):
        return 'none'
    known = {*_words(category), heading}
    return ', '.join(_without_last(part, known) for part in name.split(', '))


def _heading(supercategory: str, category: str) -> str:
    heading = _HEADINGS.get(supercategory, supercategory)
    return '' if supercategory in _PLAIN or heading in _words(category) else heading


def _without_last(text: str, known: set[str]) -> str:
    """Without its last noun, in brackets or not, where that is known."""
    words = _words(text)
    noun = _SAME.get(words[-1], words[-1])
    return ' '.join(words[:-1] if len(words) > 1 and noun in known else words)


def _words(text: str) -> list[str]:
    return re.split(r'[\s,()]+', text.strip(' ()'))
