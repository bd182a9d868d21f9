"""Columns of ids, attribute sets and boxes, checked entry by entry.

Letters: N entries, L attributes.
"""

from collections.abc import Sequence

import numpy as np

_BEYOND = 2**63


def column(entries: Sequence[dict], key: str, names: Sequence[str]) -> list:
    """One value of every entry of a table.

    Args:
        entries (Sequence[dict]): N entries.
        key (str): of the value.
        names (Sequence[str]): N names of the entries, for the error.

    Returns:
        list: N values.

    Raises:
        ValueError: naming the first entry that has no such key.
    """
    for entry, name in zip(entries, names, strict=True):
        if key not in entry:
            raise ValueError(f'{name} has no {key!r}')
    return [entry[key] for entry in entries]


def as_ids(
    values: Sequence[int], field: str, names: Sequence[str] | None = None
) -> np.ndarray:
    """Ids as an array.

    Args:
        values (Sequence[int]): N ids.
        field (str): what the ids are called in the file, for the error.
        names (Sequence[str] | None): N names of the entries, for the error.

    Returns:
        np.ndarray: (N,) int64.

    Raises:
        ValueError: naming the first entry whose id is no whole number, or none of 64
            bits.
    """
    if not isinstance(values, np.ndarray):
        for n, value in enumerate(values):
            if isinstance(value, bool) or not isinstance(value, int | np.integer):
                where = f'{names[n]}: ' if names is not None else ''
                raise ValueError(f'{where}{field} {value!r} is no whole number')
    try:
        return np.asarray(values, np.int64).reshape(-1)
    except OverflowError as error:
        n = next(n for n, i in enumerate(values) if not -_BEYOND <= i < _BEYOND)
        where = f'{names[n]}: ' if names is not None else ''
        raise ValueError(f'{where}{field} {values[n]:,} is beyond 64 bits') from error


def as_scores(values: Sequence[float], names: Sequence[str]) -> np.ndarray:
    """Scores as an (N,) float64 array.

    Raises:
        ValueError: naming the first entry whose score is no finite number; a text is
            none, nor is a list of one.
    """
    if isinstance(values, np.ndarray) and values.dtype.kind in 'iuf':
        scores = np.asarray(values, np.float64).reshape(-1)
    else:
        scores = np.array([_number(value) for value in values], np.float64)
    if not np.isfinite(scores).all():
        first = int(np.flatnonzero(~np.isfinite(scores))[0])
        value = values[first]
        shown = repr(value) if isinstance(value, str) else value
        raise ValueError(f'{names[first]}: score is {shown}')
    return scores


def index_of(
    values: Sequence[int], known: np.ndarray, field: str, names: Sequence[str] | None
) -> np.ndarray:
    """Position of each id in the ascending ids that exist.

    Args:
        values (Sequence[int]): N ids.
        known (np.ndarray): ascending ids that exist.
        field (str): what the ids are called in the file, for the error.
        names (Sequence[str] | None): N names of the entries, for the error.

    Returns:
        np.ndarray: (N,) int64 positions.

    Raises:
        ValueError: naming the first entry whose id is no whole number or does not
            exist.
    """
    values = as_ids(values, field, names)
    if not len(values):
        return np.zeros(0, np.int64)
    index = np.searchsorted(known, values)
    inside = np.minimum(index, len(known) - 1)
    bad = known[inside] != values if len(known) else np.ones(len(values), bool)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        where = f'{names[first]}: ' if names is not None else ''
        raise ValueError(
            f'{where}{field} {values[first]} does not exist in the ground truth, '
            f'which has {len(known)} such ids'
        )
    return index


def attribute_matrix(
    id_lists: Sequence[Sequence[int]], attribute_ids: np.ndarray, names: Sequence[str]
) -> np.ndarray:
    """Attribute ids as rows of zeros and ones.

    Args:
        id_lists (Sequence[Sequence[int]]): N lists of attribute ids.
        attribute_ids (np.ndarray): (L,) ascending ids that exist.
        names (Sequence[str]): N names of the entries, for the error.

    Returns:
        np.ndarray: (N, L) bool.

    Raises:
        ValueError: naming the first entry with an unknown attribute id.
    """
    for ids, name in zip(id_lists, names, strict=True):
        if isinstance(ids, str) or not hasattr(ids, '__len__'):
            raise ValueError(f'{name}: attribute ids {ids!r} are no list')
    lengths = np.array([len(ids) for ids in id_lists], np.int64)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    flat = [i for ids in id_lists for i in ids]
    owners = [names[row] for row in rows]
    matrix = np.zeros((len(lengths), len(attribute_ids)), bool)
    matrix[rows, index_of(flat, attribute_ids, 'attribute id', owners)] = True
    return matrix


def as_boxes(
    boxes: Sequence[Sequence[float]], names: Sequence[str] | None = None
) -> np.ndarray:
    """Boxes as an (N, 4) float64 array, also where there are none.

    Args:
        boxes (Sequence[Sequence[float]]): N boxes of 4 numbers.
        names (Sequence[str] | None): N names of the entries, for the error.

    Returns:
        np.ndarray: (N, 4) float64.

    Raises:
        ValueError: naming the first entry whose box is not 4 numbers.
    """
    if not len(boxes):
        return np.zeros((0, 4))
    try:
        array = np.asarray(boxes, np.float64)
    except (TypeError, ValueError):
        array = None
    if array is None or array.ndim != 2 or array.shape[1] != 4:
        first = next(n for n, box in enumerate(boxes) if not _is_box(box))
        where = f'{names[first]}: ' if names is not None else ''
        raise ValueError(f'{where}box {boxes[first]!r} is not 4 numbers')
    return array


def check_boxes(
    boxes: np.ndarray, names: Sequence[str], empty_boxes: str = 'error'
) -> None:
    """Refuse boxes that are not finite, and those without area.

    Args:
        boxes (np.ndarray): (N, 4) xywh in pixels.
        names (Sequence[str]): N names of the entries, for the error.
        empty_boxes (str): ``'keep'`` lets boxes without area pass.

    Raises:
        ValueError: naming the first entry whose box holds no finite numbers, or
            whose width or height is not positive.
    """
    infinite = ~np.isfinite(boxes).all(1)
    if infinite.any():
        first = int(np.flatnonzero(infinite)[0])
        raise ValueError(f'{names[first]}: box {boxes[first].tolist()} is not finite')
    empty = ~(boxes[:, 2:] > 0).all(1)
    if empty_boxes == 'error' and empty.any():
        first = int(np.flatnonzero(empty)[0])
        raise ValueError(
            f'{names[first]}: box {boxes[first].tolist()} (xywh) has no area; '
            "empty_boxes 'keep' lets such boxes stand as false positives"
        )


def _is_box(box: object) -> bool:
    return (
        isinstance(box, Sequence | np.ndarray)
        and not isinstance(box, str)
        and len(box) == 4
        and all(np.isreal(value) and not isinstance(value, str) for value in box)
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return np.nan
    try:
        return float(value)
    except OverflowError:
        return np.inf
