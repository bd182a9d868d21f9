"""What a network says of one picture, before any threshold.

Letters: n detections of one picture, L attributes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from mmdet.structures import DetDataSample
from torch import Tensor

from projects.fashion_attr.evaluation.metrics.collected import as_numpy
from projects.fashion_attr.structures.boxed_masks import encode_boxed
from projects.fashion_attr.structures.run_length_masks import RunLengthMasks


@dataclass(frozen=True, eq=False)
class RawPrediction:
    """Detections of one picture with all of their scores; small enough to be kept.

    Attributes:
        size (tuple[int, int]): (h, w) of the picture, in pixels.
        labels (np.ndarray): (n,) int64 indices of categories.
        scores (np.ndarray): (n,) float32, best first.
        boxes (np.ndarray): (n, 4) float32 xyxy, in pixels.
        masks (list[dict] | None): n COCO RLE of ``size``, counts as str; None where
            the network gives boxes alone.
        attr_scores (np.ndarray | None): (n, L) float32; None where it has no
            attribute head.
    """

    size: tuple[int, int]
    labels: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray
    masks: list[dict] | None = None
    attr_scores: np.ndarray | None = None

    @classmethod
    def from_sample(
        cls, sample: DetDataSample, least_score: float = 0.0
    ) -> 'RawPrediction':
        """Reduce mmdet's result, its masks to RLE.

        Args:
            sample (DetDataSample): with ``ori_shape`` and ``pred_instances``, on any
                device: bboxes (n, 4) xyxy, scores (n,), labels (n,), and where the
                network has them masks (n, h, w) or RunLengthMasks, attr_scores (n, L).
            least_score (float): detections below are left out.

        Returns:
            RawPrediction: of the picture, best first.
        """
        instances = sample.pred_instances
        scores = as_numpy(instances.scores).astype(np.float32)
        order = np.argsort(-scores, kind='stable')
        order = order[scores[order] >= least_score]
        boxes = as_numpy(instances.bboxes).astype(np.float32).reshape(-1, 4)[order]
        masks = attr_scores = None
        if 'masks' in instances:
            masks = _encoded(instances.masks, order, boxes)
        if 'attr_scores' in instances:
            attr_scores = as_numpy(instances.attr_scores).astype(np.float32)[order]
        return cls(
            tuple(int(n) for n in sample.ori_shape[:2]),
            as_numpy(instances.labels).astype(np.int64)[order],
            scores[order],
            boxes,
            masks,
            attr_scores,
        )

    def __len__(self) -> int:
        """How many detections."""
        return len(self.labels)

    def at_least(self, score_thr: float) -> 'RawPrediction':
        """The detections whose class score reaches a threshold.

        Args:
            score_thr (float): least class score.

        Returns:
            RawPrediction: sharing what it can with this one.
        """
        return self.take(np.flatnonzero(self.scores >= score_thr))

    def take(self, kept: Sequence[int] | np.ndarray) -> 'RawPrediction':
        """Some of the detections.

        Args:
            kept (Sequence[int] | np.ndarray): their indices, each once, in order.

        Returns:
            RawPrediction: sharing what it can with this one.
        """
        if len(kept) == len(self):
            return self
        kept = np.asarray(kept, np.int64)
        return replace(
            self,
            labels=self.labels[kept],
            scores=self.scores[kept],
            boxes=self.boxes[kept],
            masks=self.masks and [self.masks[i] for i in kept],
            attr_scores=None if self.attr_scores is None else self.attr_scores[kept],
        )


def _encoded(
    masks: RunLengthMasks | Tensor | np.ndarray, order: np.ndarray, boxes: np.ndarray
) -> list[dict]:
    if isinstance(masks, RunLengthMasks):
        return masks[order].to_rle()
    return encode_boxed([masks[i] for i in order], boxes)
