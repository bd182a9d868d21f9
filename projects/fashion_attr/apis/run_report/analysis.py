"""What the predictions of a test run come to, taken apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from mmdet.registry import DATASETS
from mmengine.config import Config, ConfigDict

from ...evaluation.functional.average_precision import mean_present
from ...evaluation.functional.breakdown import Breakdown, break_down
from ...evaluation.functional.constant import fit_constant
from ...evaluation.functional.ground_truth import GroundTruth
from ...evaluation.functional.losses import lost_points
from ...evaluation.functional.outcomes import outcomes
from ...evaluation.functional.predictions import Predictions
from ...evaluation.functional.reading import named, read_coco, read_predictions
from ...evaluation.functional.sweep import Sweep, sweep
from ...evaluation.functional.thresholds_file import load_thresholds
from ...reports.run_pictures import RankedPicture, rank_pictures
from ..moved_data import dataset_configs
from .work_dir import WorkDir

_METRICS = ('F1SegmMetric', 'SegmMetric')
_SHOWN_SCORE = 0.3  # mmdet's visualization hook draws from here on


class Missing(Exception):
    """A part that the work dir has not, and the command that makes it.

    Args:
        why (str): what is not there.
        command (str): what makes it.
    """

    def __init__(self, why: str, command: str) -> None:
        super().__init__(why)
        self.why, self.command = why, command


@dataclass(frozen=True)
class Analysis:
    """Ground truth and predictions of a test run, and what follows from them.

    Attributes:
        gt: of the classes of the dataset.
        predictions: with their attribute scores.
        files: pictures by image id.
        evaluator: the metric's settings.
        score_thr: garments that reach this score are drawn.
        constant: the constant predictor, None without a training file.
    """

    gt: GroundTruth
    predictions: Predictions
    files: Mapping[int, Path]
    evaluator: Mapping
    score_thr: float
    constant: Mapping | None

    @property
    def iou_types(self) -> tuple[str, ...]:
        """What the metric compared."""
        types = self.evaluator.get('iou_types', ('segm', 'bbox'))
        return (types,) if isinstance(types, str) else tuple(types)

    @property
    def with_attributes(self) -> bool:
        """Whether the model names any."""
        return self.evaluator['type'] != 'SegmMetric'

    @property
    def least_score(self) -> float:
        """Of a detection that the metric counts."""
        return float(self.evaluator.get('score_thr', 0.0))

    @property
    def main_type(self) -> str:
        """Masks before boxes."""
        return 'segm' if 'segm' in self.iou_types else self.iou_types[0]

    def breakdown(self, iou_type: str) -> Breakdown:
        """Scores by category and attribute."""
        return break_down(
            *(self.gt, self.predictions, iou_type, self.least_score),
            constant=self.constant,
        )

    def losses(self, iou_type: str) -> list[dict]:
        """What each kind of error costs."""
        return lost_points(self.gt, self.predictions, iou_type, self.least_score)

    def sweep(self, iou_type: str) -> Sweep:
        """f1AP over a grid of thresholds."""
        return sweep(self.gt, self.predictions, iou_type, constant=self.constant)

    @cached_property
    def ranking(self) -> list[RankedPicture]:
        """Pictures from best to worst."""
        result = outcomes(
            *(self.gt, self.predictions, self.main_type), score_thr=self.score_thr
        )
        return rank_pictures(self.gt, result, self.predictions.image)


def analyse(work: WorkDir) -> Analysis:
    """Read what the last test run has predicted and what it was to find.

    Args:
        work (WorkDir): of it.

    Returns:
        Analysis: ready to be asked.

    Raises:
        Missing: naming what is not there and how to get it.
        OSError: if a file cannot be read.
        ValueError: naming the file and what is not sound in it.
    """
    cfg = work.test_config
    if cfg is None:
        raise Missing('no test run has come to an end here', work.test_command())
    evaluator = _evaluator(cfg)
    if evaluator is None:
        raise Missing(
            f'the test run used none of {", ".join(_METRICS)}',
            'configs/_base_/datasets/imaterialist.py has the test_evaluator it takes',
        )
    results = _results_file(work, evaluator)
    dataset = next(iter(dataset_configs(cfg.test_dataloader.dataset).values()))
    annotations = Path(evaluator['ann_file'])
    if not annotations.exists():
        root = dataset.get('data_root') or 'DATA_ROOT'
        raise Missing(
            f'{annotations} is not there, which the test run was compared with',
            f'python tools/prepare_imaterialist.py {root}',
        )
    coco = read_coco(annotations)
    with named(annotations):
        gt = GroundTruth.from_coco(coco, 'segm' in _types(evaluator))
        gt = _of_classes(gt, dataset)
    folder = Path(dataset.get('data_root') or '', dataset.data_prefix.img)
    return Analysis(
        gt,
        _predictions(results, gt, evaluator),
        {image['id']: folder / image.get('file_name', '') for image in coco['images']},
        evaluator,
        _drawn_score(cfg),
        _constant(evaluator, gt),
    )


def _evaluator(cfg: Config) -> ConfigDict | None:
    """The first of this project's metrics."""
    metrics = cfg.get('test_evaluator') or []
    metrics = metrics if isinstance(metrics, list) else [metrics]
    return next((m for m in metrics if m.get('type') in _METRICS), None)


def _types(evaluator: Mapping) -> tuple[str, ...]:
    return evaluator.get('iou_types', ('segm', 'bbox'))


def _results_file(work: WorkDir, evaluator: Mapping) -> Path:
    prefix = evaluator.get('outfile_prefix') or work.path / 'predictions'
    # The work dir may have been moved.
    places = [Path(f'{prefix}.results.json'), work.path / 'predictions.results.json']
    for place in places:
        if place.exists():
            return place
    raise Missing(
        'the last test run has kept no predictions '
        f'({work.path / "predictions.results.json"})',
        work.test_command(),
    )


def _of_classes(gt: GroundTruth, dataset: Mapping) -> GroundTruth:
    """The categories that the dataset has as classes, as F1SegmMetric takes them."""
    classes = (dataset.get('metainfo') or {}).get('classes')
    if classes is None:
        classes = DATASETS.get(dataset['type']).METAINFO.get('classes', ())
    by_name = dict(zip(gt.category_names, gt.category_ids.tolist(), strict=True))
    ids = [by_name[name] for name in classes if name in by_name]
    return gt.with_categories(ids) if ids else gt


def _predictions(results: Path, gt: GroundTruth, evaluator: Mapping) -> Predictions:
    threshold = evaluator.get('attr_score_thr', 0.4)
    if isinstance(threshold, str):
        threshold = load_thresholds(threshold, gt.category_ids, gt.attribute_ids)
    return read_predictions(
        *(results, gt, np.asarray(threshold, float), gt.masks is not None),
        keep_scores=True,
        empty_boxes='keep',
    )


def _drawn_score(cfg: Config) -> float:
    hook = (cfg.get('default_hooks') or {}).get('visualization') or {}
    return float(hook.get('score_thr', _SHOWN_SCORE))


def _constant(evaluator: Mapping, gt: GroundTruth) -> dict | None:
    path = evaluator.get('train_ann_file')
    if path is None or not Path(path).exists():
        return None
    with named(path):
        return fit_constant(read_coco(path), gt)


def mean_score(rows: list[dict], name: str) -> float:
    """The mean over categories that have objects: the score of all.

    Args:
        rows (list[dict]): of ``Breakdown.categories``.
        name (str): of a score.

    Returns:
        float: -1 where no category has objects.
    """
    return mean_present(np.array([row[name] for row in rows]))
