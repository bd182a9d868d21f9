"""The competition's metric: precision of segments over thresholds on IoU and F1.

Thresholds of .50:.05:.95 hold for IoU and for the set-F1 of attributes. At a pair
(t_i, t_f) a predicted segment is a hit if it has the class of a ground truth that is
not matched yet, IoU > t_i and, where that ground truth has attributes, F1 > t_f. The
precision of an image is hits / predicted segments: objects that were missed do not
count, and an image without prediction has 0.

Source: the evaluation page of iMaterialist (Fashion) 2020,
https://www.kaggle.com/competitions/imaterialist-fashion-2020-fgvc7. It leaves open
which pairs of thresholds are taken and what the mean is over, so those are options
here. It also leaves open what follows, decided so that neither the order of a file
nor its numbering counts:

- Segments come by falling best IoU: the best with any object of their image and
  class. Ties are ordered by mask and attributes. Scores never count, but for
  ``score_thr``: a submission has none.
- At each pair a segment takes, of the free objects that qualify there, the one of
  highest IoU; then of highest F1; then the one with most attributes, so that objects
  which ask for nothing are left for segments that have nothing. Perfect predictions
  thus score 1 even where objects share a mask.
- ``>`` is exact: thresholds are the floats nearest to n / 100, as IoU and F1 are
  those nearest to their fractions, so that 9 / 10 is not above .9. COCO's
  linspace has .8999... there.
- A crowd is an object like any other: the competition's file knows none. An object
  without area is none.
- An image of the ground truth without object and without prediction has 0 as well.

Letters: N detections, G ground truths of one image and class, S pairs of thresholds.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from pycocotools import mask as mask_utils

from .ground_truth import GroundTruth
from .predictions import ATTR_THR, Predictions
from .set_f1 import set_f1

THRESHOLDS = np.arange(50, 100, 5) / 100
PAIRINGS = ('grid', 'diagonal')
MEANS = ('image', 'class')


def evaluate_kaggle(
    gt: GroundTruth | dict,
    predictions: Predictions | Sequence[dict],
    pairs: str = 'grid',
    mean: str = 'image',
    attr_thr: float | np.ndarray = ATTR_THR,
    score_thr: float = 0.0,
) -> dict:
    """Mean precision of segments with class and attributes.

    Masks are compared as runs, at their own resolution, one image and class at a
    time.

    Args:
        gt (GroundTruth | dict): ground truth with masks, or a loaded COCO JSON with
            ``attribute_ids``.
        predictions (Predictions | Sequence[dict]): segments, or COCO results with
            ``segmentation`` and ``attr_scores`` or ``attribute_ids``.
        pairs (str): ``'grid'`` takes the mean over all 10 x 10 pairs of thresholds,
            ``'diagonal'`` over the 10 where both are equal.
        mean (str): ``'image'``: over the images of the ground truth; ``'class'``:
            precision per image and class, where either side has one, then the mean
            over the images of each class, then over classes.
        attr_thr (float | np.ndarray): least attribute score, where results have
            ``attr_scores``; see ``above_threshold``.
        score_thr (float): least score of a segment that counts.

    Returns:
        dict: ``score``, and ``per_class``: by category id the mean precision over
        the images where either side has that class; classes that neither has are
        left out. 0 where there is nothing to take a mean over.

    Raises:
        ValueError: for an unknown option, bad input (naming the entry), or where
            masks are missing.
    """
    _check_option('pairs', pairs, PAIRINGS)
    _check_option('mean', mean, MEANS)
    if not isinstance(gt, GroundTruth):
        gt = GroundTruth.from_coco(gt)
    if not isinstance(predictions, Predictions):
        predictions = Predictions.from_coco(predictions, gt, attr_thr)
    if gt.masks is None or predictions.masks is None:
        raise ValueError("the protocol 'kaggle' needs masks on both sides, got none")
    settings = _threshold_pairs(pairs)
    groups, hits, counts = _count(gt, predictions, score_thr, settings)
    image, category = np.divmod(groups, max(len(gt.category_ids), 1))
    per_class = _per_class(gt, category, _precision(hits, counts, settings))
    if mean == 'class':
        return dict(score=_mean(per_class.values()), per_class=per_class)
    hits, counts = (
        np.bincount(image, values, len(gt.image_ids)) for values in (hits, counts)
    )
    return dict(score=_mean(_precision(hits, counts, settings)), per_class=per_class)


def _check_option(name: str, given: str, allowed: Sequence[str]) -> None:
    if given not in allowed:
        raise ValueError(f'{name} is one of {allowed}, got {given!r}')


def _threshold_pairs(pairs: str) -> np.ndarray:
    """(2, S) thresholds on IoU and on F1."""
    if pairs == 'diagonal':
        return np.stack([THRESHOLDS, THRESHOLDS])
    return np.stack(np.meshgrid(THRESHOLDS, THRESHOLDS)).reshape(2, -1)


def _count(gt: GroundTruth, predictions: Predictions, score_thr: float, settings):
    """Images and classes that either side has: numbers, hits, predicted segments.

    The number of a group is its image index x number of categories + category
    index; hits are summed over the pairs of thresholds.
    """
    dets = np.flatnonzero(predictions.scores >= score_thr)
    num_categories = len(gt.category_ids)
    det_group = predictions.image[dets] * num_categories + predictions.category[dets]
    gt_group = gt.image * num_categories + gt.category
    groups = np.union1d(det_group, gt_group)
    hits, counts = np.zeros((2, len(groups)), np.int64)
    of_dets, of_gts = _rows_of(groups, det_group), _rows_of(groups, gt_group)
    for n, (rows, truths) in enumerate(zip(of_dets, of_gts, strict=True)):
        counts[n] = len(rows)
        if len(rows) and len(truths):
            hits[n] = _group_hits(gt, predictions, dets[rows], truths, settings)
    return groups, hits, counts


def _rows_of(groups: np.ndarray, group: np.ndarray) -> Iterator[np.ndarray]:
    """The rows that each of the ascending groups has."""
    order = np.argsort(group, kind='stable')
    bounds = np.searchsorted(group[order], groups, 'right')
    for start, stop in pairwise(np.append(0, bounds)):
        yield order[start:stop]


def _group_hits(gt: GroundTruth, predictions: Predictions, dets, truths, settings):
    """Hits of one image and class, summed over the pairs of thresholds."""
    iou = mask_utils.iou(
        [predictions.masks[d] for d in dets],
        [gt.masks[t] for t in truths],
        np.zeros(len(truths), np.uint8),
    )
    # What stays below the least threshold can neither hit nor be hit.
    close = iou > THRESHOLDS[0]
    dets, truths = dets[close.any(1)], truths[close.any(0)]
    iou = iou[np.ix_(close.any(1), close.any(0))]
    f1 = set_f1(predictions.attributes[dets], gt.attributes[truths])
    iou_thr, f1_thr = settings
    reach = (iou[..., None] > iou_thr) & (f1[..., None] > f1_thr)
    if min(iou.shape) <= 1:  # no order can matter
        return reach.any((0, 1)).sum()
    choices = _choices(iou, f1, _contents(gt, truths))
    best = iou.max(1)
    content = _contents(predictions, dets)
    order = sorted(range(len(dets)), key=lambda d: (-best[d], content[d]))
    return sum(_greedy(reach[order], choices[order]))


def _contents(entries: GroundTruth | Predictions, rows: np.ndarray) -> list[tuple]:
    """What orders entries that are otherwise equal; alike only if they are alike."""
    packed = np.packbits(entries.attributes[rows], axis=1)
    number = entries.attributes[rows].sum(1)
    codes = [entries.masks[row]['counts'] for row in rows]
    codes = [code.encode() if isinstance(code, str) else code for code in codes]
    return [
        (-n, bits.tobytes(), code)
        for n, bits, code in zip(number, packed, codes, strict=True)
    ]


def _choices(iou: np.ndarray, f1: np.ndarray, content: list[tuple]) -> np.ndarray:
    """(N, G) the objects in the order in which each detection would take them."""
    rank = np.empty(len(content), np.int64)
    rank[sorted(range(len(content)), key=content.__getitem__)] = np.arange(len(content))
    return np.lexsort((np.broadcast_to(rank, iou.shape), -f1, -iou), axis=-1)


def _greedy(reach: np.ndarray, choices: np.ndarray) -> Iterator[int]:
    """Hits of one detection after the other, all pairs of thresholds at once.

    Args:
        reach (np.ndarray): (N, G, S) bool, detections in their order.
        choices (np.ndarray): (N, G) objects in the detection's order.
    """
    free = np.ones(reach.shape[1:], bool)
    for reached, objects in zip(reach, choices, strict=True):
        able = (reached & free)[objects]
        settings = np.flatnonzero(able.any(0))
        free[objects[able[:, settings].argmax(0)], settings] = False
        yield len(settings)


def _precision(hits: np.ndarray, counts: np.ndarray, settings: np.ndarray):
    """Mean over the pairs of hits / segments; 0 where there is no segment."""
    return hits / np.maximum(counts * settings.shape[1], 1)


def _per_class(gt: GroundTruth, category: np.ndarray, precision: np.ndarray) -> dict:
    return {
        int(gt.category_ids[k]): _mean(precision[category == k])
        for k in np.unique(category)
    }


def _mean(values) -> float:
    """The mean, the same in whatever order; 0 of nothing."""
    values = list(values)
    return math.fsum(values) / max(len(values), 1)
