"""Every fault of one run-length code of Kaggle, not the first alone."""

import re

import numpy as np

from ...structures.kaggle_rle import kaggle_to_runs

_INTEGER = re.compile(r'[+-]?[0-9]+', re.ASCII)
_LARGEST = 10**17  # far beyond any picture; sums of two stay in int64
Fault = tuple[str, str]  # code, message


def read_mask(
    text: str, size: tuple[int, int] | None
) -> tuple[np.ndarray | None, list[Fault]]:
    """Read one mask, or say all that is wrong with it.

    Args:
        text (str): 'start length start length ...', starts counted from 1.
        size (tuple[int, int] | None): (h, w) in pixels; None where it is not known,
            then only what no picture can hold is beyond the mask.

    Returns:
        tuple: (R, 2) runs as `kaggle_to_runs` gives them, None where it refuses the
        text; and a fault of every kind, with its first place and how often. Runs
        that touch are a fault that comes with runs.
    """
    # 2**16 is the longest side a row may give.
    within = size or (2**16, 2**16)
    try:
        runs = kaggle_to_runs(text, within)
    except ValueError as error:
        # A fault that is none of those below would be a new one of kaggle_to_runs.
        return None, _faults(text, within) or [('rle-number', str(error))]
    # Splitting takes as long as all the rest, counting does not; nearly no text has
    # more spaces than it needs.
    if text.count(' ') + 1 == 2 * len(runs):
        return runs, []
    more = len(text.split()) // 2 - len(runs)
    touching = [('rle-touch', f'{more:,} runs touch the run before')] if more else []
    return runs, touching


def _faults(text: str, size: tuple[int, int]) -> list[Fault]:
    tokens = text.split()
    if not tokens:
        return [('rle-empty', 'the RLE is empty')]
    faults = []
    bad = [i for i, token in enumerate(tokens) if not _INTEGER.fullmatch(token)]
    if bad:
        first = f'value {bad[0] + 1} of the RLE, {tokens[bad[0]][:40]!r}, is no integer'
        faults.append(('rle-number', _often(first, len(bad))))
    if len(tokens) % 2:
        faults.append(('rle-odd', f'the RLE has {len(tokens):,} values, an odd number'))
    if not bad:
        values = np.array([_clipped(token) for token in tokens], np.int64)
        faults += _run_faults(values[: len(values) // 2 * 2].reshape(-1, 2), size)
    return faults


def _clipped(token: str) -> int:
    digits = token.lstrip('+-0') or '0'
    size = int(digits) if len(digits) <= 17 else _LARGEST
    return -size if token.startswith('-') else size


def _run_faults(runs: np.ndarray, size: tuple[int, int]) -> list[Fault]:
    """Faults of (R, 2) runs whose starts count from 1."""
    start, length = runs.T
    end = start + length - 1
    h, w = size
    before, end_before = np.roll(start, 1), np.roll(end, 1)
    later = np.arange(len(runs)) > 0
    kinds = {
        'rle-start': (start < 1, 'starts at pixel {0:,}; pixels count from 1'),
        'rle-length': (length < 1, 'has length {1:,}; the shortest is 1'),
        'rle-order': (
            later & (start < before),
            'starts at pixel {0:,}, the run before at {2:,}',
        ),
        'rle-overlap': (
            later & (start >= before) & (start <= end_before),
            'starts at pixel {0:,}, the run before ends at {3:,}',
        ),
        'rle-beyond': (end > h * w, f'ends at pixel {{4:,}} of a {h} x {w} mask'),
    }
    faults = []
    for code, (bad, text) in kinds.items():
        if bad.any():
            i = int(bad.argmax())
            numbers = [int(a[i]) for a in (start, length, before, end_before, end)]
            message = f'run {i + 1} ' + text.format(*numbers)
            faults.append((code, _often(message, int(bad.sum()))))
    return faults


def _often(message: str, count: int) -> str:
    return message + (f' (the first of {count:,})' if count > 1 else '')
