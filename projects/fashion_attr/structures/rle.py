"""Masks as runs and in COCO's run-length code, one into the other without decoding.

Letters: R runs, C counts, (h, w) the size of the mask in pixels. Pixels are
numbered column by column (column-major order).

- runs: (R, 2) int64, (start, length), starts counted from 0, in order, apart.
- counts: (C,) lengths that alternate background, foreground, ..., from background,
  summing to h * w; "compressed" is pycocotools' string of these.
"""

import reprlib
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from pycocotools import mask as mask_utils

_MOST_DIGITS = 8  # of 5 bits, in a value of COCO's code
_TOO_LONG = 2**31  # pixels of a side, which pycocotools cannot hold


def merge_runs(runs: np.ndarray) -> np.ndarray:
    """Join runs that touch.

    Args:
        runs (np.ndarray): (R, 2) runs in order, none overlapping another.

    Returns:
        np.ndarray: (R', 2) runs with at least one pixel between any two.
    """
    start, length = runs.T
    first = np.ones(len(runs), bool)
    first[1:] = start[1:] != (start + length)[:-1]
    last = np.roll(first, -1)
    ends = (start + length)[last]
    return np.stack([start[first], ends - start[first]], axis=1)


def runs_to_counts(runs: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """COCO's counts of checked runs.

    Args:
        runs (np.ndarray): (R, 2) runs in order, none touching another; R may be 0.
        size (tuple[int, int]): (h, w) of the mask, in pixels.

    Returns:
        np.ndarray: (C,) int64 counts in the one form that pycocotools' encoder
        writes: no zero but possibly the first, summing to h * w.
    """
    edges = np.zeros(2 * len(runs) + 2, np.int64)
    edges[1:-1:2] = runs[:, 0]
    edges[2:-1:2] = runs.sum(axis=1)
    edges[-1] = size[0] * size[1]
    counts = np.diff(edges)
    return counts[:-1] if counts[-1] == 0 and len(runs) else counts


def counts_to_runs(counts: np.ndarray) -> np.ndarray:
    """The runs of COCO's counts.

    Args:
        counts (np.ndarray): (C,) counts from background; zeros are allowed.

    Returns:
        np.ndarray: (R, 2) runs; runs that touch are merged, empty ones left out.
    """
    counts = np.asarray(counts, np.int64)
    ends = np.cumsum(counts)[1::2]
    runs = np.stack([ends - counts[1::2], counts[1::2]], axis=1)
    return merge_runs(runs[runs[:, 1] > 0])


def check_counts(counts: np.ndarray, size: tuple[int, int]) -> None:
    """Refuse counts that do not describe a mask of this size.

    pycocotools 2.0.11 decodes counts with too small a sum to uninitialised memory.

    Args:
        counts (np.ndarray): (C,) counts from background.
        size (tuple[int, int]): (h, w) of the mask, in pixels.

    Raises:
        ValueError: if a count is negative or they do not sum to h * w.
    """
    h, w = size
    counts = np.asarray(counts, np.int64)
    if (counts < 0).any():
        i = int((counts < 0).argmax())
        raise ValueError(f'count {i + 1} of the RLE is negative: {counts[i]:,}')
    if counts.sum() != h * w:
        raise ValueError(
            f'the counts of the RLE sum to {counts.sum():,}, not to the '
            f'{h * w:,} pixels of a {h} x {w} mask'
        )


def check_form(rle: dict) -> None:
    """Refuse a COCO RLE that cannot be one, whatever picture it is of.

    Args:
        rle (dict): with ``size`` and ``counts``.

    Raises:
        ValueError: if ``size`` is not two whole numbers from 0, or ``counts`` neither
            str nor bytes nor a list (or array) of whole numbers.
    """
    size, counts = rle['size'], rle['counts']
    is_pair = are_whole(size) and len(size) == 2
    if not is_pair or not 0 <= min(size) <= max(size) < _TOO_LONG:
        raise ValueError(
            f'the size of the RLE is {reprlib.repr(size)}, not [height, width]'
        )
    if not isinstance(counts, str | bytes) and not are_whole(counts):
        raise ValueError(
            f'the counts of the RLE are {reprlib.repr(counts)}; they are str, bytes or '
            'a list of whole numbers'
        )


def are_whole(numbers: Any) -> bool:
    """Whether something is a row of whole numbers, in a list, tuple or array.

    Args:
        numbers (Any): of a file, such as a size or counts.

    Returns:
        bool: truth values count as numbers, as everywhere in Python.
    """
    if isinstance(numbers, np.ndarray):
        return numbers.ndim == 1 and numbers.dtype.kind in 'iu'
    return isinstance(numbers, list | tuple) and all(
        issubclass(kind, Integral) for kind in set(map(type, numbers))
    )


def compress_counts(counts: np.ndarray, size: tuple[int, int]) -> dict:
    """COCO's compressed RLE of counts.

    Args:
        counts (np.ndarray): (C,) counts from background, summing to h * w.
        size (tuple[int, int]): (h, w) of the mask, in pixels.

    Returns:
        dict: ``size`` [h, w] and ``counts``, a str.

    Raises:
        ValueError: if the counts do not sum to h * w.
    """
    check_counts(counts, size)
    h, w = (int(n) for n in size)
    rle = mask_utils.frPyObjects(
        dict(size=[h, w], counts=np.asarray(counts).tolist()), h, w
    )
    return dict(size=[h, w], counts=rle['counts'].decode('ascii'))


def decompress_counts(rle: dict) -> np.ndarray:
    """The counts of a COCO RLE.

    Args:
        rle (dict): ``size`` [h, w] and ``counts``: str or bytes (compressed), or a
            list of int.

    Returns:
        np.ndarray: (C,) int64 counts from background.

    Raises:
        ValueError: if they are of another form, see `check_form`, if the string is
            cut short or holds a character that COCO's code does not use, or if the
            counts do not sum to h * w.
    """
    check_form(rle)
    counts = rle['counts']
    if isinstance(counts, str):
        counts = counts.encode('utf-8')
    if isinstance(counts, bytes):
        counts = _undo_differences(_read_groups(counts))
    try:
        counts = np.asarray(counts, np.int64)
    except OverflowError as error:
        raise ValueError(
            f'the counts of the RLE are {reprlib.repr(counts)}, beyond any picture'
        ) from error
    check_counts(counts, rle['size'])
    return counts


def _read_groups(code: bytes) -> np.ndarray:
    """Signed values of COCO's string: 5 bits a character, lowest first.

    A character is 48 + 6 bits: bit 5 says that another character follows, bit 4 of
    a value's last character is its sign.
    """
    chars = np.frombuffer(code, np.uint8).astype(np.int64) - 48
    if not len(chars):
        return chars
    if ((chars < 0) | (chars > 63)).any():
        i = int(((chars < 0) | (chars > 63)).argmax())
        raise ValueError(
            f'character {i + 1} of the compressed RLE, {code[i : i + 1]!r}'
        )
    last = (chars & 0x20) == 0
    if not last[-1]:
        raise ValueError(f'the compressed RLE of {len(code):,} characters is cut short')
    ends = np.flatnonzero(last)
    if np.diff(ends, prepend=-1).max() > _MOST_DIGITS:
        raise ValueError('the compressed RLE has a count beyond 40 bits')
    return join_digits(chars, ends)


def join_digits(digits: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """The signed values of COCO's strings, given where each one's last digit is.

    Args:
        digits (np.ndarray): (D,) characters less 48, see `_read_groups`; of one string
            or of many in a row.
        ends (np.ndarray): (V,) places of the last digits, ascending.

    Returns:
        np.ndarray: (V,) int64.
    """
    lengths = np.diff(ends, prepend=-1)
    begins = ends - lengths + 1
    values = (digits[begins] & 31).astype(np.int64)
    for place in range(1, lengths.max(initial=0)):
        longer = np.flatnonzero(lengths > place)
        digit = digits[begins[longer] + place] & 31
        values[longer] += digit.astype(np.int64) << (5 * place)
    return values - ((digits[ends] & 16) > 0) * (1 << (5 * lengths))


def read_codes(
    codes: Sequence[bytes], num_pixels: int | np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
    """The runs of many compressed RLE at once.

    Args:
        codes (Sequence[bytes]): N strings of COCO's code.
        num_pixels (int | np.ndarray): h * w of every mask, or (N,) of each.

    Returns:
        tuple[np.ndarray, np.ndarray, np.ndarray] | None: (R,) mask 0..N-1, start and
        length of each run, in order; runs may touch. None where anything is unsound:
        `decompress_counts` of one after the other says what.
    """
    if not codes or not all(codes):
        return None
    digits = np.frombuffer(b''.join(codes), np.uint8) - np.uint8(48)
    last = digits < 32
    bounds = np.cumsum([len(code) for code in codes])
    ends = np.flatnonzero(last)
    if digits.max() > 63 or not last[bounds - 1].all():
        return None
    if np.diff(ends, prepend=-1).max() > _MOST_DIGITS:
        return None
    stops = np.searchsorted(ends, bounds)
    counts, masks, places = _undo_all(join_digits(digits, ends), stops)
    totals = np.cumsum(counts)
    before = np.append(0, totals[stops - 1])
    if (counts < 0).any() or (np.diff(before) != num_pixels).any():
        return None
    runs = np.flatnonzero((places % 2 == 1) & (counts > 0))
    starts = totals[runs - 1] - before[masks[runs]]
    return masks[runs], starts, counts[runs]


def _undo_all(
    values: np.ndarray, stops: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`_undo_differences` of many strings: counts, and the mask and place of each."""
    lengths = np.diff(stops, prepend=0)
    firsts = stops - lengths
    masks = np.repeat(np.arange(len(stops)), lengths)
    places = np.arange(len(values)) - firsts[masks]
    odd = places % 2 == 1
    sums = [
        np.cumsum(np.where(chosen, values, 0)) for chosen in (odd, ~odd & (places > 0))
    ]
    counts = np.where(odd, *(part - part[firsts][masks] for part in sums))
    counts[firsts] = values[firsts]
    return counts, masks, places


def _undo_differences(values: np.ndarray) -> np.ndarray:
    """From the fourth on, COCO's string holds the difference to two counts before."""
    counts = values.copy()
    counts[1::2] = np.cumsum(values[1::2])
    counts[2::2] = np.cumsum(values[2::2])
    return counts


def runs_area(runs: np.ndarray) -> int:
    """The number of pixels in (R, 2) runs."""
    return int(runs[:, 1].sum())


def runs_bbox(runs: np.ndarray, size: tuple[int, int]) -> list[float]:
    """The box around (R, 2) runs, as pycocotools' ``toBbox`` gives it.

    Args:
        runs (np.ndarray): (R, 2) runs in order, none touching another; R may be 0.
        size (tuple[int, int]): (h, w) of the mask, in pixels.

    Returns:
        list[float]: bbox xywh in pixels; zeros where R is 0.
    """
    if not len(runs):
        return [0.0, 0.0, 0.0, 0.0]
    h = size[0]
    x1, y1 = np.divmod(runs[:, 0], h)
    x2, y2 = np.divmod(runs.sum(axis=1) - 1, h)
    # A run over several columns reaches the lower edge of one and the upper of another.
    wraps = bool((x1 != x2).any())
    top, bottom = (0, h - 1) if wraps else (int(y1.min()), int(y2.max()))
    left, right = int(x1[0]), int(x2[-1])
    return [float(v) for v in (left, top, right - left + 1, bottom - top + 1)]
