"""Finds everything that is wrong with a submission, in one pass.

One picture's rows are in memory at a time. What is looked for is in `faults.FAULTS`;
the codes of run-length codes, ``rle-*``, are `checks.run_length`'s.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np

from projects.fashion_attr.datasets.checks.run_length import read_mask
from projects.fashion_attr.datasets.csv_rows import (
    BrokenCsv,
    CsvRow,
    read_header,
    read_rows,
)
from projects.fashion_attr.datasets.kaggle_csv import parse_attributes, parse_category
from projects.fashion_attr.structures.rle import runs_area
from projects.fashion_attr.structures.run_sets import subtract_runs, unite_runs

from ..functional.kaggle_files import SUBMISSION_COLUMNS
from ..functional.submission_size import LONGEST_EDGE, column_steps, scaled_size
from .faults import FAULTS, Checked, Fault
from .pictures import Sizes
from .segments import NO_OVERLAP

_WAY_OUT = 'what follows cannot be told apart into rows and was not checked'
# Some steps are as long as a picture is high by chance.
_FEW_STEPS, _SURE = 20, 4
_AGAIN = (
    'rows of this picture stand further up too; put them together, so that overlaps '
    'can be found'
)


class _Mask(NamedTuple):
    row: CsvRow
    category: int | None
    runs: np.ndarray


def check_submission(
    path: str | Path,
    sizes: Sizes,
    longest_edge: int = LONGEST_EDGE,
    no_overlap: str = 'class',
) -> Checked:
    """Look for all faults of a submission.

    Args:
        path (str | Path): the CSV file.
        sizes (Sizes): the pictures that it has to answer for, and no others.
        longest_edge (int): of the masks, in pixels; 0: the pictures' own.
        no_overlap (str): ``'class'``: segments of one class must share no pixel;
            ``'all'``: no segments of a picture may.

    Returns:
        Checked: numbers of rows and pictures, and the faults.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if ``no_overlap`` is neither.
    """
    if no_overlap not in NO_OVERLAP:
        raise ValueError(f'no_overlap is one of {NO_OVERLAP}, got {no_overlap!r}')
    faults = _header_faults(path)
    if faults:
        return Checked(0, 0, faults)
    check, seen, rows = _Check(sizes, longest_edge, no_overlap), set(), 0
    for image_id, group in groupby(_rows(path, faults), lambda row: row.image_id):
        group = list(group)
        rows += len(group)
        found = check.picture(image_id, group, image_id in seen)
        faults += sorted(found, key=lambda fault: fault.row)
        seen.add(image_id)
    if not faults or faults[-1].code != 'csv-broken':
        faults += [_missing(name) for name in sizes if name not in seen]
    return Checked(rows, len(seen), [*check.size_faults(), *faults])


def _header_faults(path: str | Path) -> list[Fault]:
    expected = ','.join(SUBMISSION_COLUMNS)
    try:
        header = read_header(path, SUBMISSION_COLUMNS, _WAY_OUT)
    except ValueError as error:
        code = 'csv-broken' if isinstance(error, BrokenCsv) else 'columns'
        return [Fault(code, None, None, str(error))]
    if header.length != len(SUBMISSION_COLUMNS) or header.places != (0, 1, 2, 3):
        text = f'the columns should be exactly {expected}, in this order'
        return [Fault('columns', None, 1, text)]
    return []


def _rows(path: str | Path, faults: list[Fault]) -> Iterator[CsvRow]:
    """The rows as far as they can be told apart; a fault where they cannot."""
    try:
        yield from read_rows(path, SUBMISSION_COLUMNS, _WAY_OUT)
    except ValueError as error:
        faults.append(Fault('csv-broken', None, None, str(error)))


def _missing(image_id: str) -> Fault:
    text = (
        'no row names this picture; one without segments has a row too, '
        f"as '{image_id},1 1,23,'"
    )
    return Fault('picture-missing', image_id, None, text)


class _Check:
    """Checks the rows of one picture after the other."""

    def __init__(self, sizes: Sizes, longest_edge: int, no_overlap: str):
        self.sizes = sizes
        self.longest_edge = longest_edge
        self.no_overlap = no_overlap
        self._right = self._wrong = 0  # steps from column to column
        self._first: Fault | None = None

    def picture(
        self, image_id: str, rows: Sequence[CsvRow], again: bool
    ) -> Iterator[Fault]:
        """The faults of rows that follow each other and have one ImageId."""
        size = self.sizes.get(image_id)
        small = size and scaled_size(size, self.longest_edge)
        if size is None:
            text = f'this is none of the {len(self.sizes):,} pictures'
            yield Fault('picture-unknown', image_id, rows[0].line, text)
        elif again:
            yield Fault('picture-again', image_id, rows[0].line, _AGAIN)
        masks = []
        for row in rows:
            if row.problem:
                yield Fault('cells', image_id, row.line, row.problem)
                continue
            mask, found = _check_row(row, small)
            yield from (Fault(code, image_id, row.line, text) for code, text in found)
            if mask is not None:
                self._note_size(mask, size, small)
                masks.append(mask)
        yield from _shared(image_id, masks, self.no_overlap)

    def _note_size(self, mask: _Mask, size, small) -> None:
        """Count what tells the size that a mask was drawn at."""
        if size is None or size[0] == small[0]:
            return
        low, high = sorted((size[0], small[0]))
        steps = dict(zip((low, high), column_steps(mask.runs, low, high), strict=True))
        self._right += steps[small[0]]
        self._wrong += steps[size[0]]
        if self._first is None and steps[size[0]] > steps[small[0]]:
            text = (
                'the mask is drawn at {} x {} pixels (h x w), the size of the picture; '
                'masks of a submission have {} x {}; so it is with the whole file'
            )
            image_id, line = mask.row.image_id, mask.row.line
            self._first = Fault('size', image_id, line, text.format(*size, *small))

    def size_faults(self) -> list[Fault]:
        """One fault where most columns are a picture's height apart."""
        told = self._wrong >= _FEW_STEPS and self._wrong > _SURE * self._right
        return [self._first] if told and self._first else []


