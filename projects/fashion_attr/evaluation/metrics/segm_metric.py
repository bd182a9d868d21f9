"""SegmMetric: the table of a detector without attributes."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from mmdet.registry import METRICS

from projects.fashion_attr.evaluation.functional.ground_truth import GroundTruth

from .f1_segm_metric import F1SegmMetric


@METRICS.register_module()
class SegmMetric(F1SegmMetric):
    """COCO AP and AR of detections without attributes.

    F1SegmMetric with the same files and settings, so that a config changes the type
    and nothing else; what asks for attributes is left out of scores and table.

    Args:
        args (Any): As for F1SegmMetric.
        kwargs (Any): As for F1SegmMetric.

    Raises:
        ValueError: If a protocol but coco_f1 is asked for; see also F1SegmMetric.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.protocols != ('coco_f1',):
            raise ValueError(
                f"SegmMetric has protocol 'coco_f1' alone, got {self.protocols}"
            )

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep the predictions of one batch, as if no attribute had been named.

        Args:
            data_batch (Any): not used.
            data_samples (Sequence[dict]): ``img_id`` and ``pred_instances``.
        """
        super().process(data_batch, [self._without_attributes(s) for s in data_samples])

    def compute_metrics(self, results: list[dict]) -> dict[str, float]:
        """Evaluate everything processed.

        Args:
            results (list[dict]): what :meth:`process` kept, of all workers.

        Returns:
            dict[str, float]: ``segm_AP``, ``bbox_AR@100`` and so on.
        """
        return _plain(super().compute_metrics(results))

    def _without_attributes(self, sample: Mapping) -> dict:
        found = dict(sample['pred_instances'])
        number = len(self._ground_truth.attribute_ids)
        found['attr_scores'] = np.zeros((len(found['labels']), number), np.float32)
        return dict(sample, pred_instances=found)

    def _log_table(self, protocol: str, result: dict, gt: GroundTruth) -> None:
        plain = {iou_type: _plain(scores) for iou_type, scores in result.items()}
        super()._log_table(protocol, plain, gt)


def _plain(scores: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in scores.items() if 'f1AP' not in name}
