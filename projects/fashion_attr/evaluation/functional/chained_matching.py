"""Greedy matching of FPEval: IoU and F1 have to rise together.

FPEval walks, for each detection by falling score, through the free ground truths
in the order of the file (ignored ones last) and moves on to a later one only if
neither its IoU nor its F1 is below that of the one held so far. So the order of
the file decides, not the best IoU. Crowds can be taken once.

All settings are done at once as bits of machine words, and the r-th detections of
all images and categories together.

Letters: N ranked detections, G ground truths, P pairs, A area ranges, S settings
(a threshold on IoU and one on F1), W words that hold S bits, R rows of a round (an
area range and a detection), C candidates of a row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .matching import Matches
from .overlaps import Pairs

_WORD_BYTES = 8


def match_chained(
    pairs: Pairs,
    f1: np.ndarray,
    rank: np.ndarray,
    allowed: np.ndarray,
    det_outside: np.ndarray,
    gt_ignored: np.ndarray,
) -> Matches:
    """Match detections to ground truths as FPEval.evaluateImg does.

    Args:
        pairs (Pairs): all pairs of an image and category, even without overlap.
        f1 (np.ndarray): (P,) float64, F1 of the attributes of each pair.
        rank (np.ndarray): (N,) order of the detections within image and category.
        allowed (np.ndarray): (P, S) bool, pair reaches the setting's thresholds.
        det_outside (np.ndarray): (A, N) bool, detection outside the area range.
        gt_ignored (np.ndarray): (A, G) bool, crowd or outside the area range.

    Returns:
        Matches: for every area range and setting.
    """
    words = _pack(allowed)
    taken = np.zeros((*gt_ignored.shape, words.shape[1]), words.dtype)
    matched = np.zeros((*det_outside.shape, words.shape[1]), words.dtype)
    ignored = np.zeros_like(matched)
    for rows in _rounds(pairs, rank, gt_ignored):
        held, proper = _chains(rows, pairs, f1, words, gt_ignored, taken)
        every = np.bitwise_or.reduce(held, axis=1)
        matched[rows.area, rows.det] = every
        ignored[rows.area, rows.det] = every & ~proper
    num_settings = allowed.shape[1]
    matched = _unpack(matched, num_settings)
    ignored = _unpack(ignored, num_settings)
    ignored |= ~matched & det_outside[:, :, None]
    return Matches(matched, ignored)


@dataclass(frozen=True)
class _Rows:
    """One round: at most one detection of an area range, image and category.

    Rows come by falling number of candidates, so that the rows with a p-th
    candidate are the first ``with_place[p]``.
    """

    area: np.ndarray  # (R,)
    det: np.ndarray  # (R,)
    candidates: np.ndarray  # (R, C) pairs in the order tried, 0 beyond the last
    with_place: list[int]  # C


def _rounds(pairs: Pairs, rank: np.ndarray, gt_ignored: np.ndarray) -> Iterator[_Rows]:
    """The detections by rank, with the pairs that each tries, in order."""
    order, area, start, count = _candidates(pairs, gt_ignored)
    det = pairs.det[order[start]]
    by_rank = np.lexsort((-count, rank[det]))
    changes = np.flatnonzero(np.diff(rank[det][by_rank])) + 1
    for rows in np.split(by_rank, changes):
        if not len(rows):
            continue
        places = np.arange(count[rows[0]])
        exists = places < count[rows, None]
        where = np.where(exists, start[rows, None] + places, 0)
        yield _Rows(area[rows], det[rows], order[where], exists.sum(0).tolist())


def _candidates(pairs: Pairs, gt_ignored: np.ndarray):
    """Pairs sorted by area range, detection and the order tried; and each run.

    Returns:
        tuple: (A * P,) pairs; for each run of an area range and detection its area
        range, its start and its length.
    """
    num_areas, num_pairs = len(gt_ignored), len(pairs.det)
    orders = [
        np.lexsort((pairs.gt, ignored[pairs.gt], pairs.det)) for ignored in gt_ignored
    ]
    sorted_det = np.sort(pairs.det)
    first = np.flatnonzero(np.diff(sorted_det, prepend=-1))
    count = np.diff(first, append=num_pairs)
    area = np.repeat(np.arange(num_areas), len(first))
    start = np.tile(first, num_areas) + area * num_pairs
    return np.concatenate(orders), area, start, np.tile(count, num_areas)


def _chains(rows, pairs, f1, words, gt_ignored, taken) -> tuple[np.ndarray, np.ndarray]:
    """Let each row try its candidates, and take what it holds in the end.

    Returns:
        tuple[np.ndarray, np.ndarray]: (R, C, W) the settings in which each candidate
        is held; (R, W) those in which a row holds one that is not ignored.
    """
    held = np.zeros((*rows.candidates.shape, words.shape[1]), words.dtype)
    proper = np.zeros((len(rows.det), words.shape[1]), words.dtype)
    for place, num in enumerate(rows.with_place):
        pair, area = rows.candidates[:num, place], rows.area[:num]
        gt = pairs.gt[pair]
        skipped = gt_ignored[area, gt][:, None]
        new = words[pair] & ~taken[area, gt]
        if place:
            earlier = rows.candidates[:num, :place]
            rises = (pairs.iou[pair, None] >= pairs.iou[earlier]) & (
                f1[pair, None] >= f1[earlier]
            )
            before = held[:num, :place]
            kept = np.where(rises[..., None], 0, before)
            new &= ~np.bitwise_or.reduce(kept, axis=1)
            new &= ~np.where(skipped, proper[:num], 0)
            before &= ~new[:, None]
        held[:num, place] = new
        proper[:num] |= np.where(skipped, 0, new)
    for place, num in enumerate(rows.with_place):
        area, gt = rows.area[:num], pairs.gt[rows.candidates[:num, place]]
        taken[area, gt] |= held[:num, place]
    return held, proper


def _pack(bits: np.ndarray) -> np.ndarray:
    """(P, S) bool as (P, W) uint64."""
    packed = np.packbits(bits, axis=1)
    missing = -packed.shape[1] % _WORD_BYTES
    return np.pad(packed, ((0, 0), (0, missing))).view(np.uint64)


def _unpack(words: np.ndarray, num_settings: int) -> np.ndarray:
    """(A, N, W) uint64 as (A, N, S) bool."""
    packed = words.view(np.uint8)
    return np.unpackbits(packed, axis=2, count=num_settings).view(bool)
