"""Average precision and recall of matched detections, as COCOeval.accumulate.

Letters: N detections, K categories, A area ranges, S settings, M limits on the
number of detections per image and category, R = 101 recall points.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .matching import Matches

RECALL_POINTS = np.linspace(0, 1, 101)
ABSENT = -1.0  # COCOeval's answer where there is nothing to find


@dataclass(frozen=True)
class Curves:
    """Average precision and recall; -1 where a category has no object.

    Attributes:
        precision (np.ndarray): (A, S, K) float64, mean over the recall points.
        recall (np.ndarray): (A, S, K, M) float64.
    """

    precision: np.ndarray
    recall: np.ndarray


def accumulate(
    matches: Matches,
    det_category: np.ndarray,
    det_rank: np.ndarray,
    num_objects: np.ndarray,
    max_dets: Sequence[int],
) -> Curves:
    """Turn matches into average precision and recall of each category.

    Args:
        matches (Matches): of detections sorted by category, then falling score.
        det_category (np.ndarray): (N,) ascending category index.
        det_rank (np.ndarray): (N,) place within image and category.
        num_objects (np.ndarray): (A, K) objects that are not ignored.
        max_dets (Sequence[int]): M limits for recall; precision takes them all.

    Returns:
        Curves: per area range, setting and category.
    """
    num_areas, num_categories = num_objects.shape
    num_settings = matches.matched.shape[2]
    precision = np.full((num_areas, num_settings, num_categories), ABSENT)
    recall = np.full((*precision.shape, len(max_dets)), ABSENT)
    hit = matches.matched & ~matches.ignored
    bounds = np.searchsorted(det_category, np.arange(num_categories + 1))
    for k in range(num_categories):
        rows = slice(bounds[k], bounds[k + 1])
        present = np.flatnonzero(num_objects[:, k])
        total = num_objects[present, k]
        hits, counts = hit[present, rows], ~matches.ignored[present, rows]
        precision[present, :, k] = _precision(hits, counts, total)
        for m, max_det in enumerate(max_dets):
            found = hits[:, det_rank[rows] < max_det].sum(1)
            recall[present, :, k, m] = found / total[:, None]
    return Curves(precision, recall)


def mean_present(values: np.ndarray) -> float:
    """Mean over all entries but those of absent categories; -1 where all are."""
    values = values[values > ABSENT]
    return float(values.mean()) if values.size else ABSENT


def _precision(hits: np.ndarray, counts: np.ndarray, total: np.ndarray) -> np.ndarray:
    """(A, S) mean interpolated precision of one category.

    Precision only peaks at hits, so the envelope is built over hits alone; at
    the c-th hit recall is c / total.

    Args:
        hits (np.ndarray): (A, D, S) bool, true positives by falling score.
        counts (np.ndarray): (A, D, S) bool, not ignored.
        total (np.ndarray): (A,) objects to find, at least 1 each.
    """
    num_areas, _, num_settings = hits.shape
    nth_hit = hits.cumsum(1, dtype=np.int32)
    nth_det = counts.cumsum(1, dtype=np.int32)
    at_hit = np.zeros((num_areas, total.max(initial=0), num_settings))
    area, det, setting = np.nonzero(hits)
    nth = nth_hit[area, det, setting]
    # COCOeval guards the division with spacing(1); the same digits need the same.
    seen = nth_det[area, det, setting] + np.spacing(1)
    at_hit[area, nth - 1, setting] = nth / seen
    envelope = np.maximum.accumulate(at_hit[:, ::-1], axis=1)[:, ::-1]
    result = np.empty((num_areas, num_settings))
    for a, objects in enumerate(total):
        needed = np.searchsorted(np.arange(objects + 1) / objects, RECALL_POINTS)
        result[a] = envelope[a, np.maximum(needed, 1) - 1].mean(0)
    return result
