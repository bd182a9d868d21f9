"""Rows of the competition's CSV files, read in a stream."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

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
        ValueError: if a column is missing, a quote is not closed, or the file is no
            CSV in UTF-8: what follows such a place cannot be told apart into rows.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    with open(path, 'rb') as binary:
        text = io.TextIOWrapper(binary, encoding='utf-8-sig', newline='')
        reader = csv.reader(text, strict=True)
        records = _records(reader, Path(path).name, way_out)
        header = [name.strip() for name in next(records, [])]
        places = _column_places(header, columns, path)
        told = on_bytes or (lambda n: None)
        yield from _rows(records, reader, header, places, binary, told)


def _rows(records, reader, header, places, binary, on_bytes) -> Iterator[CsvRow]:
    done = 0
    for cells in records:
        position = binary.tell()
        on_bytes(position - done)
        done = position
        if not cells:
            continue  # an empty line, as at the end of many files
        problem = ''
        if len(cells) != len(header):
            problem = f'{len(cells)} cells instead of {len(header)}'
            cells += [''] * (len(header) - len(cells))
        yield CsvRow(reader.line_num, tuple(cells[i] for i in places), problem)


def _records(reader, name: str, way_out: str) -> Iterator[list[str]]:
    """The reader's rows; an error names the line at which its row starts."""
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise ValueError(
                f'{name}: a quote that opens near line {start} is not closed or '
                f'closes early ({error}); {way_out}'
            ) from error
        except UnicodeDecodeError as error:
            raise ValueError(
                f'{name}, near line {start}: {error}; {way_out}'
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
    return [header.index(name) for name in columns]
