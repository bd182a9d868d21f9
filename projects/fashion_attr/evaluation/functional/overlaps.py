"""Which detection can meet which ground truth, and how far they overlap.

Only pairs of the same image and category are ever compared, and every pair's
IoU is computed once, whatever is evaluated on it afterwards.

Letters: N detections, G ground truths, P pairs.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from pycocotools import mask as mask_utils

from .ground_truth import GroundTruth
from .predictions import Predictions


@dataclass(frozen=True)
class RankedDetections:
    """The detections that count, best first within each category.

    Sorted by category, then falling score, then image, then the order given: the
    order in which COCOeval accumulates them.

    Attributes:
        index (np.ndarray): (N,) rows of the predictions.
        group (np.ndarray): (N,) number of the (image, category) each is in.
        rank (np.ndarray): (N,) place within its group, from 0.
    """

    index: np.ndarray
    group: np.ndarray
    rank: np.ndarray


@dataclass(frozen=True)
class Pairs:
    """Pairs of a detection and a ground truth of one image and category.

    Attributes:
        det (np.ndarray): (P,) positions in the ranked detections.
        gt (np.ndarray): (P,) rows of the ground truth.
        iou (np.ndarray): (P,) float64.
    """

    det: np.ndarray
    gt: np.ndarray
    iou: np.ndarray


def rank_detections(
    predictions: Predictions, max_det: int, num_categories: int, score_thr: float = 0.0
) -> RankedDetections:
    """Order the detections and keep the best of each image and category.

    Args:
        predictions (Predictions): all detections.
        max_det (int): how many to keep per image and category.
        num_categories (int): K, to number the groups.
        score_thr (float): the least score that counts.

    Returns:
        RankedDetections: those kept.
    """
    index = np.flatnonzero(predictions.scores >= score_thr)
    image, category = predictions.image[index], predictions.category[index]
    order = np.lexsort((image, -predictions.scores[index], category))
    index = index[order]
    group = image[order] * num_categories + category[order]
    rank = _place_in_group(group)
    kept = rank < max_det
    return RankedDetections(index[kept], group[kept], rank[kept])


def overlapping_pairs(
    gt: GroundTruth,
    predictions: Predictions,
    ranked: RankedDetections,
    iou_type: str,
    min_iou: float = 0.5,
) -> Pairs:
    """Pairs that overlap enough to be matched at some threshold.

    A crowd's IoU is the intersection over the detection's area, as in COCO.

    Args:
        gt (GroundTruth): the objects.
        predictions (Predictions): all detections.
        ranked (RankedDetections): those of them that count.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        min_iou (float): the least IoU that is of use.

    Returns:
        Pairs: with IoU of at least ``min_iou``.

    Raises:
        ValueError: for another ``iou_type``, or where masks are missing.
    """
    gt_group = gt.image * len(gt.category_ids) + gt.category
    return _pairs(gt, predictions, ranked, (ranked.group, gt_group), iou_type, min_iou)


def image_pairs(
    gt: GroundTruth,
    predictions: Predictions,
    ranked: RankedDetections,
    iou_type: str,
    min_iou: float,
) -> Pairs:
    """Pairs that overlap, whatever their categories.

    Args:
        gt (GroundTruth): the objects.
        predictions (Predictions): all detections.
        ranked (RankedDetections): those of them that count.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        min_iou (float): the least IoU that is of use.

    Returns:
        Pairs: with IoU of at least ``min_iou``.

    Raises:
        ValueError: for another ``iou_type``, or where masks are missing.
    """
    groups = predictions.image[ranked.index], gt.image
    return _pairs(gt, predictions, ranked, groups, iou_type, min_iou)


def _pairs(gt, predictions, ranked, groups, iou_type: str, min_iou: float) -> Pairs:
    """Pairs of a detection and a ground truth of equal groups."""
    det_group, gt_group = groups
    gt_order = np.argsort(gt_group, kind='stable')
    det_order = np.argsort(det_group, kind='stable')
    det, place = _same_group(det_group[det_order], gt_group[gt_order])
    det, truth = det_order[det], gt_order[place]
    if iou_type == 'bbox':
        iou = box_iou(
            predictions.boxes[ranked.index[det]], gt.boxes[truth], gt.crowd[truth]
        )
    elif iou_type == 'segm':
        iou = _mask_iou(gt, predictions, ranked.index[det], truth, det_group[det])
    else:
        raise ValueError(f"iou_type must be 'segm' or 'bbox', got {iou_type!r}")
    kept = iou >= min_iou
    return Pairs(det[kept], truth[kept], iou[kept])


def box_iou(det: np.ndarray, gt: np.ndarray, crowd: np.ndarray) -> np.ndarray:
    """IoU of pairs of boxes, equal to ``pycocotools.mask.iou``.

    Args:
        det (np.ndarray): (P, 4) xywh of the detections, in pixels.
        gt (np.ndarray): (P, 4) xywh of the ground truths.
        crowd (np.ndarray): (P,) bool: divide by the detection's area alone.

    Returns:
        np.ndarray: (P,) float64.
    """
    low = np.maximum(det[:, :2], gt[:, :2])
    high = np.minimum(det[:, :2] + det[:, 2:], gt[:, :2] + gt[:, 2:])
    common = np.maximum(high - low, 0).prod(1)
    det_area, gt_area = det[:, 2:].prod(1), gt[:, 2:].prod(1)
    union = np.where(crowd, det_area, det_area + gt_area - common)
    return np.divide(common, union, out=np.zeros(len(common)), where=union > 0)


def _mask_iou(gt, predictions, det, truth, group) -> np.ndarray:
    """IoU of pairs of masks; pairs of a group lie together, detection by detection."""
    if gt.masks is None or predictions.masks is None:
        raise ValueError("iou_type 'segm' needs masks on both sides, got none")
    bounds = np.flatnonzero(np.diff(group, prepend=-1, append=-1))
    parts = [np.zeros(0)]
    for start, stop in pairwise(bounds):
        num_gt = np.searchsorted(det[start:stop] != det[start], True)
        gts = truth[start : start + num_gt]
        parts.append(
            mask_utils.iou(
                [predictions.masks[i] for i in det[start:stop:num_gt]],
                [gt.masks[i] for i in gts],
                gt.crowd[gts].astype(np.uint8),
            ).ravel()
        )
    return np.concatenate(parts)


def _place_in_group(group: np.ndarray) -> np.ndarray:
    """Place of each entry among those of its group before it."""
    order = np.argsort(group, kind='stable')
    ordered = group[order]
    place = np.empty(len(group), np.int64)
    place[order] = np.arange(len(group)) - np.searchsorted(ordered, ordered)
    return place


def _same_group(first: np.ndarray, second: np.ndarray):
    """All pairs of equal groups of two ascending arrays, the first one outermost."""
    start = np.searchsorted(second, first, 'left')
    count = np.searchsorted(second, first, 'right') - start
    index = np.repeat(np.arange(len(first)), count)
    begin = np.repeat(np.cumsum(count) - count, count)
    return index, np.arange(len(index)) - begin + np.repeat(start, count)
