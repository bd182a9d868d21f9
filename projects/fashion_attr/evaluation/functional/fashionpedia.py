"""The protocol of Fashionpedia: what FPEval of ``fashionpedia==1.1`` answers.

COCO's AP and AR over thresholds on IoU and on macro F1 of the attributes, for the
18 categories that have attributes; the other 28 are plain COCO. The peculiarities
of the published program that move a score are kept, so that figures compare with
those of the paper. Two are not: it counts a match with the annotation of id 0 as a
false positive (ids play no part here: it answers the same once they start at 1), and
it counts objects without area, which ``GroundTruth`` leaves out.

Source: Jia et al., "Fashionpedia: Ontology, Segmentation, and an Attribute
Localization Dataset", ECCV 2020; FPEval of https://pypi.org/project/fashionpedia/1.1.

Letters: N detections, K categories, A area ranges, T thresholds on IoU or F1 (the
ten of COCO, then none).
"""

from collections.abc import Sequence

import numpy as np

from .average_precision import ABSENT, Curves, accumulate
from .chained_matching import match_chained
from .coco_f1 import THRESHOLDS
from .fashionpedia_summary import CATEGORIES, WITH_ATTRIBUTES, summarize
from .ground_truth import GroundTruth
from .macro_f1 import paired_macro_f1
from .masks import mask_areas
from .matching import AREA_RANGES, match, outside_areas
from .overlaps import RankedDetections, overlapping_pairs, rank_detections
from .predictions import ATTR_THR, Predictions

MAX_DETS = (1, 10, 100)
# -1 is reached by every pair of an image and category, whether it overlaps or not.
OPEN_THRESHOLDS = np.append(THRESHOLDS, -1.0)


def evaluate_fashionpedia(
    gt: GroundTruth | dict,
    predictions: Predictions | Sequence[dict],
    iou_types: Sequence[str] = ('segm', 'bbox'),
    attr_thr: float | np.ndarray = ATTR_THR,
    score_thr: float = 0.0,
) -> dict[str, dict[str, dict[str, float]]]:
    """AP and AR under IoU and F1, IoU alone and F1 alone, as FPEval gives them.

    Args:
        gt (GroundTruth | dict): ground truth, or a loaded COCO JSON with
            ``attribute_ids``. Categories are known by their ids, 0 to 45.
        predictions (Predictions | Sequence[dict]): detections, or COCO results
            with ``attr_scores`` or ``attribute_ids``.
        iou_types (Sequence[str]): ``'segm'``, ``'bbox'`` or both.
        attr_thr (float | np.ndarray): least attribute score, where results have
            ``attr_scores``; see ``above_threshold``.
        score_thr (float): least score of a detection that counts.

    Returns:
        dict: by IoU type, ``iou_f1``, ``iou`` and ``f1``, each a dict from FPEval's
        names (``AP``, ``AP_IOU50``, ``AR@100``, ...) to the score; -1 where there is
        no object to find.

    Raises:
        ValueError: for an unknown option, a category id that is not 0 to 45, or bad
            input, naming the entry.
    """
    unknown = set(iou_types) - {'segm', 'bbox'}
    if unknown or not iou_types:
        raise ValueError(f"iou_types are 'segm' and 'bbox', got {tuple(iou_types)}")
    with_masks = 'segm' in iou_types
    if not isinstance(gt, GroundTruth):
        gt = GroundTruth.from_coco(gt, with_masks=with_masks)
    check_categories(gt.category_ids)
    if not isinstance(predictions, Predictions):
        predictions = Predictions.from_coco(predictions, gt, attr_thr, with_masks)
    ranked = rank_detections(predictions, MAX_DETS[-1], len(gt.category_ids), score_thr)
    result = {}
    for iou_type in iou_types:
        curves = _curves(gt, predictions, ranked, iou_type)
        result[iou_type] = summarize(curves, gt.category_ids, MAX_DETS)
    return result


def check_categories(category_ids: np.ndarray) -> None:
    """Refuse categories that are not Fashionpedia's.

    Args:
        category_ids (np.ndarray): (K,) ids.

    Raises:
        ValueError: naming the first that is not of 0 to 45.
    """
    strange = np.setdiff1d(category_ids, CATEGORIES)
    if len(strange):
        raise ValueError(
            f'category id {strange[0]}: this protocol is made for the categories '
            f'0 to {CATEGORIES[-1]} of Fashionpedia, which it knows by their ids'
        )


def _curves(gt, predictions, ranked, iou_type) -> Curves:
    """Precision (A, T, T, K) and recall (A, T, T, K, M) by IoU and F1."""
    num_categories, num = len(gt.category_ids), len(OPEN_THRESHOLDS)
    shape = (len(AREA_RANGES), num, num, num_categories)
    precision = np.full(shape, ABSENT)
    recall = np.full((*shape, len(MAX_DETS)), ABSENT)
    graded = np.isin(gt.category_ids, WITH_ATTRIBUTES)
    for with_f1, some in ((True, graded), (False, ~graded)):
        chosen = some[predictions.category[ranked.index]]
        part = _curves_of(gt, predictions, _rows(ranked, chosen), iou_type, with_f1)
        f1 = slice(None) if with_f1 else slice(-1, None)
        size = (len(AREA_RANGES), num, num if with_f1 else 1, num_categories)
        precision[:, :, f1, some] = part.precision.reshape(size)[..., some]
        size = (*size, len(MAX_DETS))
        recall[:, :, f1, some] = part.recall.reshape(size)[..., some, :]
    return Curves(precision, recall)


def _curves_of(gt, predictions, ranked, iou_type, with_f1) -> Curves:
    """Precision and recall of some of the detections, with or without F1."""
    outside = outside_areas(_areas(predictions, ranked))
    ignored = outside_areas(gt.areas) | gt.crowd
    found = overlapping_pairs(gt, predictions, ranked, iou_type, OPEN_THRESHOLDS[-1])
    reach = found.iou[:, None] >= np.minimum(OPEN_THRESHOLDS, 1 - 1e-10)
    if with_f1:
        det = ranked.index[found.det]
        f1 = paired_macro_f1(predictions.attributes, gt.attributes, det, found.gt)
        reach_f1 = f1[:, None] >= OPEN_THRESHOLDS
        allowed = reach[:, :, None] & reach_f1[:, None]
        allowed = allowed.reshape(len(f1), len(OPEN_THRESHOLDS) ** 2)
        matches = match_chained(found, f1, ranked.rank, allowed, outside, ignored)
    else:
        matches = match(found, ranked.rank, reach, outside, ignored, gt.crowd)
    num_categories = len(gt.category_ids)
    num_objects = np.array(
        [np.bincount(gt.category[~row], minlength=num_categories) for row in ignored]
    )
    category = predictions.category[ranked.index]
    return accumulate(matches, category, ranked.rank, num_objects, MAX_DETS)


def _rows(ranked: RankedDetections, chosen: np.ndarray) -> RankedDetections:
    return RankedDetections(
        ranked.index[chosen], ranked.group[chosen], ranked.rank[chosen]
    )


def _areas(predictions: Predictions, ranked: RankedDetections) -> np.ndarray:
    """Areas as FPEval's loadRes has them, for masks and boxes alike.

    Those of the boxes where the results have any, even if masks are compared; those
    of the masks where they have none, even if boxes are compared.
    """
    if predictions.own_boxes:
        return predictions.boxes[ranked.index, 2:].prod(1)
    return mask_areas([predictions.masks[i] for i in ranked.index])
