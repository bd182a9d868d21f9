"""Run-length masks by the thousand: checked and measured together."""

from collections.abc import Iterator, Sequence

import numpy as np
from pycocotools import mask as mask_utils

from projects.fashion_attr.structures.rle import (
    decompress_counts,
    join_digits,
    read_codes,
)

_CHUNK = 256  # masks whose runs are held in memory at a time


def check_masks(masks: Sequence[dict], sizes: np.ndarray, names: Sequence[str]) -> None:
    """Refuse masks of another size than their image, or whose runs are not sound.

    pycocotools loops for ever on a pair of masks whose runs differ in sum, or one of
    which has a run below 0 that another one makes up for.

    Args:
        masks (Sequence[dict]): N compressed RLE.
        sizes (np.ndarray): (N, 2) height and width of the images in pixels.
        names (Sequence[str]): N names of the entries, for the error.

    Raises:
        ValueError: naming the first entry that differs, and both figures, or else
            the first whose runs are not sound, and why.
    """
    given = np.array([m['size'] for m in masks], np.int64).reshape(-1, 2)
    bad = (given != sizes).any(1)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise ValueError(
            f'{names[first]}: the mask is {given[first, 0]} x {given[first, 1]} '
            f'(h x w), its image in the ground truth '
            f'{sizes[first, 0]} x {sizes[first, 1]}'
        )
    pixels = given.prod(1)
    for start in range(0, len(masks), _CHUNK):
        part = slice(start, start + _CHUNK)
        if read_codes([_bytes(m) for m in masks[part]], pixels[part]) is None:
            _refuse_runs(masks[part], pixels[part], names[part])


def _refuse_runs(
    masks: Sequence[dict], pixels: np.ndarray, names: Sequence[str]
) -> None:
    """Name the first mask whose runs are not sound, of some in which there is one."""
    totals = run_totals(masks)
    bad = totals != pixels
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise ValueError(
            f"{names[first]}: the mask's runs sum to {totals[first]:,} of its "
            f'{pixels[first]:,} pixels'
        )
    for mask, name in zip(masks, names, strict=True):
        try:
            decompress_counts(mask)
        except ValueError as error:
            raise ValueError(f'{name}: {error}') from error


def run_totals(masks: Sequence[dict]) -> np.ndarray:
    """Sum of the runs of each mask, which should be its number of pixels.

    Args:
        masks (Sequence[dict]): N compressed RLE.

    Returns:
        np.ndarray: (N,) int64, in pixels.
    """
    parts = [_totals([_bytes(m) for m in part]) for part in _chunks(masks, _CHUNK)]
    return np.concatenate([np.zeros(0, np.int64), *parts])


def mask_areas(masks: Sequence[dict]) -> np.ndarray:
    """Areas of run-length masks.

    Args:
        masks (Sequence[dict]): N compressed RLE.

    Returns:
        np.ndarray: (N,) float64, in square pixels.
    """
    # pycocotools 2.0.11 puts the number of masks into a uint8 on its way.
    parts = [mask_utils.area(part) for part in _chunks(masks, 255)]
    return np.concatenate([np.zeros(0), *parts])


def _chunks(masks: Sequence[dict], length: int) -> Iterator[list[dict]]:
    for start in range(0, len(masks), length):
        yield list(masks[start : start + length])


def _bytes(mask: dict) -> bytes:
    counts = mask['counts']
    return counts.encode() if isinstance(counts, str) else counts


def _totals(counts: Sequence[bytes]) -> np.ndarray:
    """Sums of the runs of COCO's compressed counts, see rleFrString in maskApi.c.

    A number is little-endian in 5-bit digits, bit 5 says that more follow, bit 4
    of the last is the sign. From the fourth on, it is the difference to the run
    before the last one: so a number counts once for each run it goes into.
    """
    bounds = np.cumsum([len(c) for c in counts])
    digits = np.frombuffer(b''.join(counts), np.uint8) - np.uint8(48)
    last = digits < 32
    last[bounds[bounds > 0] - 1] = True
    ends = np.flatnonzero(last)
    numbers = join_digits(digits, ends)
    stops = np.searchsorted(ends, bounds)
    starts = np.append(0, stops[:-1])
    uses = (np.repeat(stops, stops - starts) - np.arange(len(ends)) + 1) // 2
    uses[starts[starts < stops]] = 1
    sums = np.append(0, np.cumsum(uses * numbers))
    return sums[stops] - sums[starts]
