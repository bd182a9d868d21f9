"""Where points are lost: f1AP with one kind of error repaired at a time.

At each threshold t of .50:.05:.95, IoU and F1 alike, a detection that is no hit is
of the first of these kinds that fits::

    poor attributes   IoU >= t with an object of its class that nobody hit, but F1 < t
    duplicate         IoU >= t with an object of its class that another one hit
    wrong class       IoU >= t with an object of another class
    poor mask         IoU >= .1 with an object of its class
    background        the rest

and an object that is neither hit nor the aim of one of the errors is missed.
Repairing an error alone makes a hit of its detection, if nothing else is wrong: an
object is hit once, by the detection of highest score that aims at it (the others are
taken away), and where class or mask were repaired, F1 still has to reach t.
Duplicates and background are taken away; a missed object is found by a detection of
the highest score. So no repair can lower the score.

Source of the idea: Bolya, Foley, Hays, Hoffman, "TIDE: A General Toolbox for
Identifying Object Detection Errors", ECCV 2020.

Letters: N ranked detections, P pairs, G objects.
"""

from dataclasses import dataclass

import numpy as np

from .average_precision import accumulate, mean_present
from .coco_f1 import THRESHOLDS
from .ground_truth import GroundTruth
from .matching import Matches, match
from .overlaps import (
    Pairs,
    RankedDetections,
    image_pairs,
    overlapping_pairs,
    rank_detections,
)
from .predictions import Predictions
from .set_f1 import paired_set_f1

KINDS = (
    'missed',
    'wrong class',
    'poor mask',
    'poor attributes',
    'duplicate',
    'background',
)
_AIMS = ('wrong class', 'poor mask', 'poor attributes')
_NEAR = 0.1  # least IoU of a poor mask with its object, as in TIDE


@dataclass(frozen=True)
class _Outcome:
    """What became of the detections at one threshold.

    kind holds positions in KINDS, -1 for what is no error; aim the pair with the
    object that an error aims at, -1 for none.
    """

    hit: np.ndarray  # (N,) bool
    ignored: np.ndarray  # (N,) bool
    taken: np.ndarray  # (G,) bool
    kind: np.ndarray  # (N,) int
    aim: np.ndarray  # (N,) int
    missed: np.ndarray  # rows of objects


@dataclass(frozen=True)
class _Scene:
    """What all thresholds share; pairs are sorted by falling IoU."""

    gt: GroundTruth
    category: np.ndarray  # (N,)
    scores: np.ndarray  # (N,)
    near: Pairs
    same: np.ndarray  # (P,) bool, of one category
    f1: np.ndarray  # (P,)
    truth: np.ndarray  # (N, thresholds) row of the object hit, -1 for none


def lost_points(
    gt: GroundTruth,
    predictions: Predictions,
    iou_type: str = 'segm',
    score_thr: float = 0.0,
    max_det: int = 100,
) -> list[dict]:
    """What each kind of error costs.

    Args:
        gt (GroundTruth): ground truth.
        predictions (Predictions): detections.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        score_thr (float): least score of a detection that counts.
        max_det (int): limit on detections per image and category.

    Returns:
        list[dict]: one row a kind, dearest first: ``error``, ``at .50`` (errors at
        that threshold), ``mean`` (errors, over the ten thresholds), ``f1AP`` (when
        that kind alone is repaired), ``cost`` (how much more that is).

    Raises:
        ValueError: for another ``iou_type``, or where masks are missing.
    """
    scene = _scene(gt, predictions, iou_type, score_thr, max_det)
    counts = np.zeros((len(KINDS), len(THRESHOLDS)), np.int64)
    ap = np.zeros((len(KINDS) + 1, len(THRESHOLDS)))
    for t in range(len(THRESHOLDS)):
        outcome = _outcome(scene, t)
        counts[:, t] = np.bincount(outcome.kind[outcome.kind >= 0], minlength=6)
        counts[0, t] = len(outcome.missed)
        for n, kind in enumerate((*KINDS, None)):
            ap[n, t] = _repaired(scene, outcome, kind, THRESHOLDS[t])
    f1ap = ap.mean(1)
    rows = [
        {
            'error': kind,
            'at .50': int(counts[n, 0]),
            'mean': float(counts[n].mean()),
            'f1AP': float(f1ap[n]),
            'cost': float(f1ap[n] - f1ap[-1]),
        }
        for n, kind in enumerate(KINDS)
    ]
    return sorted(rows, key=lambda row: -row['cost'])


