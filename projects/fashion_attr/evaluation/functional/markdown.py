"""Rows of figures as Markdown, aligned so that they read well as plain text too."""

from collections.abc import Mapping, Sequence

Cell = str | int | float | None


def markdown_table(rows: Sequence[Mapping[str, Cell]]) -> str:
    """Lay out rows of the same keys as a Markdown table.

    Args:
        rows (Sequence[Mapping]): the first one's keys are the heading. Floats are
            printed with three decimals; ``-`` for None and for -1, which says that
            there was nothing to find.

    Returns:
        str: lines without a newline at the end; empty for no rows.
    """
    if not rows:
        return ''
    heads = list(rows[0])
    texts = [[_text(row[head]) for head in heads] for row in rows]
    columns = zip(heads, *texts, strict=True)
    widths = [max(3, *map(len, column)) for column in columns]
    words = [isinstance(value, str) for value in rows[0].values()]
    rule = [
        '-' * w if word else '-' * (w - 1) + ':'
        for w, word in zip(widths, words, strict=True)
    ]
    lines = [heads, rule, *texts]
    return '\n'.join(_line(line, widths, words) for line in lines)


def _line(texts: Sequence[str], widths: Sequence[int], words: Sequence[bool]) -> str:
    cells = [
        text.ljust(width) if word else text.rjust(width)
        for text, width, word in zip(texts, widths, words, strict=True)
    ]
    return f'| {" | ".join(cells)} |'


def _text(value: Cell) -> str:
    if isinstance(value, str):
        return value.replace('|', '\\|')
    if value is None or value == -1:
        return '-'
    return f'{value:.3f}' if isinstance(value, float) else f'{value:,}'
