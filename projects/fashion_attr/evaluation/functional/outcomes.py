"""What became of each detection and each object at one threshold.

A detection is a **hit** if f1AP counts it as one: IoU and F1 of the attributes reach
the threshold with an object of its class. Of the rest, one **lacks attributes**
whose IoU reaches the threshold with an object of its class that nobody has hit. All
others are **wrong**, and objects that no detection found **missed**.

Letters: N detections, G objects.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from .found import matched_objects
from .ground_truth import GroundTruth
from .overlaps import overlapping_pairs, rank_detections
from .predictions import Predictions
from .set_f1 import paired_set_f1


class Outcome(IntEnum):
    """Of a detection or an object."""

    IGNORED = -1  # a crowd, what found one, or a detection below the score
    WRONG = 0  # of an object: missed
    POOR_ATTRIBUTES = 1
    HIT = 2


@dataclass(frozen=True)
class Outcomes:
    """Of all detections and objects.

    Attributes:
        detections (np.ndarray): (N,) values of :class:`Outcome`.
        objects (np.ndarray): (G,) values of :class:`Outcome`.
        truth (np.ndarray): (N,) row of the object that was found, -1 for none.
    """

    detections: np.ndarray
    objects: np.ndarray
    truth: np.ndarray

    def found_by(self) -> np.ndarray:
        """(G,) row of the detection that found each object, -1 for none."""
        found = np.full(len(self.objects), -1)
        rows = np.flatnonzero(self.truth >= 0)
        found[self.truth[rows]] = rows
        return found


def outcomes(
    gt: GroundTruth,
    predictions: Predictions,
    iou_type: str = 'segm',
    threshold: float = 0.5,
    score_thr: float = 0.0,
    max_det: int = 100,
) -> Outcomes:
    """Match detections to objects as f1AP does at one threshold.

    Args:
        gt (GroundTruth): ground truth.
        predictions (Predictions): detections.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        threshold (float): least IoU, and least F1 of a hit.
        score_thr (float): least score of a detection that counts.
        max_det (int): limit on detections per image and category.

    Returns:
        Outcomes: in the order of predictions and ground truth.

    Raises:
        ValueError: for another ``iou_type``, or where masks are missing.
    """
    ranked = rank_detections(predictions, max_det, len(gt.category_ids), score_thr)
    pairs = overlapping_pairs(gt, predictions, ranked, iou_type, threshold)
    f1 = paired_set_f1(
        predictions.attributes, gt.attributes, ranked.index[pairs.det], pairs.gt
    )
    hit = matched_objects(gt, pairs, ranked.rank, f1 >= threshold)
    taken = np.zeros(len(gt.image), bool)
    taken[hit[hit >= 0]] = True
    left = (hit[pairs.det] < 0) & ~taken[pairs.gt] & ~gt.crowd[pairs.gt]
    near = matched_objects(gt, pairs, ranked.rank, left)
    truth = np.maximum(hit, near)
    kind = np.where(hit >= 0, Outcome.HIT, Outcome.WRONG)
    kind[near >= 0] = Outcome.POOR_ATTRIBUTES
    kind[np.append(gt.crowd, False)[truth]] = Outcome.IGNORED
    return _by_row(gt, len(predictions.scores), ranked.index, kind, truth)


def _by_row(gt: GroundTruth, number: int, index, kind, truth) -> Outcomes:
    detections = np.full(number, Outcome.IGNORED, np.int64)
    detections[index] = kind
    objects = np.where(gt.crowd, Outcome.IGNORED, Outcome.WRONG).astype(np.int64)
    found = np.flatnonzero(kind > Outcome.WRONG)
    objects[truth[found]] = kind[found]
    rows = np.full(number, -1)
    rows[index[found]] = truth[found]
    return Outcomes(detections, objects, rows)
