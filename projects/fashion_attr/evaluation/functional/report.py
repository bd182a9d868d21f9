"""What tools/evaluate.py does: read, evaluate, print, write."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .attribute_scores import ATTR_THR
from .ground_truth import GroundTruth
from .predictions import Predictions
from .protocols import evaluate
from .reading import (
    named,
    read_constant,
    read_ground_truth,
    read_predictions,
    write_json,
)
from .scores_text import format_result
from .sweep import sweep
from .sweep_files import format_sweep, write_sweep
from .tables_files import all_tables, format_tables, write_tables
from .thresholds_file import threshold_of

_SHOWN = 46  # rows of a table that are printed; files have them all


@dataclass(frozen=True)
class Request:
    """One evaluation of files.

    Attributes:
        gt (Path): COCO / Fashionpedia JSON, or Kaggle's CSV.
        predictions (Path): COCO results, or a Kaggle submission.
        protocol (str): see ``protocols.evaluate``.
        iou_type (Sequence[str] | None): ``'segm'``, ``'bbox'`` or both; None is
            both, and ``'segm'`` for the sweep.
        pairs (str | None): see ``protocols.evaluate``.
        mean (str | None): see ``protocols.evaluate``.
        attr_thr (str): least attribute score, or a file of them.
        score_thr (float): least score of a detection that counts.
        train (Path | None): COCO JSON to fit the constant predictor to.
        json (Path | None): where to write the scores.
        sweep (Path | None): folder for the grid of thresholds.
        tables (Path | None): folder for the tables that take the score apart.
        empty_boxes (str): see ``read_predictions``.
    """

    gt: Path
    predictions: Path
    protocol: str = 'coco_f1'
    iou_type: Sequence[str] | None = None
    pairs: str | None = None
    mean: str | None = None
    attr_thr: str = str(ATTR_THR)
    score_thr: float = 0.0
    train: Path | None = None
    json: Path | None = None
    sweep: Path | None = None
    tables: Path | None = None
    empty_boxes: str = 'error'

    @property
    def iou_types(self) -> tuple[str, ...]:
        """What is evaluated."""
        return tuple(self.iou_type or ('segm', 'bbox'))

    @property
    def sweep_types(self) -> tuple[str, ...]:
        """What the grid of thresholds is made for."""
        return tuple(self.iou_type or ('segm',))

    @property
    def with_masks(self) -> bool:
        """Whether the evaluation looks at masks."""
        return 'segm' in self.iou_types or self.protocol == 'kaggle'


def run(request: Request, say: Callable[[str], object]) -> dict:
    """Evaluate files.

    Args:
        request (Request): what is wanted.
        say (Callable): takes the text to show, piece by piece.

    Returns:
        dict: the protocol's scores, and those of the sweep by IoU type under
        ``sweep``, where it was asked for.

    Raises:
        OSError: if a file cannot be read or written.
        ValueError: naming the file and the entry that is not sound, or the option
            that does not fit.
    """
    _check(request)
    gt = read_ground_truth(request.gt, request.with_masks)
    if gt.num_left_out:
        say(f'{request.gt}: {gt.num_left_out} objects left out that have no area\n')
    predictions = _predictions(request, gt)
    constant = read_constant(request.train, gt)
    result = evaluate(
        request.protocol,
        gt,
        predictions,
        request.iou_types,
        request.score_thr,
        constant=constant,
        pairs=request.pairs,
        mean=request.mean,
    )
    say(format_result(request.protocol, result, gt))
    if request.protocol == 'coco_f1' and request.train is None:
        say('\nWithout --train there is no constant predictor to compare f1AP with.')
    if request.tables is not None:
        _run_tables(request, gt, predictions, constant, say)
    if request.sweep is not None:
        swept = _run_sweep(request, gt, predictions, constant, say)
        result = {**result, 'sweep': swept}
    if request.json is not None:
        write_json(result, request.json)
    return result


def _predictions(request: Request, gt: GroundTruth) -> Predictions:
    thresholds = attribute_threshold(request.attr_thr, gt)
    keep_scores = request.sweep is not None or request.tables is not None
    predictions = read_predictions(
        request.predictions,
        gt,
        thresholds,
        request.with_masks,
        keep_scores,
        request.empty_boxes,
    )
    if request.sweep is not None:
        with named(request.predictions):
            predictions.require_attr_scores()
    return predictions


def _check(request: Request) -> None:
    for name in ('sweep', 'tables', 'train'):
        if getattr(request, name) is not None and request.protocol != 'coco_f1':
            raise ValueError(
                f'--{name} is for protocol coco_f1, not {request.protocol}'
            )
    if request.protocol == 'kaggle' and 'segm' not in request.iou_types:
        raise ValueError('protocol kaggle compares masks: --iou-type segm, or none')
    if request.tables is not None and request.pairs == 'grid':
        raise ValueError('--tables take the diagonal apart: leave out --pairs grid')
    if not math.isfinite(request.score_thr):
        raise ValueError(f'--score-thr is no number: {request.score_thr}')


def _run_tables(request, gt, predictions, constant, say) -> None:
    for iou_type in request.iou_types:
        tables = all_tables(gt, predictions, iou_type, request.score_thr, constant)
        say(f'\n{format_tables(tables, iou_type, most=_SHOWN)}\n')
        paths = write_tables(tables, iou_type, request.tables)
        say(f'written: {", ".join(map(str, paths))}')


def _run_sweep(request, gt, predictions, constant, say) -> dict[str, list[dict]]:
    """The settings and their scores, by IoU type."""
    result = {}
    for iou_type in request.sweep_types:
        pairs = request.pairs or 'diagonal'
        swept = sweep(gt, predictions, iou_type, pairs=pairs, constant=constant)
        say(f'\n{format_sweep(swept)}\n')
        paths = write_sweep(swept, request.sweep)
        say(f'written: {", ".join(map(str, paths))}')
        result[iou_type] = swept.rows()
    return result


def attribute_threshold(given: str, gt: GroundTruth) -> float | np.ndarray:
    """The attribute threshold of a command line.

    Args:
        given (str): a number, or a file of ``tools/calibrate_thresholds.py``.
        gt (GroundTruth): what it is to be used with.

    Returns:
        float | np.ndarray: see ``above_threshold``.

    Raises:
        OSError: if there is no such file.
        ValueError: if the file is not sound or the number is not in 0..1.
    """
    return threshold_of(given, gt.category_ids, gt.attribute_ids)
