"""Columns of ids, attribute sets and boxes, checked entry by entry.

Letters: N entries, L attributes.
"""

from collections.abc import Sequence

import numpy as np


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
        ValueError: naming the first entry whose id does not exist.
    """
    values = np.asarray(values, np.int64).reshape(-1)
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
    lengths = np.array([len(ids) for ids in id_lists], np.int64)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    flat = [i for ids in id_lists for i in ids]
    owners = [names[row] for row in rows]
    matrix = np.zeros((len(lengths), len(attribute_ids)), bool)
    matrix[rows, index_of(flat, attribute_ids, 'attribute id', owners)] = True
    return matrix


def as_boxes(boxes: Sequence[Sequence[float]]) -> np.ndarray:
    """Boxes as an (N, 4) float64 array, also where there are none."""
    return np.asarray(boxes, np.float64).reshape(-1, 4)


def check_boxes(boxes: np.ndarray, names: Sequence[str]) -> None:
    """Refuse boxes without area.

    Args:
        boxes (np.ndarray): (N, 4) xywh in pixels.
        names (Sequence[str]): N names of the entries, for the error.

    Raises:
        ValueError: naming the first entry whose width or height is not positive.
    """
    bad = ~((boxes[:, 2:] > 0).all(1) & np.isfinite(boxes).all(1))
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise ValueError(
            f'{names[first]}: box {boxes[first].tolist()} (xywh) has no area; '
            "empty_boxes 'keep' lets such boxes stand as false positives"
        )
