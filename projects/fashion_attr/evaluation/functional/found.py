"""Detections that found their object: there, attributes can be told right or wrong.

Letters: M detections that found an object, L attributes.
"""

from dataclasses import dataclass

import numpy as np

from .ground_truth import GroundTruth
from .matching import match
from .overlaps import Pairs, overlapping_pairs, rank_detections
from .predictions import Predictions


@dataclass(frozen=True)
class Found:
    """Pairs of a detection and the object that it found.

    Attributes:
        det (np.ndarray): (M,) rows of the predictions.
        gt (np.ndarray): (M,) rows of the ground truth, none twice.
    """

    det: np.ndarray
    gt: np.ndarray


def found_objects(
    gt: GroundTruth,
    predictions: Predictions,
    iou_type: str = 'segm',
    min_iou: float = 0.5,
    score_thr: float = 0.0,
    max_det: int = 100,
) -> Found:
    """Match detections to objects of their class as COCO does, attributes apart.

    Args:
        gt (GroundTruth): ground truth.
        predictions (Predictions): detections.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        min_iou (float): least IoU.
        score_thr (float): least score of a detection that counts.
        max_det (int): limit on detections per image and category.

    Returns:
        Found: without crowds.

    Raises:
        ValueError: for another ``iou_type``, or where masks are missing.
    """
    ranked = rank_detections(predictions, max_det, len(gt.category_ids), score_thr)
    pairs = overlapping_pairs(gt, predictions, ranked, iou_type, min_iou)
    truth = matched_objects(gt, pairs, ranked.rank, np.ones(len(pairs.det), bool))
    hit = np.flatnonzero(truth >= 0)
    hit = hit[~gt.crowd[truth[hit]]]
    return Found(ranked.index[hit], truth[hit])


def matched_objects(
    gt: GroundTruth, pairs: Pairs, rank: np.ndarray, allowed: np.ndarray
) -> np.ndarray:
    """Match ranked detections as COCO does, over objects of all sizes.

    Args:
        gt (GroundTruth): ground truth.
        pairs (Pairs): (P,) pairs that overlap enough.
        rank (np.ndarray): (D,) rank of each detection in its image and category.
        allowed (np.ndarray): (P,) bool, the pairs that may be matched.

    Returns:
        np.ndarray: (D,) int64 rows of the objects met, crowds too; -1 for none.
    """
    inside = np.zeros((1, len(rank)), bool)
    met = match(
        pairs, rank, allowed[:, None], inside, gt.crowd[None], gt.crowd, keep_truth=True
    )
    return met.truth[0, :, 0].astype(np.int64)


def found_with_attributes(found: Found, gt: GroundTruth) -> Found:
    """Those whose object has attributes; the others have nothing to get right.

    Args:
        found (Found): pairs.
        gt (GroundTruth): ground truth.

    Returns:
        Found: some of them.
    """
    kept = gt.attributes[found.gt].any(1)
    return Found(found.det[kept], found.gt[kept])
