"""Reads the competition's ``train.csv`` row by row, and its label descriptions."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from .taxonomy import (
    ATTRIBUTE_ID_TO_INDEX,
    ATTRIBUTES,
    CATEGORIES,
    CATEGORY_ID_TO_INDEX,
    MAX_ATTRIBUTES_PER_OBJECT,
)

COLUMNS = (
    'ImageId',
    'EncodedPixels',
    'Height',
    'Width',
    'ClassId',
    'AttributesIds',
)
# csv's own limit of 128 KiB a field is far below the longest mask of the data.
_LONGEST_FIELD = 2**31 - 1


class CsvRow(NamedTuple):
    """One row as the file holds it."""

    line: int  # as an editor counts: the header is line 1
    cells: tuple[str, ...]  # in the order of COLUMNS; '' where the row is too short
    problem: str = ''  # what makes the whole row unreadable

    @property
    def image_id(self) -> str:
        """The row's ImageId, without '.jpg'."""
        return self.cells[0].removesuffix('.jpg')


class KaggleRow(NamedTuple):
    """One mask of ``train.csv``, checked."""

    line: int  # as an editor counts: the header is line 1
    image_id: str  # without '.jpg'
    encoded_pixels: str
    height: int  # pixels
    width: int  # pixels
    category_id: int
    attribute_ids: tuple[int, ...]  # sorted, each once


def read_train_csv(
    path: str | Path, on_bytes: Callable[[int], None] | None = None
) -> Iterator[CsvRow]:
    """Read ``train.csv`` in a stream.

    Args:
        path (str | Path): the file.
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
        yield from _rows(
            csv.reader(text, strict=True), binary, on_bytes or (lambda n: None), path
        )


def _rows(reader, binary, on_bytes, path) -> Iterator[CsvRow]:
    records = _records(reader, Path(path).name)
    header = [name.strip() for name in next(records, [])]
    places = _column_places(header, path)
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


def _records(reader, name: str) -> Iterator[list[str]]:
    """The reader's rows; an error names the line at which its row starts."""
    way_out = 'mend or download the file again, --on-error skip cannot pass this'
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


def _column_places(header: list[str], path) -> list[int]:
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        hint = ''
        if missing == ['AttributesIds']:
            hint = '; files without it are of the 2019 competition'
        raise ValueError(
            f'{Path(path).name} has no column {", ".join(missing)}; '
            f'expected {",".join(COLUMNS)}, got {",".join(header)[:200]!r}{hint}'
        )
    return [header.index(name) for name in COLUMNS]


def parse_row(row: CsvRow) -> KaggleRow:
    """Check everything of a row but its mask.

    Args:
        row (CsvRow): a row as read.

    Returns:
        KaggleRow: the row with numbers in place of text.

    Raises:
        ValueError: if a cell is missing or no number, a size is not positive, the
            class or an attribute id is not of the taxonomy, or there are more than
            14 attributes.
    """
    if row.problem:
        raise ValueError(row.problem)
    image_id, encoded_pixels, height, width, category_id, attribute_ids = row.cells
    if not row.image_id or Path(image_id).name != image_id:
        raise ValueError(f'ImageId {image_id!r} is no file name')
    return KaggleRow(
        row.line,
        row.image_id,
        encoded_pixels,
        _positive('Height', height),
        _positive('Width', width),
        _category(category_id),
        _attributes(attribute_ids),
    )


def _number(name: str, text: str) -> int:
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise ValueError(f'{name} {text[:40]!r} is no whole number')
    return int(text)


def _positive(name: str, text: str) -> int:
    number = _number(name, text)
    if not 1 <= number <= 2**16:
        raise ValueError(f'{name} {number:,} is no size of a picture')
    return number


def _category(text: str) -> int:
    if '_' in text:
        raise ValueError(
            f'ClassId {text[:40]!r} joins class and attributes as files of the 2019 '
            'competition do'
        )
    category_id = _number('ClassId', text)
    if category_id not in CATEGORY_ID_TO_INDEX:
        raise ValueError(f'ClassId {category_id} is none of the 46 categories 0 to 45')
    return category_id


def _attributes(text: str) -> tuple[int, ...]:
    if not text.strip():
        return ()
    ids = sorted({_number('attribute id', part) for part in text.split(',')})
    for attribute_id in ids:
        if attribute_id not in ATTRIBUTE_ID_TO_INDEX:
            raise ValueError(
                f'attribute id {attribute_id} is none of the 294 attributes'
            )
    if len(ids) > MAX_ATTRIBUTES_PER_OBJECT:
        raise ValueError(
            f'{len(ids)} attributes; at most {MAX_ATTRIBUTES_PER_OBJECT} are possible'
        )
    return tuple(ids)


def check_label_descriptions(path: str | Path) -> None:
    """Refuse a ``label_descriptions.json`` of another taxonomy.

    Args:
        path (str | Path): the file.

    Raises:
        ValueError: if it is no such file, is that of 2019 (92 attributes), or names
            an id differently from the taxonomy here.
    """
    name = Path(path).name
    try:
        labels = json.loads(Path(path).read_text(encoding='utf-8'))
        found = {
            key: {entry['id']: entry['name'] for entry in labels[key]}
            for key in ('categories', 'attributes')
        }
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f'{name} holds no categories and attributes: {error}'
        ) from error
    check_label_names(name, found['categories'], found['attributes'])


def check_label_names(
    source: str,
    categories: dict[int, str],
    attributes: dict[int, str],
    complete: bool = True,
) -> None:
    """Compare a file's names with the taxonomy.

    Args:
        source (str): name of the file, for the error.
        categories (dict[int, str]): names by category id.
        attributes (dict[int, str]): names by attribute id.
        complete (bool): whether the file should have all of the taxonomy.

    Raises:
        ValueError: at the first id that is named differently, unknown or missing.
    """
    if len(attributes) == 92:
        raise ValueError(
            f'{source} has 92 attributes: it is of iMaterialist (Fashion) 2019; '
            'take the one of 2020, which has 294'
        )
    for kind, found, labels in (
        ('category', categories, CATEGORIES),
        ('attribute', attributes, ATTRIBUTES),
    ):
        expected = {label.id: label.name for label in labels}
        for i in {**expected, **found} if complete else found:
            if found.get(i) != expected.get(i):
                raise ValueError(
                    f'{source} is of another taxonomy: its {kind} {i!r} is '
                    f'{found.get(i)!r}, here {expected.get(i)!r}'
                )
