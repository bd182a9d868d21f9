"""Runs as sets of pixels: what two masks have together, and what one has alone.

Letters: R runs, as in ``rle.py``: (R, 2) int64, (start, length), in order, apart.
"""

import numpy as np

from .rle import merge_runs


def subtract_runs(runs: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """The pixels of one mask that another does not have.

    Args:
        runs (np.ndarray): (R, 2) runs.
        taken (np.ndarray): (T, 2) runs.

    Returns:
        np.ndarray: (R', 2) runs.
    """
    near = taken[_meeting(runs, taken)]
    if not len(near):
        return runs
    edges, mine, others = _sweep(runs, near)
    return _runs_where(edges, mine & ~others)


def unite_runs(runs: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The pixels that either mask has.

    Args:
        runs (np.ndarray): (R, 2) runs.
        others (np.ndarray): (T, 2) runs.

    Returns:
        np.ndarray: (R', 2) runs.
    """
    edges, first, second = _sweep(runs, others)
    return _runs_where(edges, first | second)


def _meeting(runs: np.ndarray, taken: np.ndarray) -> slice:
    """Those of the second that lie between the first's first and last pixel."""
    if not len(runs):
        return slice(0, 0)
    first = np.searchsorted(taken.sum(axis=1), runs[0, 0], 'right')
    return slice(first, np.searchsorted(taken[:, 0], runs[-1].sum()))


def _sweep(
    runs: np.ndarray, others: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Every edge in order, and whether the pixels after it are in either mask."""
    parts = runs[:, 0], runs.sum(axis=1), others[:, 0], others.sum(axis=1)
    # A start is +1, an end -1: in the first mask's column, or in the second's.
    kinds = np.repeat([0, 1, 2, 3], [len(part) for part in parts])
    edges = np.concatenate(parts)
    order = np.argsort(edges, kind='stable')
    kinds = kinds[order]
    first = np.cumsum((kinds == 0).astype(np.int64) - (kinds == 1)) > 0
    second = np.cumsum((kinds == 2).astype(np.int64) - (kinds == 3)) > 0
    return edges[order], first, second


def _runs_where(edges: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    lengths = np.diff(edges, append=edges[-1:])
    chosen = wanted & (lengths > 0)
    return merge_runs(np.stack([edges[chosen], lengths[chosen]], axis=1))
