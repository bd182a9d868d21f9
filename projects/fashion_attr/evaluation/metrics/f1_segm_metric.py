"""F1SegmMetric: the paper's table at the end of a test run."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmdet.registry import METRICS
from mmengine.evaluator import BaseMetric
from mmengine.logging import MMLogger

from projects.fashion_attr.evaluation.functional.ground_truth import GroundTruth
from projects.fashion_attr.evaluation.functional.protocols import (
    check_fit,
    evaluate,
    flatten,
    known_options,
)
from projects.fashion_attr.evaluation.functional.scores_text import format_result
from projects.fashion_attr.evaluation.functional.table import f1_over_ap
from projects.fashion_attr.evaluation.functional.thresholds_file import (
    load_thresholds,
)

from .collected import collect, to_predictions, without_duplicates, write_results
from .files import load_constant, load_ground_truth
from .memory import return_free_memory

_TRIM_EVERY = 10  # pictures


@METRICS.register_module()
class F1SegmMetric(BaseMetric):
    """COCO AP and AR, and COCO AP where attributes have to fit too.

    ::

        pictures -> process: RLE, arrays -> compute_metrics: joined, evaluated
                                                |-> table in the log
                                                |-> fashion/segm_AP, segm_f1AP ...
                                                `-> outfile_prefix.results.json

    The pictures that were processed are evaluated; where those are not all of
    ``ann_file``, the log says so. Of its categories, those count that are classes
    of the dataset. Both files are read when the metric is built, so that a wrong
    one shows before an epoch of training.

    Args:
        ann_file (str): COCO JSON with ``attribute_ids`` to evaluate against.
        train_ann_file (str | None): the training set's, for the constant
            predictor; where there is no such file, that predictor is left out.
        iou_types (Sequence[str]): ``'segm'``, ``'bbox'`` or both.
        attr_score_thr (float | str | Sequence): least attribute score: one, one for
            each attribute, or a row of those for each category of ``ann_file``,
            by ascending id; or a file of ``tools/calibrate_thresholds.py``.
        score_thr (float): least class score of a detection that counts.
        outfile_prefix (str | None): also write ``<prefix>.results.json``, COCO
            results with ``attribute_ids`` and all ``attr_scores``.
        backend_args (dict | None): mmengine's file backend.
        collect_device (str): ``'cpu'`` or ``'gpu'``.
        prefix (str | None): stands before every name; ``'fashion'`` by default.
        protocols (Sequence[str]): of ``'coco_f1'``, ``'kaggle'`` (``kaggle_score``)
            and ``'fashionpedia'`` (``fashionpedia_segm_iou_f1_AP``, ...).
        pairs (str | None): ``'diagonal'`` or ``'grid'`` for the protocols that have
            both; None is their own default.
        mean (str | None): ``'image'`` or ``'class'`` for kaggle's.

    Raises:
        FileNotFoundError: if there is no ``ann_file`` or file of thresholds.
        ValueError: if a file is broken, naming it and the annotation, or a protocol
            does not fit.
    """

    default_prefix = 'fashion'

    def __init__(
        self,
        ann_file: str,
        train_ann_file: str | None = None,
        iou_types: Sequence[str] = ('segm', 'bbox'),
        attr_score_thr: float | str | Sequence = 0.4,
        score_thr: float = 0.0,
        outfile_prefix: str | None = None,
        backend_args: dict | None = None,
        collect_device: str = 'cpu',
        prefix: str | None = None,
        protocols: Sequence[str] = ('coco_f1',),
        pairs: str | None = None,
        mean: str | None = None,
    ) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        iou_types = (iou_types,) if isinstance(iou_types, str) else tuple(iou_types)
        if not iou_types or set(iou_types) - {'segm', 'bbox'}:
            raise ValueError(f"iou_types are 'segm' and 'bbox', got {iou_types}")
        self.ann_file = ann_file
        self.train_ann_file = train_ann_file
        self.iou_types = iou_types
        self.attr_score_thr = attr_score_thr
        self.score_thr = score_thr
        self.outfile_prefix = outfile_prefix
        self._ground_truth = load_ground_truth(
            ann_file, 'segm' in iou_types, backend_args
        )
        self.protocols = (
            (protocols,) if isinstance(protocols, str) else tuple(protocols)
        )
        self.options = dict(pairs=pairs, mean=mean)
        check_fit(self.protocols, self._ground_truth, iou_types, self.options)
        if isinstance(attr_score_thr, str):
            gt = self._ground_truth
            self.attr_score_thr = load_thresholds(
                attr_score_thr, gt.category_ids, gt.attribute_ids
            )
        self._constant = None
        if train_ann_file is not None:
            self._constant = load_constant(
                train_ann_file, self._ground_truth, backend_args
            )

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep the predictions of one batch, masks encoded.

        Args:
            data_batch (Any): not used.
            data_samples (Sequence[dict]): ``img_id`` and ``pred_instances``, see
                :func:`.collected.collect`.

        Raises:
            ValueError: if a prediction lacks attr_scores or masks.
        """
        with_masks = 'segm' in self.iou_types
        before = len(self.results)
        self.results.extend(collect(sample, with_masks) for sample in data_samples)
        if before // _TRIM_EVERY != len(self.results) // _TRIM_EVERY:
            return_free_memory()

    def compute_metrics(self, results: list[dict]) -> dict[str, float]:
        """Evaluate everything processed.

        Args:
            results (list[dict]): what :meth:`process` kept, of all workers.

        Returns:
            dict[str, float]: ``segm_AP``, ..., ``bbox_f1APl``,
            ``segm_f1AP_over_AP``, and ``segm_f1AP_constant`` where there is a
            training set; of the other protocols, ``kaggle_score`` and
            ``fashionpedia_segm_iou_f1_AP``, ... -1 where there was nothing to find.

        Raises:
            ValueError: naming the detection that does not fit the ground truth.
        """
        collected = without_duplicates(results)
        ids = self._category_ids()
        gt = self._processed(collected).with_categories(ids)
        predictions = to_predictions(collected, gt, ids, self._thresholds(gt))
        if self.outfile_prefix is not None:
            path = f'{self.outfile_prefix}.results.json'
            write_results(collected, predictions, gt, path)
        scores = {}
        for protocol in self.protocols:
            result = evaluate(
                protocol,
                gt,
                predictions,
                self.iou_types,
                self.score_thr,
                constant=self._constant,
                **known_options(protocol, self.options),
            )
            self._log_table(protocol, result, gt)
            scores |= _flat(protocol, result)
        return scores

    def _processed(self, collected: Sequence[dict]) -> GroundTruth:
        """The ground truth of the pictures that were processed."""
        whole = self._ground_truth
        gt = whole.subset(entry['img_id'] for entry in collected)
        if len(gt.image_ids) < len(whole.image_ids):
            MMLogger.get_current_instance().warning(
                f'evaluated on the {len(gt.image_ids)} images that were processed, '
                f'of {len(whole.image_ids)} in {self.ann_file}'
            )
        return gt

    def _thresholds(self, gt: GroundTruth) -> np.ndarray:
        """The attribute thresholds; where by category, the rows of those left."""
        whole, thresholds = self._ground_truth, np.asarray(self.attr_score_thr)
        if thresholds.ndim != 2:
            return thresholds
        if len(thresholds) != len(whole.category_ids):
            raise ValueError(
                f'attr_score_thr has {len(thresholds)} rows for the '
                f'{len(whole.category_ids)} categories of {self.ann_file}'
            )
        return thresholds[np.isin(whole.category_ids, gt.category_ids)]

    def _category_ids(self) -> np.ndarray:
        """Category id of each label, by the names of the dataset's classes."""
        gt = self._ground_truth
        by_name = dict(zip(gt.category_names, gt.category_ids, strict=True))
        classes = (self.dataset_meta or {}).get('classes')
        if classes is None:
            raise ValueError("dataset_meta has no 'classes' to name the labels")
        missing = [name for name in classes if name not in by_name]
        if missing:
            raise ValueError(f'{self.ann_file} has no category {missing[0]!r}')
        return np.array([by_name[name] for name in classes], np.int64)

    def _log_table(self, protocol: str, result: dict, gt: GroundTruth) -> None:
        note = ''
        if protocol == 'coco_f1' and self._constant is None:
            path = self.train_ann_file or 'train_ann_file'
            note = f'\n\nNo {path}: the constant predictor is left out.'
        text = format_result(protocol, result, gt)
        MMLogger.get_current_instance().info(f'\n\n{text}{note}\n')


def _flat(protocol: str, result: dict) -> dict[str, float]:
    """Scores by name; Kaggle's single classes are for the log."""
    if protocol == 'kaggle':
        return dict(kaggle_score=result['score'])
    if protocol == 'fashionpedia':
        return flatten(result, 'fashionpedia_')
    return flatten(
        {
            iou_type: dict(values, f1AP_over_AP=f1_over_ap(values))
            for iou_type, values in result.items()
        }
    )
