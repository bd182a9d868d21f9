"""Attribute thresholds as a file that configs and tools read.

::

    {"overall": 0.42,
     "attributes": {"295": 0.3},               those that differ from overall
     "categories": {"10": {"295": 0.5}}}       those that differ from attributes

Keys are ids as in the annotations; other entries are notes.

Letters: K categories, L attributes.
"""

import math
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from projects.fashion_attr.datasets.json_file import load_json

from .calibration import Thresholds
from .ground_truth import GroundTruth
from .reading import named, write_json

_TABLES = ('overall', 'attributes', 'categories')


def save_thresholds(
    thresholds: Thresholds, gt: GroundTruth, path: str | Path, notes: dict
) -> None:
    """Write thresholds.

    Args:
        thresholds (Thresholds): in three grades.
        gt (GroundTruth): holds the ids.
        path (str | Path): file; its folder is made.
        notes (dict): further entries, such as how they were found.

    Raises:
        OSError: if the file cannot be written.
    """
    base = np.full_like(thresholds.attribute, thresholds.overall)
    rows = {
        str(category): _changed(row, thresholds.attribute, gt.attribute_ids)
        for category, row in zip(
            gt.category_ids.tolist(), thresholds.category, strict=True
        )
    }
    tables = dict(
        overall=thresholds.overall,
        attributes=_changed(thresholds.attribute, base, gt.attribute_ids),
        categories={category: row for category, row in rows.items() if row},
    )
    write_json(tables | notes, path)


def load_thresholds(
    path: str | Path, category_ids: np.ndarray, attribute_ids: np.ndarray
) -> np.ndarray:
    """Read thresholds for some categories.

    Args:
        path (str | Path): JSON file.
        category_ids (np.ndarray): (K,) ids of the rows wanted; those that the file
            does not name have the attributes' thresholds.
        attribute_ids (np.ndarray): (L,) ids of the columns wanted.

    Returns:
        np.ndarray: (K, L) float64.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming the file and the entry that is no threshold, or whose
            attribute id is unknown.
    """
    with named(path):
        tables = load_json(path)
        if not isinstance(tables, dict):
            raise ValueError(f'not an object with {", ".join(_TABLES)}')
        for key in set(tables) - set(_TABLES):
            meant = get_close_matches(key, _TABLES, n=1, cutoff=0.8)
            if meant:
                raise ValueError(f'{key!r} is probably meant to be {meant[0]!r}')
        columns = {str(i): n for n, i in enumerate(np.asarray(attribute_ids).tolist())}
        overall = _threshold(tables['overall'], 'overall')
        row = np.full(len(columns), overall)
        _fill(row, tables.get('attributes', {}), columns, 'attributes')
        matrix = np.tile(row, (len(category_ids), 1))
        by_category = tables.get('categories', {})
        if not isinstance(by_category, dict):
            raise ValueError('categories are no object of category ids')
        for n, category in enumerate(np.asarray(category_ids).tolist()):
            name = f'categories, {category}'
            _fill(matrix[n], by_category.get(str(category), {}), columns, name)
    return matrix


def threshold_of(
    given: str, category_ids: np.ndarray, attribute_ids: np.ndarray
) -> float | np.ndarray:
    """The attribute threshold of a command line.

    Args:
        given (str): a number, or a file of ``tools/calibrate_thresholds.py``.
        category_ids (np.ndarray): see :func:`load_thresholds`.
        attribute_ids (np.ndarray): see :func:`load_thresholds`.

    Returns:
        float | np.ndarray: see ``above_threshold``.

    Raises:
        OSError: if there is no such file.
        ValueError: if the file is not sound or the number is not in 0..1.
    """
    try:
        threshold = float(given)
    except ValueError:
        return load_thresholds(given, category_ids, attribute_ids)
    if not 0 <= threshold <= 1:
        raise ValueError(f'the attribute threshold must lie in 0..1, got {given}')
    return threshold


def _changed(values: np.ndarray, base: np.ndarray, ids: np.ndarray) -> dict:
    return {str(int(ids[n])): float(values[n]) for n in np.flatnonzero(values != base)}


def _fill(row: np.ndarray, entries: dict, columns: dict[str, int], name: str) -> None:
    if not isinstance(entries, dict):
        raise ValueError(f'{name}: {entries!r} is no object of attribute ids')
    for attribute, value in entries.items():
        where = f'{name}, attribute {attribute}'
        if attribute not in columns:
            raise ValueError(
                f'{where}: no such attribute id among {len(columns)}; the file is of '
                'another taxonomy'
            )
        row[columns[attribute]] = _threshold(value, where)


def _threshold(value, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f'{where}: {value!r} is no threshold')
    if not math.isfinite(value):
        raise ValueError(f'{where}: {value!r} is no threshold')
    return float(value)
