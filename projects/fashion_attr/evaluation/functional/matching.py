"""Greedy matching of COCOeval, all thresholds and area ranges in one pass.

COCOeval walks through the detections of an image and category by falling score
and gives each the free ground truth of highest IoU. Here, round r treats the
r-th detection of every image and category at once, for every setting at once.

Letters: N ranked detections, G ground truths, P pairs, A area ranges,
S settings (a threshold on IoU, and one on F1 or none).
"""

from dataclasses import dataclass

import numpy as np

from .overlaps import Pairs

# Area ranges in square pixels, both ends included: all, small, medium, large.
AREA_NAMES = ('all', 'small', 'medium', 'large')
AREA_RANGES = np.array(
    [(0, 1e5**2), (0, 32**2), (32**2, 96**2), (96**2, 1e5**2)], float
)


@dataclass(frozen=True)
class Matches:
    """What became of each detection.

    Attributes:
        matched (np.ndarray): (A, N, S) bool, met a ground truth.
        ignored (np.ndarray): (A, N, S) bool, counts neither for nor against.
        truth (np.ndarray | None): (A, N, S) int32, row of the ground truth met, -1
            for none; only where it was asked for.
    """

    matched: np.ndarray
    ignored: np.ndarray
    truth: np.ndarray | None = None


def outside_areas(areas: np.ndarray) -> np.ndarray:
    """Which areas (in square pixels) lie outside each area range.

    Args:
        areas (np.ndarray): (N,) areas.

    Returns:
        np.ndarray: (A, N) bool.
    """
    low, high = AREA_RANGES[:, :1], AREA_RANGES[:, 1:]
    return (areas[None] < low) | (areas[None] > high)


def match(
    pairs: Pairs,
    rank: np.ndarray,
    allowed: np.ndarray,
    det_outside: np.ndarray,
    gt_ignored: np.ndarray,
    crowd: np.ndarray,
    keep_truth: bool = False,
) -> Matches:
    """Match detections to ground truths as COCOeval.evaluateImg does.

    A detection takes, of the ground truths it is allowed and that are free, one
    that is not ignored before any that is, then the highest IoU, then the later
    one in the file. A crowd stays free.

    Args:
        pairs (Pairs): pairs that can be matched at all.
        rank (np.ndarray): (N,) order of the detections within image and category.
        allowed (np.ndarray): (P, S) bool, pair reaches the setting's thresholds.
        det_outside (np.ndarray): (A, N) bool, detection outside the area range.
        gt_ignored (np.ndarray): (A, G) bool, crowd or outside the area range.
        crowd (np.ndarray): (G,) bool.
        keep_truth (bool): also tell which ground truth each detection met.

    Returns:
        Matches: for every area range and setting.
    """
    (num_areas, num_det), num_settings = det_outside.shape, allowed.shape[1]
    matched = np.zeros((num_areas, num_det, num_settings), bool)
    ignored = np.zeros_like(matched)
    taken = np.zeros((*gt_ignored.shape, num_settings), bool)
    truth = np.full(matched.shape, -1, np.int32) if keep_truth else None
    for area, chosen in _steps(pairs, rank, gt_ignored):
        det, gt = pairs.det[chosen], pairs.gt[chosen]
        new = allowed[chosen] & ~matched[area, det] & ~taken[area, gt]
        matched[area, det] |= new
        taken[area, gt] |= new & ~crowd[gt, None]
        ignored[area, det] |= new & gt_ignored[area, gt][:, None]
        if keep_truth:
            step, setting = np.nonzero(new)
            truth[area[step], det[step], setting] = gt[step]
    ignored |= ~matched & det_outside[:, :, None]
    return Matches(matched, ignored, truth)


def _steps(pairs: Pairs, rank: np.ndarray, gt_ignored: np.ndarray):
    """Yield (area, pair) indices: no detection or ground truth twice in a step.

    A step holds, of the r-th detections of all groups, the p-th choice of each.
    """
    areas, chosen, steps = [], [], []
    for area, ignored in enumerate(gt_ignored):
        order = np.lexsort((-pairs.gt, -pairs.iou, ignored[pairs.gt], pairs.det))
        det = pairs.det[order]
        choice = np.arange(len(det)) - np.searchsorted(det, det)
        areas.append(np.full(len(order), area))
        chosen.append(order)
        steps.append((rank[det], choice))
    areas, chosen = np.concatenate(areas), np.concatenate(chosen)
    round_, choice = (np.concatenate(part) for part in zip(*steps, strict=True))
    order = np.lexsort((choice, round_))
    changes = (np.diff(round_[order]) != 0) | (np.diff(choice[order]) != 0)
    for part in np.split(order, np.flatnonzero(changes) + 1):
        if len(part):
            yield areas[part], chosen[part]
