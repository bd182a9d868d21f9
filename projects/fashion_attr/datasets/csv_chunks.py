"""Cuts a CSV file between rows, without reading the rows.

A line end within quotes is part of a cell, and whether a place is within quotes depends
on every quote before it. So quotes are followed from the start of the file, as the csv
module follows them: a quote opens at the start of a cell only, two of them within
quotes are a quote of the cell. Nothing but quotes needs to be looked at, which takes a
second for two gigabytes. Cuts are right after a line feed: a UTF-8 character never
holds that byte.
"""

from collections.abc import Iterator
from pathlib import Path

from .csv_rows import Span

_BOM = b'\xef\xbb\xbf'


def cut_spans(path: str | Path, size: int) -> Iterator[Span]:
    """Cut a file between rows.

    Args:
        path (str | Path): the file.
        size (int): bytes that a span should have at least; the last may be shorter.

    Yields:
        Span: span after span, together the whole file. Where a quote is never closed,
        the rest of the file is one span.
    """
    with open(path, 'rb') as file:
        start = 0
        while data := file.read(size) + file.readline():
            quoted = ends_quoted(data if start else data.removeprefix(_BOM))
            while quoted and (line := file.readline()):
                quoted = ends_quoted(line, quoted)
            yield Span(start, file.tell())
            start = file.tell()


def ends_quoted(data: bytes, quoted: bool = False) -> bool:
    """Whether what follows some lines is within quotes.

    Args:
        data (bytes): whole lines, or the end of the file.
        quoted (bool): whether they start within quotes; else they start a row.

    Returns:
        bool: whether the next byte would be within quotes.
    """
    place = data.find(b'"')
    while place >= 0:
        if not quoted:  # within an unquoted cell it is a character like any other
            quoted = place == 0 or data[place - 1] in b',\r\n'
        elif data[place + 1 : place + 2] == b'"':
            place += 1
        else:
            quoted = False
        place = data.find(b'"', place + 1)
    return quoted
