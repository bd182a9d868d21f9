"""Fit attribute thresholds to half of the images, and judge them on the others."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .attribute_scores import ATTR_THR
from .calibration import (
    Samples,
    Thresholds,
    cut,
    fit_thresholds,
    sample_f1,
    samples_of,
)
from .coco_f1 import evaluate_coco_f1
from .ground_truth import GroundTruth
from .markdown import markdown_table
from .predictions import Predictions
from .reading import named, read_constant, read_ground_truth, read_predictions
from .thresholds_file import save_thresholds


@dataclass(frozen=True)
class CalibrationRequest:
    """One calibration of files.

    Attributes:
        gt (Path): COCO / Fashionpedia JSON, or Kaggle's CSV.
        predictions (Path): COCO results with ``attr_scores``.
        out (Path): thresholds to write.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        min_count (int): see ``fit_thresholds``.
        margin (float): see ``fit_thresholds``.
        seed (int): of the split of the images.
        empty_boxes (str): see ``read_predictions``.
        train (Path | None): COCO JSON to fit the constant predictor to.
    """

    gt: Path
    predictions: Path
    out: Path
    iou_type: str = 'segm'
    min_count: int = 30
    margin: float = 1.0
    seed: int = 0
    empty_boxes: str = 'error'
    train: Path | None = None


def run_calibration(
    request: CalibrationRequest, say: Callable[[str], object]
) -> Thresholds:
    """Calibrate files.

    Args:
        request (CalibrationRequest): what is wanted.
        say (Callable): takes the text to show, piece by piece.

    Returns:
        Thresholds: what was written.

    Raises:
        OSError: if a file cannot be read or written.
        ValueError: naming the file and the entry that is not sound, or where there
            is nothing to fit.
    """
    _check(request)
    with_masks = request.iou_type == 'segm'
    gt = read_ground_truth(request.gt, with_masks)
    predictions = read_predictions(
        request.predictions,
        gt,
        with_masks=with_masks,
        keep_scores=True,
        empty_boxes=request.empty_boxes,
    )
    with named(request.predictions):
        predictions.require_attr_scores()
    thresholds, rows = calibrate(
        gt,
        predictions,
        request.iou_type,
        request.min_count,
        request.margin,
        request.seed,
        read_constant(request.train, gt),
    )
    say(markdown_table(rows))
    fit = {name: getattr(request, name) for name in ('iou_type', 'min_count')}
    fit |= dict(margin=request.margin, seed=request.seed)
    save_thresholds(thresholds, gt, request.out, dict(fit=fit, held_out=rows))
    changed = int((thresholds.attribute != thresholds.overall).sum())
    cells = int((thresholds.category != thresholds.attribute).sum())
    say(
        f'\n{request.out}: {thresholds.overall:g} for all, another one for {changed} '
        f'attributes, and for {cells} attributes of a category'
    )
    return thresholds


def _check(request: CalibrationRequest) -> None:
    if request.seed < 0:
        raise ValueError(f'--seed must not be below 0, got {request.seed}')
    if request.min_count < 1:
        raise ValueError(f'--min-count must be at least 1, got {request.min_count}')
    if not 0 <= request.margin < math.inf:
        raise ValueError(f'--margin must be 0 or more, got {request.margin}')


def calibrate(
    gt: GroundTruth,
    predictions: Predictions,
    iou_type: str = 'segm',
    min_count: int = 30,
    margin: float = 1.0,
    seed: int = 0,
    constant: Mapping[int, Sequence[int]] | None = None,
) -> tuple[Thresholds, list[dict]]:
    """Fit thresholds to half of the images, and report them on the other half.

    Args:
        gt (GroundTruth): ground truth.
        predictions (Predictions): detections that kept their ``attr_scores``.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        min_count (int): see ``fit_thresholds``.
        margin (float): see ``fit_thresholds``.
        seed (int): of the split of the images.
        constant (Mapping | None): the constant predictor, see ``evaluate_coco_f1``;
            its f1AP then stands beside every other.

    Returns:
        tuple[Thresholds, list[dict]]: the thresholds, and for each grade and the
        paper's .4 a row of figures on the other half: set-F1, its difference to
        that of the best single threshold with standard error, micro- and macro-F1,
        and f1AP.

    Raises:
        ValueError: if attribute scores were not kept, or there is nothing to fit.
    """
    samples = samples_of(gt, predictions, iou_type)
    fitted = fitting_half(len(gt.image_ids), seed)
    inside = fitted[samples.image]
    thresholds = fit_thresholds(
        samples.rows(inside), len(gt.category_ids), min_count, margin
    )
    held_out = samples.rows(~inside)
    other_gt = gt.subset(gt.image_ids[~fitted])
    other = predictions.of_images(~fitted)
    base = sample_f1(held_out, thresholds.overall)
    rows = []
    for name, values in _grades(thresholds).items():
        figures = _figures(held_out, values, base)
        answer = evaluate_coco_f1(
            other_gt, other.with_threshold(values), [iou_type], constant=constant
        )[iou_type]
        shown = {k: answer[k] for k in ('f1AP', 'f1AP_constant') if k in answer}
        rows.append({'thresholds': name} | figures | shown)
    return thresholds, rows


def fitting_half(num_images: int, seed: int) -> np.ndarray:
    """Choose half of the images.

    Args:
        num_images (int): I.
        seed (int): of the choice.

    Returns:
        np.ndarray: (I,) bool, half of them True.
    """
    chosen = np.zeros(num_images, bool)
    order = np.random.default_rng(seed).permutation(num_images)
    chosen[order[: (num_images + 1) // 2]] = True
    return chosen


def _grades(thresholds: Thresholds) -> dict[str, float | np.ndarray]:
    return {
        f'{ATTR_THR:g}': ATTR_THR,
        f'{thresholds.overall:g}, best for all': thresholds.overall,
        'by attribute': thresholds.attribute,
        'by category and attribute': thresholds.category,
    }


def _figures(samples: Samples, thresholds, base: np.ndarray) -> dict[str, float]:
    f1 = sample_f1(samples, thresholds)
    sets = cut(samples, thresholds)
    both, either = (sets & samples.truth).sum(0), sets.sum(0) + samples.truth.sum(0)
    present = samples.truth.any(0)
    macro = 2 * both[present] / either[present]
    difference = f1 - base
    count = max(len(f1), 1)
    return {
        'samples': len(f1),
        'set-F1': float(f1.sum() / count),
        'difference': float(difference.sum() / count),
        'standard error': float(np.sqrt((difference**2).sum()) / count),
        'micro-F1': float(2 * both.sum() / max(either.sum(), 1)),
        'macro-F1': float(macro.sum() / max(len(macro), 1)),
    }
