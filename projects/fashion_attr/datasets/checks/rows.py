"""All that is wrong with each row of ``train.csv``, by itself."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..csv_rows import CsvRow
from ..kaggle_csv import COLUMNS, parse_attributes, parse_row
from ..labels import Taxonomy
from ..taxonomy import FASHIONPEDIA
from .findings import Finding
from .run_length import Fault, read_mask

_SOUND = ('x', '', '1', '1', '', '')  # a row in which nothing but the class is wrong


class RowSummary(NamedTuple):
    """What the comparison of rows with each other needs of one."""

    row: int  # line of train.csv, or the annotation's id
    image_id: str
    size: tuple[int, int] | None  # (h, w) in pixels
    category_id: int | None
    attribute_ids: tuple[int, ...] | None
    mask_key: int | None  # equal for equal masks of one picture


def check_rows(
    task: tuple[str, list[CsvRow]],
    taxonomy: Taxonomy = FASHIONPEDIA,
) -> tuple[list[Finding], list[RowSummary], int]:
    """Look at rows, each by itself.

    Args:
        task (tuple): the file's name and rows as read.
        taxonomy (Taxonomy): what their ids are of.

    Returns:
        tuple: the findings, several a row where it has several faults; the
        summaries of the rows that name a picture; and the number of rows.
    """
    file, rows = task
    findings, summaries = [], []
    for row in rows:
        faults, summary = check_row(row, taxonomy)
        findings += [
            Finding(code, file, row.image_id, row.line, message)
            for code, message in faults
        ]
        if summary:
            summaries.append(summary)
    return findings, summaries, len(rows)


def check_row(
    row: CsvRow, taxonomy: Taxonomy = FASHIONPEDIA
) -> tuple[list[Fault], RowSummary | None]:
    """Look at one row.

    Args:
        row (CsvRow): a row as read.
        taxonomy (Taxonomy): what its ids are of.

    Returns:
        tuple: its faults, and its summary; None where it names no picture.
    """
    if row.problem:
        return [('row-cells', row.problem)], None
    try:
        parsed, faults = parse_row(row, taxonomy), []
        size = parsed.height, parsed.width
        category_id, attribute_ids = parsed.category_id, parsed.attribute_ids
    except ValueError:
        faults = list(_cell_faults(row, taxonomy))
        codes = {code for code, _ in faults}
        _, _, height, width, category, attributes = row.cells
        size = None if 'row-size' in codes else (int(height), int(width))
        category_id = None if 'row-category' in codes else int(category)
        attribute_ids = None
        if 'row-attribute' not in codes:
            attribute_ids = parse_attributes(attributes, taxonomy)
    if attribute_ids and row.cells[-1].count(',') >= len(attribute_ids):
        faults.append(('row-repeated-attribute', f'attributes {row.cells[-1]}'))
    runs, mask_faults = read_mask(row.cells[1], size)
    faults += mask_faults
    if any(code == 'row-image' for code, _ in faults):
        return faults, None
    key = mask_key(row.image_id, runs)
    summary = RowSummary(row.line, row.image_id, size, category_id, attribute_ids, key)
    return faults, summary


def mask_key(image_id: str, runs: np.ndarray | None) -> int | None:
    """A number that only equal masks of one picture share.

    Args:
        image_id (str): the picture.
        runs (np.ndarray | None): (R, 2) runs.

    Returns:
        int | None: 96 bits; None without runs.
    """
    if runs is None:
        return None
    digest = hashlib.blake2b(image_id.encode(), digest_size=12)
    digest.update(np.ascontiguousarray(runs, np.int64).tobytes())
    return int.from_bytes(digest.digest(), 'little')


def _cell_faults(row: CsvRow, taxonomy: Taxonomy) -> Iterator[Fault]:
    """Every cell but the mask, put by itself into a sound row."""
    image_id, _, height, width, category, attributes = row.cells
    numbers = attributes.split(',') if attributes.strip() else []
    cells = [
        ('row-image', 'ImageId', image_id),
        ('row-size', 'Height', height),
        ('row-size', 'Width', width),
        ('row-category', 'ClassId', category),
        *(('row-attribute', 'AttributesIds', number) for number in numbers),
    ]
    for code, column, cell in cells:
        sound = list(_SOUND)
        sound[COLUMNS.index('ClassId')] = str(taxonomy.categories[0].id)
        sound[COLUMNS.index(column)] = cell
        try:
            parse_row(row._replace(cells=tuple(sound)), taxonomy)
            if column == 'AttributesIds' and not cell.strip():
                raise ValueError("attribute id '' is no whole number")
        except ValueError as error:
            yield code, str(error)
    if len(set(numbers)) > taxonomy.max_per_object:
        message = f'{len(set(numbers))} attributes; at most '
        yield 'row-many-attributes', f'{message}{taxonomy.max_per_object} are possible'