def _scene(gt, predictions, iou_type, score_thr, max_det) -> _Scene:
    ranked = rank_detections(predictions, max_det, len(gt.category_ids), score_thr)
    near = image_pairs(gt, predictions, ranked, iou_type, _NEAR)
    order = np.argsort(-near.iou, kind='stable')
    order = order[~gt.crowd[near.gt[order]]]
    near = Pairs(near.det[order], near.gt[order], near.iou[order])
    sets, category = predictions.attributes, predictions.category[ranked.index]
    f1 = paired_set_f1(sets, gt.attributes, ranked.index[near.det], near.gt)
    truth = _hits(gt, predictions, ranked, iou_type)
    same = category[near.det] == gt.category[near.gt]
    return _Scene(gt, category, predictions.scores[ranked.index], near, same, f1, truth)


def _hits(gt, predictions, ranked: RankedDetections, iou_type: str) -> np.ndarray:
    """(N, thresholds) row of the object that each detection hits, -1 for none."""
    found = overlapping_pairs(gt, predictions, ranked, iou_type, THRESHOLDS[0])
    index = ranked.index[found.det]
    f1 = paired_set_f1(predictions.attributes, gt.attributes, index, found.gt)
    allowed = np.minimum(found.iou, f1)[:, None] >= THRESHOLDS
    inside = np.zeros((1, len(ranked.index)), bool)
    crowd = gt.crowd
    matches = match(found, ranked.rank, allowed, inside, crowd[None], crowd, True)
    return matches.truth[0]


def _outcome(scene: _Scene, t: int) -> _Outcome:
    """Sort the errors at the t-th threshold into kinds."""
    truth, near, threshold = scene.truth[:, t], scene.near, THRESHOLDS[t]
    matched = np.flatnonzero(truth >= 0)
    crowd = scene.gt.crowd[truth[matched]]
    hit, ignored = np.zeros((2, len(truth)), bool)
    hit[matched[~crowd]] = True
    ignored[matched[crowd]] = True
    taken = np.zeros(len(scene.gt.image), bool)
    taken[truth[hit]] = True
    kind, aim = np.full((2, len(truth)), -1)
    close = near.iou >= threshold
    rules = (
        ('poor attributes', scene.same & close & ~taken[near.gt]),
        ('duplicate', scene.same & close),
        ('wrong class', ~scene.same & close),
        ('poor mask', scene.same),
    )
    left = ~hit & ~ignored
    for name, fits in rules:
        pairs = np.flatnonzero(fits & left[near.det])
        det, first = np.unique(near.det[pairs], return_index=True)
        kind[det], aim[det] = KINDS.index(name), pairs[first]
        left[det] = False
    kind[left] = KINDS.index('background')
    aimed = np.isin(kind, [KINDS.index(name) for name in _AIMS])
    seen = taken | scene.gt.crowd
    seen[near.gt[aim[aimed]]] = True
    return _Outcome(hit, ignored, taken, kind, aim, np.flatnonzero(~seen))


def _repaired(scene: _Scene, outcome: _Outcome, kind: str | None, threshold) -> float:
    """AP at one threshold with one kind of error repaired, or none."""
    category, hit = scene.category.copy(), outcome.hit.copy()
    kept = np.ones(len(hit), bool)
    if kind in ('duplicate', 'background'):
        kept &= outcome.kind != KINDS.index(kind)
    elif kind in _AIMS:
        fixed, spare = _claims(scene, outcome, kind, threshold)
        hit[fixed], kept[spare] = True, False
        category[fixed] = scene.gt.category[scene.near.gt[outcome.aim[fixed]]]
    new = scene.gt.category[outcome.missed] if kind == 'missed' else []
    columns = (category, scene.scores, hit, outcome.ignored)
    extra = (new, np.full(len(new), np.inf), np.ones(len(new), bool))
    extra = (*extra, np.zeros(len(new), bool))
    columns = [
        np.concatenate([column[kept], np.asarray(more, column.dtype)])
        for column, more in zip(columns, extra, strict=True)
    ]
    return _ap(scene.gt, *columns)


def _claims(scene, outcome, kind: str, threshold) -> tuple[np.ndarray, np.ndarray]:
    """Detections that a repair makes hits, and those that come too late for it."""
    det = np.flatnonzero(outcome.kind == KINDS.index(kind))
    if kind != 'poor attributes':
        det = det[scene.f1[outcome.aim[det]] >= threshold]
    det = det[np.argsort(-scene.scores[det], kind='stable')]
    objects = scene.near.gt[outcome.aim[det]]
    first = np.zeros(len(det), bool)
    first[np.unique(objects, return_index=True)[1]] = True
    first &= ~outcome.taken[objects]
    return det[first], det[~first]


def _ap(gt: GroundTruth, category, scores, hit, ignored) -> float:
    order = np.lexsort((-scores, category))
    matches = Matches((hit | ignored)[None, order, None], ignored[None, order, None])
    objects = np.bincount(gt.category[~gt.crowd], minlength=len(gt.category_ids))
    rank = np.zeros(len(order), np.int64)
    curves = accumulate(matches, category[order], rank, objects[None], ())
    return mean_present(curves.precision)
