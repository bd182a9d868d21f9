"""f1AP over a grid of attribute and class thresholds, from one test run.

The overlaps do not depend on either threshold, so they are computed once. An
attribute threshold changes which pairs may match: each takes a matching. A class
threshold changes nothing before its detection, as detections are matched by
falling score: each is a prefix of the ranked list.

Source: Gupta, Subramanian, Wu, "Convolutional Neural Networks for Visual Analysis
of Clothing", Fig. 7 and 8.

Letters: T attribute thresholds, C class thresholds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .attribute_scores import above_threshold
from .average_precision import accumulate, mean_present
from .coco_f1 import PAIRINGS, THRESHOLDS, threshold_pairs
from .constant import constant_matrix
from .ground_truth import GroundTruth
from .matching import Matches, match
from .overlaps import Pairs, RankedDetections, overlapping_pairs, rank_detections
from .predictions import Predictions
from .set_f1 import paired_set_f1

ATTR_THRESHOLDS = tuple(round(0.05 * n, 2) for n in range(20))
SCORE_THRESHOLDS = tuple(round(0.1 * n, 1) for n in range(10))


@dataclass(frozen=True)
class Sweep:
    """Scores of a grid of thresholds.

    Attributes:
        iou_type (str): ``'segm'`` or ``'bbox'``.
        attr_thresholds (tuple[float, ...]): T least attribute scores.
        score_thresholds (tuple[float, ...]): C least class scores.
        f1ap (np.ndarray): (T, C) float64; -1 where there is nothing to find.
        ap (np.ndarray): (C,) float64, AP without attributes.
        constant (np.ndarray | None): (C,) float64, f1AP of the constant predictor.
    """

    iou_type: str
    attr_thresholds: tuple[float, ...]
    score_thresholds: tuple[float, ...]
    f1ap: np.ndarray
    ap: np.ndarray
    constant: np.ndarray | None = None

    @property
    def best(self) -> tuple[float, float, float]:
        """The highest f1AP, and its attribute and class threshold."""
        row, column = np.unravel_index(np.argmax(self.f1ap), self.f1ap.shape)
        thresholds = self.attr_thresholds[row], self.score_thresholds[column]
        return float(self.f1ap[row, column]), *thresholds

    def grid(self) -> list[dict]:
        """Rows to print: AP, the constant predictor's f1AP, then f1AP by attribute
        threshold, a column a class threshold."""
        heads = [f'score {threshold:g}' for threshold in self.score_thresholds]
        names = ['AP'] + ['f1AP, constant'] * (self.constant is not None)
        names += [f'f1AP, attr {t:g}' for t in self.attr_thresholds]
        constant = [] if self.constant is None else [self.constant]
        figures = np.vstack([self.ap, *constant, self.f1ap]).tolist()
        return [
            {self.iou_type: name} | dict(zip(heads, row, strict=True))
            for name, row in zip(names, figures, strict=True)
        ]

    def rows(self) -> list[dict]:
        """One row a setting, T * C of them, at full precision."""
        columns = [dict(AP=float(ap)) for ap in self.ap]
        if self.constant is not None:
            for column, value in zip(columns, self.constant, strict=True):
                column['f1AP_constant'] = float(value)
        return [
            dict(attr_thr=a, score_thr=s, f1AP=float(f1ap)) | column
            for a, line in zip(self.attr_thresholds, self.f1ap, strict=True)
            for s, f1ap, column in zip(
                self.score_thresholds, line, columns, strict=True
            )
        ]


def sweep(
    gt: GroundTruth,
    predictions: Predictions,
    iou_type: str = 'segm',
    attr_thresholds: Sequence[float] = ATTR_THRESHOLDS,
    score_thresholds: Sequence[float] = SCORE_THRESHOLDS,
    pairs: str = 'diagonal',
    max_det: int = 100,
    constant: Mapping[int, Sequence[int]] | None = None,
) -> Sweep:
    """Evaluate every pair of an attribute and a class threshold.

    Each figure is the one that ``evaluate_coco_f1`` gives with these thresholds.

    Args:
        gt (GroundTruth): ground truth.
        predictions (Predictions): detections that kept their ``attr_scores``.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        attr_thresholds (Sequence[float]): T least attribute scores.
        score_thresholds (Sequence[float]): C least class scores.
        pairs (str): ``'diagonal'`` or ``'grid'``, see ``evaluate_coco_f1``.
        max_det (int): limit on detections per image and category.
        constant (Mapping | None): the constant predictor, see ``evaluate_coco_f1``.

    Returns:
        Sweep: the grid.

    Raises:
        ValueError: for an unknown option, no threshold, or predictions without
            attribute scores.
    """
    _check(attr_thresholds, score_thresholds, pairs)
    scores = predictions.require_attr_scores()
    lowest = min(score_thresholds)
    ranked = rank_detections(predictions, max_det, len(gt.category_ids), lowest)
    found = overlapping_pairs(gt, predictions, ranked, iou_type, THRESHOLDS[0])
    paired, row = np.unique(found.det, return_inverse=True)
    paired = ranked.index[paired]
    scores, category = scores[paired], predictions.category[paired]
    iou_thr, f1_thr = threshold_pairs(pairs)
    reach_iou = found.iou[:, None] >= iou_thr

    def f1ap(sets: np.ndarray) -> np.ndarray:
        f1 = paired_set_f1(sets, gt.attributes, row, found.gt)
        allowed = reach_iou & (f1[:, None] >= f1_thr)
        return _prefixes(gt, predictions, ranked, found, allowed, score_thresholds)

    grid = np.stack(
        [f1ap(above_threshold(scores, category, thr)) for thr in attr_thresholds]
    )
    fixed = None
    if constant is not None:
        table = constant_matrix(constant, gt.category_ids, gt.attribute_ids)
        fixed = f1ap(table[category])
    plain = found.iou[:, None] >= THRESHOLDS
    ap = _prefixes(gt, predictions, ranked, found, plain, score_thresholds)
    return Sweep(
        iou_type, tuple(attr_thresholds), tuple(score_thresholds), grid, ap, fixed
    )


def _check(attr_thresholds, score_thresholds, pairs: str) -> None:
    if pairs not in PAIRINGS:
        raise ValueError(f'pairs is one of {PAIRINGS}, got {pairs!r}')
    if not len(attr_thresholds) or not len(score_thresholds):
        raise ValueError('a sweep takes at least one threshold of each kind')


def _prefixes(
    gt: GroundTruth,
    predictions: Predictions,
    ranked: RankedDetections,
    found: Pairs,
    allowed: np.ndarray,
    score_thresholds: Sequence[float],
) -> np.ndarray:
    """(C,) AP over all areas of the detections that reach each class threshold."""
    inside = np.zeros((1, len(ranked.index)), bool)
    matches = match(found, ranked.rank, allowed, inside, gt.crowd[None], gt.crowd)
    num_objects = np.bincount(gt.category[~gt.crowd], minlength=len(gt.category_ids))[
        None
    ]
    category = predictions.category[ranked.index]
    scores = predictions.scores[ranked.index]
    result = np.empty(len(score_thresholds))
    for n, threshold in enumerate(score_thresholds):
        kept = scores >= threshold
        part = Matches(matches.matched[:, kept], matches.ignored[:, kept])
        curves = accumulate(part, category[kept], ranked.rank[kept], num_objects, ())
        result[n] = mean_present(curves.precision)
    return result
