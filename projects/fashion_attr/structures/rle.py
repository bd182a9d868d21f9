"""Run-length masks: Kaggle's and COCO's codes, one into the other, without decoding.

Letters: R runs, C counts, (h, w) the size of the mask in pixels. Pixels are
numbered column by column (column-major order) everywhere.

- Kaggle: ``'start length start length ...'``, starts counted from 1
  (https://www.kaggle.com/competitions/imaterialist-fashion-2020-fgvc7).
- runs: (R, 2) int64, (start, length), starts counted from 0, in order, apart.
- COCO: C lengths that alternate background, foreground, ..., from background,
  summing to h * w; "compressed" is pycocotools' string of these.
"""

import re

import numpy as np
from pycocotools import mask as mask_utils

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
    return np.array(
        [max(min(int(token[:20]), _LARGEST), -_LARGEST) for token in tokens],
        dtype=np.int64,
    )


def _check_runs(runs: np.ndarray, size: tuple[int, int]) -> None:
    """Name the first bad run of (R, 2) runs whose starts count from 1."""
    h, w = size
    start, length = runs.T
    # Beyond the mask is asked first: sums of sane values cannot overflow after it.
    beyond = (start > h * w) | (length > h * w - start + 1)
    end = np.where(beyond, h * w, start + length - 1)
    late = np.zeros(len(runs), bool)
    late[1:] = start[1:] <= end[:-1]
    bad = (start < 1) | (length < 1) | beyond | late
    if not bad.any():
        return
    i = int(bad.argmax())
    name, first, n = f'run {i + 1}', int(start[i]), int(length[i])
    if first < 1:
        raise ValueError(f'{name} starts at pixel {first:,}; pixels count from 1')
    if n < 1:
        raise ValueError(f'{name} has length {n:,}; the shortest is 1')
    if beyond[i]:
        raise ValueError(f'{name} ends at pixel {first + n - 1:,} of a {h} x {w} mask')
    before = int(start[i - 1])
    if first < before:
        raise ValueError(
            f'{name} is out of order: it starts at pixel {first:,}, '
            f'the run before at {before:,}'
        )
    raise ValueError(
        f'{name} overlaps the run before: it starts at pixel {first:,}, '
        f'that one ends at {int(end[i - 1]):,}'
    )


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
        runs (np.ndarray): (R, 2) runs as `kaggle_to_runs` gives them; R may be 0.
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
        ValueError: if the string is cut short or holds a character that COCO's code
            does not use, or if the counts do not sum to h * w.
    """
    counts = rle['counts']
    if isinstance(counts, str):
        counts = counts.encode('utf-8')
    if isinstance(counts, bytes):
        counts = _undo_differences(_read_groups(counts))
    counts = np.asarray(counts, np.int64)
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
    starts = np.concatenate([[0], np.flatnonzero(last)[:-1] + 1])
    lengths = np.flatnonzero(last) - starts + 1
    if lengths.max() > 8:
        raise ValueError('the compressed RLE has a count beyond 40 bits')
    place = np.arange(len(chars)) - np.repeat(starts, lengths)
    values = np.add.reduceat((chars & 0x1F) << (5 * place), starts)
    negative = (chars[last] & 0x10) != 0
    return values - (negative.astype(np.int64) << (5 * lengths))


def _undo_differences(values: np.ndarray) -> np.ndarray:
    """From the fourth on, COCO's string holds the difference to two counts before."""
    counts = values.copy()
    counts[1::2] = np.cumsum(values[1::2])
    counts[2::2] = np.cumsum(values[2::2])
    return counts


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
    runs = counts_to_runs(decompress_counts(rle))
    return ' '.join(map(str, (runs + [1, 0]).ravel().tolist()))


def runs_area(runs: np.ndarray) -> int:
    """The number of pixels in (R, 2) runs."""
    return int(runs[:, 1].sum())


def runs_bbox(runs: np.ndarray, size: tuple[int, int]) -> list[float]:
    """The box around (R, 2) runs, as pycocotools' ``toBbox`` gives it.

    Args:
        runs (np.ndarray): (R, 2) runs as `kaggle_to_runs` gives them; R may be 0.
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
