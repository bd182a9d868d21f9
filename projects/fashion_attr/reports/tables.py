"""Tables of a page: exact values to sort by, rounded ones to read."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: its heading.
        kind: how values are written: 'text', 'count', 'share' (0..1 as per cent),
            'number' or 'score' (three decimals).
        hint: what the heading says when pointed at.
    """

    name: str
    kind: str = 'count'
    hint: str = ''


@dataclass(frozen=True)
class Table:
    """Rows under headings; a click on a heading sorts.

    Attributes:
        name: unique on the page, for tests and links: letters and hyphens.
        columns: C of them.
        rows: of C values each; None where there is no value.
        filter: whether there is a field to filter rows by their text.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Any]]
    filter: bool = False


def format_cell(value: Any, kind: str) -> str:
    """A value as the page shows it.

    Args:
        value (Any): text or number; None and NaN are shown as a dash.
        kind (str): see :class:`Column`.

    Returns:
        str: not escaped.

    Raises:
        ValueError: if there is no such kind.
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return '–'
    if kind == 'text':
        return str(value)
    if kind == 'count':
        return f'{value:,}'
    if kind == 'share':
        return _per_cent(value)
    if kind == 'number':
        return f'{value:,.2f}'
    if kind == 'score':
        return f'{value:.3f}'
    raise ValueError(
        f'kind should be text, count, share, number or score, got {kind!r}'
    )


def _per_cent(share: float) -> str:
    """Two digits at least: the rarest classes are parts of a thousand."""
    per_cent = 100 * share
    if per_cent == 0 or abs(per_cent) >= 9.95:
        return f'{per_cent:.1f} %'
    return f'{per_cent:#.2g} %'
