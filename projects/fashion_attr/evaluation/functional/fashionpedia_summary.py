"""The figures that FPEval prints, from precision and recall at every threshold.

Letters: K categories, A area ranges, T thresholds on IoU or F1 (the ten of COCO,
then none), M limits on the number of detections.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from .average_precision import Curves, mean_present

# By category id, as in FPEval's FPParams: garments, collar, lapel, sleeve, pocket
# and neckline have attributes.
WITH_ATTRIBUTES = (*range(13), 28, 29, 31, 32, 33)
# Outerwear, accessories, parts.
SUPERCATEGORIES = {'o': range(13), 'a': range(13, 27), 'p': range(27, 46)}
CATEGORIES = range(46)

_TEN, _NONE = slice(0, 10), slice(10, 11)
_AT = {'50': slice(0, 1), '75': slice(5, 6)}
_AREAS = {'s': 1, 'm': 2, 'l': 3}


def summarize(
    curves: Curves, category_ids: np.ndarray, max_dets: Sequence[int]
) -> dict[str, dict[str, float]]:
    """All figures of one IoU type under FPEval's names.

    Args:
        curves (Curves): precision (A, T, T, K) by IoU and F1, recall
            (A, T, T, K, M); -1 for what is absent.
        category_ids (np.ndarray): (K,) ids, of 0 to 45.
        max_dets (Sequence[int]): M limits, which name the recalls.

    Returns:
        dict[str, dict[str, float]]: ``iou_f1``, ``iou`` and ``f1``, each from name
        to score.
    """
    ranges = {'iou_f1': (_TEN, _TEN), 'iou': (_TEN, _NONE), 'f1': (_NONE, _TEN)}
    return {
        name: _precisions(curves.precision, category_ids, iou, f1)
        | _recalls(curves.recall, category_ids, iou, f1, max_dets)
        for name, (iou, f1) in ranges.items()
    }


def _precisions(precision, category_ids, iou: slice, f1: slice) -> dict[str, float]:
    def mean(values=precision[0], iou=iou, f1=f1, among=CATEGORIES):
        return _mean(values[iou], f1, category_ids, among)

    iou_at = _AT if iou == _TEN else {}
    f1_at = _AT if f1 == _TEN else {}
    result = {f'AP{s}': mean(among=ids) for s, ids in SUPERCATEGORIES.items()}
    if f1 == _TEN:  # accessories have no attributes
        del result['APa']
    result['AP'] = mean()
    result |= {f'AP_IOU{i}': mean(iou=at) for i, at in iou_at.items()}
    result |= {f'AP_F1{f}': mean(f1=at) for f, at in f1_at.items()}
    result |= {
        f'AP_IOU{i}_F1{f}': mean(iou=at, f1=f1_at[f])
        for i, at in iou_at.items()
        for f in f1_at
    }
    return result | {f'AP{s}': mean(precision[a]) for s, a in _AREAS.items()}


def _recalls(recall, category_ids, iou: slice, f1: slice, max_dets) -> dict[str, float]:
    def mean(area, limit):
        return _mean(recall[area, iou, ..., limit], f1, category_ids, CATEGORIES)

    result = {f'AR@{limit}': mean(0, m) for m, limit in enumerate(max_dets)}
    by_area = {f'AR{s}@{max_dets[-1]}': mean(a, -1) for s, a in _AREAS.items()}
    return result | by_area


def _mean(
    values: np.ndarray, f1: slice, category_ids: np.ndarray, among: Iterable[int]
) -> float:
    """Mean over (T, T, K) at some thresholds on F1, where the category is present.

    A category without attributes enters once, at no threshold on F1, one with
    attributes once for each threshold: FPEval weighs them so.
    """
    chosen = np.isin(category_ids, among)
    graded = np.isin(category_ids, WITH_ATTRIBUTES)
    by_f1 = values[:, f1, chosen & graded]
    plain = values[:, _NONE, chosen & ~graded]
    return mean_present(np.append(by_f1, plain))