def _check_row(row: CsvRow, size) -> tuple[_Mask | None, list[tuple[str, str]]]:
    """The mask of a row, None where it has none, and all that is wrong with it."""
    name, pixels, category, attributes = row.cells
    faults = []
    if name != row.image_id:
        text = f'the ImageId is {name!r}; it has no ending in a submission'
        faults.append(('picture-ending', text))
    number = None
    try:
        number = parse_category(category)
    except ValueError as error:
        faults.append(('class', str(error)))
    if text := _attributes_fault(attributes):
        faults.append(('attributes', text))
    runs, found = read_mask(pixels, size)
    # Runs that touch are sound, if longer than they need be.
    faults += [fault for fault in found if fault[0] in FAULTS]
    return None if runs is None else _Mask(row, number, runs), faults


def _attributes_fault(text: str) -> str:
    try:
        ids = parse_attributes(text)
    except ValueError as error:
        return str(error)
    if text and text != ','.join(map(str, ids)):
        return (
            f'attribute ids {text[:60]!r} should be sorted, each once, with a comma '
            'between and nothing else'
        )
    return ''


def _shared(image_id: str, masks: Sequence[_Mask], no_overlap: str) -> Iterator[Fault]:
    """Rows that repeat another row, or share pixels with one."""
    groups: dict[int | None, list[_Mask]] = {}
    for mask in masks:
        if no_overlap == 'all':
            groups.setdefault(None, []).append(mask)
        elif mask.category is not None:
            groups.setdefault(mask.category, []).append(mask)
    for group in groups.values():
        yield from _group_shared(image_id, group)


def _group_shared(image_id: str, masks: Iterable[_Mask]) -> Iterator[Fault]:
    taken, before = np.zeros((0, 2), np.int64), []
    for mask in masks:
        common = runs_area(mask.runs) - runs_area(subtract_runs(mask.runs, taken))
        if common:
            yield _overlap(image_id, mask, before, common)
        taken = unite_runs(taken, mask.runs)
        before.append(mask)


def _overlap(image_id: str, mask: _Mask, before: Sequence[_Mask], common: int) -> Fault:
    line = mask.row.line
    same = [m for m in before if m.row.cells == mask.row.cells]
    if same:
        text = f'the same as row {same[0].row.line}'
        return Fault('row-twice', image_id, line, text)
    others = [
        str(other.row.line)
        for other in before
        if runs_area(subtract_runs(mask.runs, other.runs)) < runs_area(mask.runs)
    ]
    text = f'shares {common:,} pixels with row {", ".join(others)}'
    return Fault('overlap', image_id, line, text)
