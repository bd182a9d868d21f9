"""What RoI heads have in common that carry an attribute branch."""

import torch
from mmdet.models.task_modules.samplers import SamplingResult
from mmdet.registry import MODELS
from mmdet.structures import SampleList
from mmdet.structures.bbox import bbox2roi, get_box_tensor
from mmdet.utils import InstanceList
from torch import Tensor, nn

from ..attr_branch import ground_truth_attrs, matched_attrs
from ..frames import shaken


class BranchMixin:
    """Trains and reads the ``attr_branch`` (BoxAttrBranch) of a RoI head.

    The head says how masks are predicted: ``_mask_logits(x, rois)``.
    """

    def _branch_loss(
        self,
        x: tuple[Tensor, ...],
        boxes: list[Tensor],
        sampling_results: list[SamplingResult],
        batch_gt_instances: InstanceList,
    ) -> dict[str, Tensor]:
        """Losses of the branch at (P, 4) boxes of each picture's foreground RoIs."""
        labels = [sampled.pos_gt_labels for sampled in sampling_results]
        attrs = [*map(matched_attrs, sampling_results, batch_gt_instances)]
        return self._loss_at(x, boxes, labels, attrs)

    @staticmethod
    def _build_branch(attr_branch: dict, num_classes: int) -> nn.Module:
        """The branch, with as many classes as the box head unless it says other."""
        return MODELS.build(dict(num_classes=num_classes) | dict(attr_branch))

    @property
    def attr_parts(self) -> nn.Module:
        """What learns attributes and nothing else."""
        return self.attr_branch

    def attributes_loss(
        self,
        x: tuple[Tensor, ...],
        batch_data_samples: SampleList,
        views: int,
        shake: float,
    ) -> dict[str, Tensor]:
        """Losses of the attributes alone, at shaken boxes of the ground truth.

        Args:
            x (tuple[Tensor]): Feature maps of all levels.
            batch_data_samples (list[DetDataSample]): Their ground truth.
            views (int): Boxes of each object.
            shake (float): See ``shaken``.

        Returns:
            dict[str, Tensor]: ``loss_attr`` and what else the attribute head has.
        """
        truths = [sample.gt_instances for sample in batch_data_samples]
        boxes = [
            shaken(get_box_tensor(gt.bboxes).repeat(views, 1), shake) for gt in truths
        ]
        labels = [gt.labels.repeat(views) for gt in truths]
        attrs = [ground_truth_attrs(gt).repeat(views, 1) for gt in truths]
        return self._loss_at(x, boxes, labels, attrs)

    def _loss_at(
        self,
        x: tuple[Tensor, ...],
        boxes: list[Tensor],
        labels: list[Tensor],
        attrs: list[Tensor],
    ) -> dict[str, Tensor]:
        reads = [self.attr_branch.attr_head.learns_from(part) for part in attrs]
        boxes, labels, attrs = (
            [part[read] for part, read in zip(parts, reads, strict=True)]
            for parts in (boxes, labels, attrs)
        )
        masks, _ = self._masks(x, boxes, labels)
        return self.attr_branch.loss(x, boxes, labels, attrs, masks)

    def _add_branch_scores(
        self,
        x: tuple[Tensor, ...],
        results: InstanceList,
        metas: list[dict],
        rescaled: bool,
    ) -> Tensor | None:
        """Give detections the branch's ``attr_scores``, see ``network_boxes``.

        Returns:
            Tensor | None: (N, K, h, w) mask logits, where the branch wanted masks.
        """
        boxes = network_boxes(results, metas, rescaled)
        masks, logits = self._masks(x, boxes, [result.labels for result in results])
        self.attr_branch.add_scores(x, results, boxes, masks)
        return logits

    def _masks(
        self, x: tuple[Tensor, ...], boxes: list[Tensor], labels: list[Tensor]
    ) -> tuple[Tensor, Tensor] | tuple[None, None]:
        """(N, h, w) predicted masks of the objects, if the branch wants them.

        With them the mask head's (N, K, h, w) logits.
        """
        if not (self.attr_branch.use_masks and self.with_mask):
            return None, None
        with torch.no_grad():
            logits = self._mask_logits(x, bbox2roi(boxes))
        return class_masks(logits, torch.cat(labels)), logits


def network_boxes(
    results: InstanceList, metas: list[dict], rescaled: bool
) -> list[Tensor]:
    """Boxes of detections in pixels of the network's input.

    Args:
        results (list[InstanceData]): With bboxes (n, 4) xyxy.
        metas (list[dict]): Meta data of each picture.
        rescaled (bool): Whether the boxes are in the original picture's pixels.

    Returns:
        list[Tensor]: (n, 4) xyxy.
    """
    boxes = [get_box_tensor(result.bboxes) for result in results]
    if not rescaled:
        return boxes
    return [
        box * box.new_tensor(meta['scale_factor']).repeat(2)
        for box, meta in zip(boxes, metas, strict=True)
    ]


def class_masks(logits: Tensor, labels: Tensor) -> Tensor:
    """Probabilities of each object's own class.

    Args:
        logits (Tensor): (N, K, h, w), or (N, 1, h, w) of a mask head for all classes.
        labels (Tensor): (N,) classes.

    Returns:
        Tensor: (N, h, w).
    """
    if logits.shape[1] == 1:
        return logits[:, 0].sigmoid()
    rows = torch.arange(len(labels), device=labels.device)
    return logits[rows, labels].sigmoid()
