"""The paper's metric: COCO AP, and COCO AP where attributes have to fit too.

At threshold t of .50:.05:.95 a detection may match an object only if their IoU
reaches t and, where the object has attributes, the set-F1 of their attributes
reaches t: COCOeval run once for each t on IoU matrices whose entries with
F1 < t are set to 0. f1AP is the mean over t.

Source: Gupta, Subramanian, Wu, "Convolutional Neural Networks for Visual
Analysis of Clothing"; COCOeval of pycocotools.

Letters: N detections, G ground truths, P pairs, K categories, S settings.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from .average_precision import Curves, accumulate, mean_present
from .constant import constant_matrix
from .ground_truth import GroundTruth
from .masks import mask_areas
from .matching import match, outside_areas
from .overlaps import (
    Pairs,
    RankedDetections,
    overlapping_pairs,
    rank_detections,
)
from .predictions import ATTR_THR, Predictions
from .set_f1 import paired_set_f1

# The very floats of COCOeval's Params (.9 is 0.8999999999999999).
THRESHOLDS = np.linspace(0.5, 0.95, 10)
PAIRINGS = ('diagonal', 'grid')
AREA_SUFFIXES = ('', 's', 'm', 'l')


def evaluate_coco_f1(
    gt: GroundTruth | dict,
    predictions: Predictions | Sequence[dict],
    iou_types: Sequence[str] = ('segm', 'bbox'),
    pairs: str = 'diagonal',
    attr_thr: float | np.ndarray = ATTR_THR,
    score_thr: float = 0.0,
    max_dets: Sequence[int] = (1, 10, 100),
    constant: Mapping[int, Sequence[int]] | None = None,
    f1_recall: bool = False,
) -> dict[str, dict[str, float]]:
    """AP, AR and F1-masked AP of detections with attributes.

    A detection's area is its mask's for segm and its box's for bbox, as in
    mmdet; an object's area is the file's.

    Args:
        gt (GroundTruth | dict): ground truth, or a loaded COCO JSON with
            ``attribute_ids``.
        predictions (Predictions | Sequence[dict]): detections, or COCO results
            with ``attr_scores`` or ``attribute_ids``.
        iou_types (Sequence[str]): ``'segm'``, ``'bbox'`` or both.
        pairs (str): ``'diagonal'`` lets IoU and F1 share the threshold, 10
            pairs; ``'grid'`` takes the mean over all 10 x 10.
        attr_thr (float | np.ndarray): least attribute score, where results have
            ``attr_scores``; see ``above_threshold``.
        score_thr (float): least score of a detection that counts.
        max_dets (Sequence[int]): limits on detections per image and category.
        constant (Mapping | None): category id to attribute ids: also evaluate
            the detections with these instead of their own attributes.
        f1_recall (bool): also give the recalls under the F1 mask.

    Returns:
        dict[str, dict[str, float]]: by IoU type: ``AP``, ``AP50``, ``AP75``,
        ``APs``, ``APm``, ``APl``, ``AR@1``, ``AR@10``, ``AR@100``, ``ARs``,
        ``ARm``, ``ARl``, ``f1AP``, ``f1AP50``, ..., ``f1APl``; with a constant,
        ``f1AP_constant``. -1 where there is no object to find.

    Raises:
        ValueError: for an unknown option or bad input, naming the entry.
    """
    _check_options(iou_types, pairs, max_dets)
    with_masks = 'segm' in iou_types
    if not isinstance(gt, GroundTruth):
        gt = GroundTruth.from_coco(gt, with_masks=with_masks)
    if not isinstance(predictions, Predictions):
        predictions = Predictions.from_coco(predictions, gt, attr_thr, with_masks)
    max_dets = sorted(max_dets)
    ranked = rank_detections(predictions, max_dets[-1], len(gt.category_ids), score_thr)
    attributes = [predictions.attributes[ranked.index]]
    if constant is not None:
        rows = constant_matrix(constant, gt.category_ids, gt.attribute_ids)
        attributes.append(rows[predictions.category[ranked.index]])
    result = {}
    for iou_type in iou_types:
        curves = f1_curves(
            gt, predictions, ranked, attributes, iou_type, pairs, max_dets
        )
        result[iou_type] = _summary(curves, pairs, max_dets, f1_recall)
    return result


def f1_curves(
    gt: GroundTruth,
    predictions: Predictions,
    ranked: RankedDetections,
    attributes: Sequence[np.ndarray],
    iou_type: str,
    pairs: str = 'diagonal',
    max_dets: Sequence[int] = (1, 10, 100),
) -> Curves:
    """AP and recall of every area range, setting and category.

    Args:
        gt (GroundTruth): ground truth.
        predictions (Predictions): all detections.
        ranked (RankedDetections): those of them that count, N.
        attributes (Sequence[np.ndarray]): (N, L) bool each, one a predictor of
            attributes.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        pairs (str): see :func:`evaluate_coco_f1`.
        max_dets (Sequence[int]): limits for recall.

    Returns:
        Curves: the settings are the ten thresholds on IoU alone, then for each
        predictor those of :func:`threshold_pairs`.
    """
    found = overlapping_pairs(gt, predictions, ranked, iou_type, THRESHOLDS[0])
    allowed = _allowed(found, attributes, gt.attributes, pairs)
    areas = _areas(predictions, ranked, iou_type)
    return _curves(gt, predictions, ranked, found, allowed, areas, max_dets)


def threshold_pairs(pairs: str) -> tuple[np.ndarray, np.ndarray]:
    """Thresholds on IoU and F1 of each F1-masked setting; the diagonal comes first.

    Args:
        pairs (str): ``'diagonal'`` or ``'grid'``.

    Returns:
        tuple[np.ndarray, np.ndarray]: (S,) each, 10 or 100.
    """
    iou, f1 = THRESHOLDS, THRESHOLDS
    if pairs == 'grid':
        rest = ~np.eye(len(iou), dtype=bool)
        grid = np.meshgrid(iou, f1, indexing='ij')
        iou, f1 = (np.append(THRESHOLDS, values[rest]) for values in grid)
    return iou, f1


def _check_options(iou_types, pairs, max_dets) -> None:
    unknown = set(iou_types) - {'segm', 'bbox'}
    if unknown or not iou_types:
        raise ValueError(f"iou_types are 'segm' and 'bbox', got {tuple(iou_types)}")
    if pairs not in PAIRINGS:
        raise ValueError(f'pairs is one of {PAIRINGS}, got {pairs!r}')
    if not len(max_dets) or min(max_dets) < 1:
        raise ValueError(f'max_dets are limits of at least 1, got {tuple(max_dets)}')


def _allowed(
    found: Pairs, attributes: Sequence[np.ndarray], truth: np.ndarray, pairs: str
) -> np.ndarray:
    """(P, S) which pairs reach which settings: plain, then one block a predictor."""
    iou_thr, f1_thr = threshold_pairs(pairs)
    blocks = [found.iou[:, None] >= THRESHOLDS]
    reach_iou = found.iou[:, None] >= iou_thr
    for predicted in attributes:
        f1 = paired_set_f1(predicted, truth, found.det, found.gt)
        blocks.append(reach_iou & (f1[:, None] >= f1_thr))
    return np.concatenate(blocks, axis=1)


def _areas(predictions: Predictions, ranked: RankedDetections, iou_type: str):
    if iou_type == 'bbox':
        return predictions.boxes[ranked.index, 2:].prod(1)
    return mask_areas([predictions.masks[i] for i in ranked.index])


def _curves(gt, predictions, ranked, found, allowed, areas, max_dets) -> Curves:
    gt_ignored = outside_areas(gt.areas) | gt.crowd
    matches = match(
        found, ranked.rank, allowed, outside_areas(areas), gt_ignored, gt.crowd
    )
    num_categories = len(gt.category_ids)
    num_objects = np.array(
        [np.bincount(gt.category[~row], minlength=num_categories) for row in gt_ignored]
    )
    category = predictions.category[ranked.index]
    return accumulate(matches, category, ranked.rank, num_objects, max_dets)


def _summary(curves: Curves, pairs: str, max_dets, f1_recall: bool) -> dict:
    num_plain, num_masked = len(THRESHOLDS), len(threshold_pairs(pairs)[0])
    plain = slice(0, num_plain)
    masked = slice(num_plain, num_plain + num_masked)
    result = _precisions(curves, plain, 'AP') | _recalls(curves, plain, 'AR', max_dets)
    result |= _precisions(curves, masked, 'f1AP')
    if f1_recall:
        result |= _recalls(curves, masked, 'f1AR', max_dets)
    constant = slice(masked.stop, masked.stop + num_masked)
    if curves.precision.shape[1] > constant.start:
        result['f1AP_constant'] = mean_present(curves.precision[0, constant])
    return result


def _precisions(curves: Curves, settings: slice, name: str) -> dict[str, float]:
    values = curves.precision[:, settings]
    by_area = {
        name + suffix: mean_present(values[a]) for a, suffix in enumerate(AREA_SUFFIXES)
    }
    at = {
        f'{name}50': mean_present(values[0, 0]),
        f'{name}75': mean_present(values[0, 5]),
    }
    return {name: by_area.pop(name)} | at | by_area


def _recalls(curves: Curves, settings: slice, name: str, max_dets) -> dict[str, float]:
    values = curves.recall[:, settings]
    by_limit = {
        f'{name}@{limit}': mean_present(values[0, ..., m])
        for m, limit in enumerate(max_dets)
    }
    by_area = {
        name + suffix: mean_present(values[a, ..., -1])
        for a, suffix in enumerate(AREA_SUFFIXES)
        if suffix
    }
    return by_limit | by_area
