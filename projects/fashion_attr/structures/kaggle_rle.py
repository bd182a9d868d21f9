"""Kaggle's run-length code, checked, and COCO's: one into the other without decoding.

Kaggle writes ``'start length start length ...'`` over the pixels column by column,
starts counted from 1
(https://www.kaggle.com/competitions/imaterialist-fashion-2020-fgvc7).
Runs, counts and their letters are those of ``rle.py``.
"""

import re

import numpy as np

from .rle import (
    compress_counts,
    counts_to_runs,
    decompress_counts,
    merge_runs,
    runs_to_counts,
)

_INTEGER = re.compile(r'[+-]?[0-9]+', re.ASCII)
_LARGEST = np.iinfo(np.int64).max


def kaggle_to_runs(text: str, size: tuple[int, int]) -> np.ndarray:
    """Read and check Kaggle's run-length code.

    Args:
        text (str): 'start length start length ...', starts counted from 1.
        size (tuple[int, int]): (h, w) of the mask, in pixels.

    Returns:
        np.ndarray: (R, 2) int64 runs (start from 0, length); runs that touch are
        merged into one.

    Raises:
        ValueError: if the text is empty, has an odd number of values or one that
            is no integer, or if a run starts before 1, is shorter than 1, is out
            of order, overlaps the one before or ends beyond the mask.
    """
    values = _integers(text)
    if not len(values):
        raise ValueError('the RLE is empty')
    if len(values) % 2:
        raise ValueError(
            f'the RLE has {len(values):,} values, an odd number; '
            'it should be pairs of start and length'
        )
    runs = values.reshape(-1, 2)
    _check_runs(runs, size)
    return merge_runs(runs - [1, 0])


def _integers(text: str) -> np.ndarray:
    if text.isascii() and text.replace(' ', '').isdigit():
        return np.fromstring(text, dtype=np.int64, sep=' ')
    tokens = text.split()
    for i, token in enumerate(tokens, start=1):
        if not _INTEGER.fullmatch(token):
            raise ValueError(f'value {i} of the RLE, {token[:40]!r}, is no integer')
    return np.array([_clipped(token) for token in tokens], dtype=np.int64)


def _clipped(token: str) -> int:
    # 20 digits without leading zeros are above int64 already.
    size = min(int((token.lstrip('+-0') or '0')[:20]), _LARGEST)
    return -size if token.startswith('-') else size


def _check_runs(runs: np.ndarray, size: tuple[int, int]) -> None:
    """Name the first bad run of (R, 2) runs whose starts count from 1."""
    total = size[0] * size[1]
    start, length = runs.T
    # Beyond the mask is asked first: sums of sane values cannot overflow after it.
    beyond = (start > total) | (length > total - start + 1)
    end = np.where(beyond, total, start + length - 1)
    late = np.zeros(len(runs), bool)
    late[1:] = start[1:] <= end[:-1]
    bad = (start < 1) | (length < 1) | beyond | late
    if bad.any():
        i = int(bad.argmax())
        raise ValueError(_fault(runs[: i + 1].tolist(), bool(beyond[i]), size))


def _fault(runs: list, beyond: bool, size: tuple[int, int]) -> str:
    """What is wrong with the last of these runs."""
    name, (first, n) = f'run {len(runs)}', runs[-1]
    if first < 1:
        return f'{name} starts at pixel {first:,}; pixels count from 1'
    if n < 1:
        return f'{name} has length {n:,}; the shortest is 1'
    if beyond:
        h, w = size
        return f'{name} ends at pixel {first + n - 1:,} of a {h} x {w} mask'
    before, m = runs[-2]
    if first < before:
        return (
            f'{name} is out of order: it starts at pixel {first:,}, '
            f'the run before at {before:,}'
        )
    return (
        f'{name} overlaps the run before: it starts at pixel {first:,}, '
        f'that one ends at {before + m - 1:,}'
    )


def kaggle_to_coco(text: str, size: tuple[int, int]) -> dict:
    """Kaggle's run-length code as COCO's compressed RLE, without decoding.

    Args:
        text (str): 'start length start length ...', starts counted from 1.
        size (tuple[int, int]): (h, w) of the mask, in pixels.

    Returns:
        dict: ``size`` [h, w] and ``counts``, a str; equal to what pycocotools'
        encoder makes of the decoded mask.

    Raises:
        ValueError: see `kaggle_to_runs`.
    """
    return compress_counts(runs_to_counts(kaggle_to_runs(text, size), size), size)


def coco_to_kaggle(rle: dict) -> str:
    """COCO's RLE as Kaggle's run-length code, for submissions.

    Args:
        rle (dict): ``size`` [h, w] and ``counts``: str, bytes or a list of int.

    Returns:
        str: 'start length start length ...', starts counted from 1; '' for a mask
        without a pixel.

    Raises:
        ValueError: see `decompress_counts`.
    """
    return runs_to_kaggle(counts_to_runs(decompress_counts(rle)))


def runs_to_kaggle(runs: np.ndarray) -> str:
    """Runs as Kaggle's run-length code.

    Args:
        runs (np.ndarray): (R, 2) runs in order, none touching another.

    Returns:
        str: 'start length start length ...', starts counted from 1; '' where R is 0.
    """
    return ' '.join(map(str, (runs + [1, 0]).ravel().tolist()))
