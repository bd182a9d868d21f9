"""A score by category, supercategory and attribute.

Letters: K categories, L attributes, M detections that found an object.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .average_precision import ABSENT, Curves, mean_present
from .coco_f1 import THRESHOLDS, f1_curves
from .constant import constant_matrix
from .found import Found, found_objects, found_with_attributes
from .ground_truth import GroundTruth
from .overlaps import rank_detections
from .predictions import Predictions

_PLAIN = slice(0, len(THRESHOLDS))
_MASKED = slice(len(THRESHOLDS), 2 * len(THRESHOLDS))
_CONSTANT = slice(2 * len(THRESHOLDS), 3 * len(THRESHOLDS))
_AT_75 = 5  # place of .75 among the thresholds


@dataclass(frozen=True)
class Breakdown:
    """Three tables, each a list of rows of the same keys, highest score first.

    Attributes:
        categories (list[dict]): ``category``, ``objects``, ``detections``, ``AP``,
            ``AP50``, ``AP75``, ``f1AP``, ``f1AP50``, ``f1AP75``, ``AR@100``.
        supercategories (list[dict]): the same with means over their categories, and
            ``categories``, how many of them have objects.
        attributes (list[dict]): ``attribute``, ``objects`` that have it, ``found``,
            of those, ``predicted`` on detections that found an object with
            attributes, ``AP``, ``precision``, ``recall``, ``F1`` there.
    """

    categories: list[dict]
    supercategories: list[dict]
    attributes: list[dict]

    def tables(self) -> dict[str, list[dict]]:
        """The tables by name."""
        return dict(
            categories=self.categories,
            supercategories=self.supercategories,
            attributes=self.attributes,
        )


def break_down(
    gt: GroundTruth,
    predictions: Predictions,
    iou_type: str = 'segm',
    score_thr: float = 0.0,
    max_det: int = 100,
    constant: Mapping[int, Sequence[int]] | None = None,
) -> Breakdown:
    """Take a score apart.

    AP of an attribute ranks the detections that found an object with attributes
    (its class, IoU >= .5) by their score for it; -1 without ``attr_scores``.
    Precision, recall and F1 are of the attribute sets of the same detections. -1
    stands wherever there is nothing to find.

    Args:
        gt (GroundTruth): ground truth.
        predictions (Predictions): detections.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        score_thr (float): least score of a detection that counts.
        max_det (int): limit on detections per image and category.
        constant (Mapping | None): the constant predictor, see ``evaluate_coco_f1``;
            its ``f1AP_constant`` then stands in the first two tables.

    Returns:
        Breakdown: the tables.

    Raises:
        ValueError: for another ``iou_type``, or where masks are missing.
    """
    ranked = rank_detections(predictions, max_det, len(gt.category_ids), score_thr)
    sets = [predictions.attributes[ranked.index]]
    if constant is not None:
        table = constant_matrix(constant, gt.category_ids, gt.attribute_ids)
        sets.append(table[predictions.category[ranked.index]])
    curves = f1_curves(gt, predictions, ranked, sets, iou_type, max_dets=(max_det,))
    detected = np.bincount(
        predictions.category[ranked.index], minlength=len(gt.category_ids)
    )
    found = found_objects(
        gt, predictions, iou_type, score_thr=score_thr, max_det=max_det
    )
    return Breakdown(
        _sorted(_categories(gt, curves, detected, max_det), 'f1AP'),
        _sorted(_supercategories(gt, curves, detected, max_det), 'f1AP'),
        _sorted(_attributes(gt, predictions, found), 'F1'),
    )


def average_precision(scores: np.ndarray, positive: np.ndarray) -> float:
    """AP of a ranking: the mean precision at its positives.

    Equal scores are one step of the ranking, as in scikit-learn's
    ``average_precision_score``.

    Args:
        scores (np.ndarray): (M,) scores.
        positive (np.ndarray): (M,) bool.

    Returns:
        float: in [0, 1]; -1 where nothing is positive.
    """
    if not positive.any():
        return ABSENT
    order = np.argsort(-scores, kind='stable')
    scores, hits = scores[order], positive[order].cumsum()
    ends = np.flatnonzero(np.append(np.diff(scores) != 0, True))
    gained = np.diff(hits[ends], prepend=0)
    return float((gained * hits[ends] / (ends + 1)).sum() / hits[-1])


def _categories(gt, curves: Curves, detected, max_det: int) -> list[dict]:
    objects = np.bincount(gt.category[~gt.crowd], minlength=len(gt.category_ids))
    return [
        dict(category=name, objects=int(objects[k]), detections=int(detected[k]))
        | _scores(curves, [k], max_det)
        for k, name in enumerate(gt.category_names)
    ]


def _supercategories(gt, curves: Curves, detected, max_det: int) -> list[dict]:
    objects = np.bincount(gt.category[~gt.crowd], minlength=len(gt.category_ids))
    rows = []
    for name in sorted(set(gt.supercategories)):
        members = [k for k, other in enumerate(gt.supercategories) if other == name]
        counts = dict(
            categories=int((objects[members] > 0).sum()),
            objects=int(objects[members].sum()),
            detections=int(detected[members].sum()),
        )
        scores = _scores(curves, members, max_det)
        rows.append({'supercategory': name} | counts | scores)
    return rows


def _scores(curves: Curves, categories: Sequence[int], max_det: int) -> dict:
    precision, recall = curves.precision[0][:, categories], curves.recall[0]
    scores = {}
    for name, settings in (('AP', _PLAIN), ('f1AP', _MASKED)):
        values = precision[settings]
        scores[name] = mean_present(values)
        scores[f'{name}50'] = mean_present(values[0])
        scores[f'{name}75'] = mean_present(values[_AT_75])
    if len(precision) > _CONSTANT.start:
        scores['f1AP_constant'] = mean_present(precision[_CONSTANT])
    scores[f'AR@{max_det}'] = mean_present(recall[_PLAIN][:, categories])
    return scores


def _attributes(gt: GroundTruth, predictions: Predictions, found: Found) -> list[dict]:
    objects = gt.attributes[~gt.crowd].sum(0)
    found = found_with_attributes(found, gt)
    truth, said = gt.attributes[found.gt], predictions.attributes[found.det]
    ap = np.full(len(gt.attribute_ids), ABSENT)
    if predictions.attr_scores is not None:
        scores = predictions.attr_scores[found.det]
        ap = list(map(average_precision, scores.T, truth.T))
    names = gt.attribute_names or tuple(map(str, gt.attribute_ids))
    columns = (names, objects, truth.sum(0), said.sum(0), (truth & said).sum(0), ap)
    return [_attribute(*values) for values in zip(*columns, strict=True)]


def _attribute(name, objects, found, predicted, right, ap) -> dict:
    return dict(
        attribute=name,
        objects=int(objects),
        found=int(found),
        predicted=int(predicted),
        AP=float(ap),
        precision=float(right / predicted) if predicted else ABSENT,
        recall=float(right / found) if found else ABSENT,
        F1=float(2 * right / (predicted + found)) if found else ABSENT,
    )


def _sorted(rows: list[dict], score: str) -> list[dict]:
    """Highest first, of equal ones the one with more objects; what is absent last."""
    return sorted(rows, key=lambda row: (-row[score], -row['objects']))
