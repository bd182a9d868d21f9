"""Rows of the competition's CSV files, read in a stream."""

import csv
import io
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from .json_file import HEAD, refuse_other_kinds

# csv's own limit of 128 KiB a field is far below the longest mask of the data.
_LONGEST_FIELD = 2**31 - 1


class CsvRow(NamedTuple):
    """One row as the file holds it."""

    line: int  # as an editor counts: the header is line 1
    cells: tuple[str, ...]  # in the order of the columns; '' where the row is too short
    problem: str = ''  # what makes the whole row unreadable

    @property
    def image_id(self) -> str:
        """The row's ImageId, without '.jpg'."""
        return self.cells[0].removesuffix('.jpg')


class BrokenCsv(ValueError):
    """What follows a place in a CSV file cannot be told apart into rows.

    Args:
        before (str): the message up to the line's number.
        line (int): the line at which the row starts.
        after (str): the rest of the message.
    """

    def __init__(self, before: str, line: int, after: str):
        super().__init__(before, line, after)

    def __str__(self) -> str:
        return ''.join(map(str, self.args))

    def moved(self, lines: int) -> 'BrokenCsv':
        """The same of a file with so many more lines before."""
        before, line, after = self.args
        return BrokenCsv(before, line + lines, after)


class Header(NamedTuple):
    """What the first row says of the others."""

    length: int  # cells of a row
    places: tuple[int, ...]  # of the wanted columns among them


class Span(NamedTuple):
    """Bytes of a file that hold whole rows."""

    start: int
    end: int


def read_rows(
    path: str | Path,
    columns: Sequence[str],
    way_out: str,
    on_bytes: Callable[[int], None] | None = None,
) -> Iterator[CsvRow]:
    """Read a CSV file with some columns of ``train.csv`` in a stream.

    Args:
        path (str | Path): the file.
        columns (Sequence[str]): the columns wanted, ImageId first.
        way_out (str): what errors that end the reading advise.
        on_bytes (Callable | None): called now and then with the number of bytes
            read since the last call, for a progress bar.

    Yields:
        CsvRow: row after row; a row with too few or too many cells has a `problem`.

    Raises:
        ValueError: if a column is missing or there twice, a quote is not closed, or
            the file is no CSV in UTF-8: what follows such a place cannot be told apart
            into rows.
    """
    with open(path, 'rb') as binary:
        reader, records = _reader(binary, True, Path(path).name, way_out)
        header = _header(records, columns, path)
        done = 0
        for row in _rows(records, reader, header):
            position = binary.tell()
            if on_bytes:
                on_bytes(position - done)
            done = position
            yield row


def read_header(path: str | Path, columns: Sequence[str], way_out: str) -> Header:
    """Read the first row alone.

    Args:
        path (str | Path): the file.
        columns (Sequence[str]): the columns wanted, ImageId first.
        way_out (str): what errors that end the reading advise.

    Returns:
        Header: for `read_span`.

    Raises:
        ValueError: see `read_rows`.
    """
    with open(path, 'rb') as binary:
        _, records = _reader(binary, True, Path(path).name, way_out)
        return _header(records, columns, path)


def read_span(
    path: str | Path, span: Span, header: Header, way_out: str
) -> Generator[CsvRow, None, int]:
    """Read some rows, whose lines count from the first byte of the span.

    Args:
        path (str | Path): the file.
        span (Span): where the rows are, the header being one where it starts at 0.
        header (Header): of the file.
        way_out (str): what errors that end the reading advise.

    Yields:
        CsvRow: row after row, as `read_rows` does.

    Returns:
        int: lines in the span.

    Raises:
        BrokenCsv: see `read_rows`.
    """
    with open(path, 'rb') as binary:
        binary.seek(span.start)
        data = io.BytesIO(binary.read(span.end - span.start))
    first = span.start == 0
    reader, records = _reader(data, first, Path(path).name, way_out)
    if first:
        next(records, None)
    yield from _rows(records, reader, header)
    return reader.line_num


def _reader(binary: IO[bytes], first: bool, name: str, way_out: str):
    csv.field_size_limit(_LONGEST_FIELD)
    if first:
        _refuse_other_kinds(binary, name)
    encoding = 'utf-8-sig' if first else 'utf-8'
    text = io.TextIOWrapper(binary, encoding=encoding, newline='')
    reader = csv.reader(text, strict=True)
    return reader, _records(reader, name, way_out)


def _refuse_other_kinds(binary: IO[bytes], name: str) -> None:
    try:
        refuse_other_kinds(binary.read(HEAD))
    except ValueError as error:
        raise BrokenCsv(f'{name}, row ', 1, f': {error}') from error
    binary.seek(0)


def _header(records, columns: Sequence[str], path: str | Path) -> Header:
    names = [name.strip() for name in next(records, [])]
    return Header(len(names), tuple(_column_places(names, columns, path)))


def _rows(records, reader, header: Header) -> Iterator[CsvRow]:
    for cells in records:
        if not cells:
            continue  # an empty line, as at the end of many files
        problem = ''
        if len(cells) != header.length:
            problem = f'{len(cells)} cells instead of {header.length}'
            cells += [''] * (header.length - len(cells))
        yield CsvRow(reader.line_num, tuple(cells[i] for i in header.places), problem)


def _records(reader, name: str, way_out: str) -> Iterator[list[str]]:
    """The reader's rows; an error names the line at which its row starts."""
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BrokenCsv(
                f'{name}: a quote that opens near line ',
                start,
                f' is not closed or closes early ({error}); {way_out}',
            ) from error
        except UnicodeDecodeError as error:
            raise BrokenCsv(
                f'{name}, near line ', start, f': {error}; {way_out}'
            ) from error
        if cells is None:
            return
        yield cells


def _column_places(header: list[str], columns: Sequence[str], path) -> list[int]:
    missing = [name for name in columns if name not in header]
    if missing:
        hint = ''
        if missing == ['AttributesIds']:
            hint = '; files without it are of the 2019 competition'
        raise ValueError(
            f'{Path(path).name} has no column {", ".join(missing)}; '
            f'expected {",".join(columns)}, got {",".join(header)[:200]!r}{hint}'
        )
    twice = [name for name in columns if header.count(name) > 1]
    if twice:
        raise ValueError(
            f'{Path(path).name} has the column {twice[0]} {header.count(twice[0])} '
            'times, and does not say which to read; remove all but one'
        )
    return [header.index(name) for name in columns]
