"""Reads the competition's ``train.csv`` row by row, and its label descriptions."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from .csv_rows import CsvRow, read_rows
from .json_file import load_json
from .labels import Taxonomy
from .taxonomy import FASHIONPEDIA

COLUMNS = (
    'ImageId',
    'EncodedPixels',
    'Height',
    'Width',
    'ClassId',
    'AttributesIds',
)
_WAY_OUT = "; another taxonomy than Fashionpedia's is named with --taxonomy"
BROKEN_WAY_OUT = 'mend or download the file again, --on-error skip cannot pass this'
_MOST_DIGITS = 20  # of an id or a size, leading zeros included


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
    yield from read_rows(path, COLUMNS, BROKEN_WAY_OUT, on_bytes)


def parse_row(row: CsvRow, taxonomy: Taxonomy = FASHIONPEDIA) -> KaggleRow:
    """Check everything of a row but its mask.

    Args:
        row (CsvRow): a row as read.
        taxonomy (Taxonomy): what its ids are of.

    Returns:
        KaggleRow: the row with numbers in place of text.

    Raises:
        ValueError: if a cell is missing or no number, a size is not positive, the
            class or an attribute id is not of the taxonomy, or there are more
            attributes than it allows (14).
    """
    if row.problem:
        raise ValueError(row.problem)
    image_id, encoded_pixels, height, width, category_id, attribute_ids = row.cells
    if not row.image_id or Path(image_id).name != image_id or '\0' in image_id:
        raise ValueError(f'ImageId {image_id!r} is no file name')
    return KaggleRow(
        row.line,
        row.image_id,
        encoded_pixels,
        _positive('Height', height),
        _positive('Width', width),
        parse_category(category_id, taxonomy),
        _few(parse_attributes(attribute_ids, taxonomy), taxonomy.max_per_object),
    )


def _number(name: str, text: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS):
        raise ValueError(f'{name} {text[:40]!r} is no whole number')
    return int(text)


def _positive(name: str, text: str) -> int:
    number = _number(name, text)
    if not 1 <= number <= 2**16:
        raise ValueError(f'{name} {number:,} is no size of a picture')
    return number


def parse_category(text: str, taxonomy: Taxonomy = FASHIONPEDIA) -> int:
    """Read a cell of ClassId.

    Args:
        text (str): the cell.
        taxonomy (Taxonomy): what the id is of.

    Returns:
        int: the category id.

    Raises:
        ValueError: if it is no number or none of the taxonomy.
    """
    if '_' in text:
        raise ValueError(
            f'ClassId {text[:40]!r} joins class and attributes as files of the 2019 '
            'competition do'
        )
    category_id = _number('ClassId', text)
    known = taxonomy.category_index
    if category_id not in known:
        raise ValueError(
            f'ClassId {category_id} is none of the {len(known)} categories '
            f'{min(known)} to {max(known)}'
        )
    return category_id


def parse_attributes(text: str, taxonomy: Taxonomy = FASHIONPEDIA) -> tuple[int, ...]:
    """Read a cell of AttributesIds, of any number of attributes.

    Args:
        text (str): the cell, ids joined by commas, or empty.
        taxonomy (Taxonomy): what the ids are of.

    Returns:
        tuple[int, ...]: ids, sorted, each once.

    Raises:
        ValueError: if one is no number or none of the taxonomy.
    """
    if not text.strip():
        return ()
    ids = sorted({_number('attribute id', part) for part in text.split(',')})
    for attribute_id in ids:
        if attribute_id not in taxonomy.attribute_index:
            raise ValueError(
                f'attribute id {attribute_id} is none of the '
                f'{len(taxonomy.attributes)} attributes'
            )
    return tuple(ids)


def _few(ids: tuple[int, ...], most: int) -> tuple[int, ...]:
    if len(ids) > most:
        raise ValueError(f'{len(ids)} attributes; at most {most} are possible')
    return ids


def check_label_descriptions(
    path: str | Path, taxonomy: Taxonomy = FASHIONPEDIA
) -> None:
    """Refuse a ``label_descriptions.json`` of another taxonomy.

    Args:
        path (str | Path): the file.
        taxonomy (Taxonomy): the one that it should be of.

    Raises:
        ValueError: if it is no such file, is that of 2019 (92 attributes), or names
            an id differently from the taxonomy here.
    """
    name = Path(path).name
    try:
        labels = load_json(path)
        found = {
            key: {entry['id']: entry['name'] for entry in labels[key]}
            for key in ('categories', 'attributes')
        }
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f'{name} holds no categories and attributes: {error}'
        ) from error
    check_label_names(name, found['categories'], found['attributes'], taxonomy=taxonomy)


def check_label_names(
    source: str,
    categories: dict[int, str],
    attributes: dict[int, str],
    complete: bool = True,
    taxonomy: Taxonomy = FASHIONPEDIA,
) -> None:
    """Compare a file's names with the taxonomy.

    Args:
        source (str): name of the file, for the error.
        categories (dict[int, str]): names by category id.
        attributes (dict[int, str]): names by attribute id.
        complete (bool): whether the file should have all of the taxonomy.
        taxonomy (Taxonomy): the one that it should be of.

    Raises:
        ValueError: at the first id that is named differently, unknown or missing.
    """
    if len(attributes) == 92 and taxonomy == FASHIONPEDIA:
        raise ValueError(
            f'{source} has 92 attributes: it is of iMaterialist (Fashion) 2019; '
            'take the one of 2020, which has 294'
        )
    for kind, found, labels in (
        ('category', categories, taxonomy.categories),
        ('attribute', attributes, taxonomy.attributes),
    ):
        expected = {label.id: label.name for label in labels}
        for i in {**expected, **found} if complete else found:
            if found.get(i) != expected.get(i):
                raise ValueError(
                    f'{source} is of another taxonomy: its {kind} {i!r} is '
                    f'{found.get(i)!r}, here {expected.get(i)!r}'
                    + _WAY_OUT
                    * (taxonomy == FASHIONPEDIA)
                )
