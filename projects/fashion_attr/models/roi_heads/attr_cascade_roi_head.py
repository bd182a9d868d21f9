"""Cascade R-CNN with attributes."""

import torch
from mmdet.models.roi_heads import CascadeRoIHead
from mmdet.models.task_modules.samplers import SamplingResult
from mmdet.registry import MODELS
from mmdet.structures import SampleList
from mmdet.structures.bbox import bbox2roi, get_box_tensor
from mmdet.utils import ConfigType, InstanceList
from torch import Tensor

from ..attr_branch import matched_attrs
from .box_attributes import class_masks, network_boxes

# What of the last stage's losses is the attributes'; 'loss' in a name makes
# CascadeRoIHead scale it.
_MARK = 'attr-branch.'


@MODELS.register_module()
class AttrCascadeRoIHead(CascadeRoIHead):
    """CascadeRoIHead whose last stage trains an attribute branch.

    The branch learns at the proposals of the last stage, which two stages have
    refined, and reads the final boxes.

    Args:
        attr_branch (dict): Config of a ``BoxAttrBranch``.
        args, kwargs: As for CascadeRoIHead.
    """

    def __init__(self, *args, attr_branch: dict, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.attr_branch = MODELS.build(attr_branch)

    def loss(
        self,
        x: tuple[Tensor, ...],
        rpn_results_list: InstanceList,
        batch_data_samples: SampleList,
    ) -> dict[str, Tensor]:
        """Losses of all stages (``s0.loss_cls``, ...), and those of the attributes.

        Args:
            x (tuple[Tensor]): Feature maps of all levels.
            rpn_results_list (list[InstanceData]): Proposals of each picture.
            batch_data_samples (list[DetDataSample]): Their ground truth.

        Returns:
            dict[str, Tensor]: With ``loss_attr``, under the name it has elsewhere.
        """
        losses = super().loss(x, rpn_results_list, batch_data_samples)
        prefix = f's{self.num_stages - 1}.{_MARK}'
        return {name.removeprefix(prefix): loss for name, loss in losses.items()}

    def mask_loss(
        self,
        stage: int,
        x: tuple[Tensor, ...],
        sampling_results: list[SamplingResult],
        batch_gt_instances: InstanceList,
    ) -> dict:
        """The stage's mask loss and, in the last stage, the attribute loss.

        Here, since no other step of a stage has both the sampled boxes and the
        ground truth.
        """
        results = super().mask_loss(stage, x, sampling_results, batch_gt_instances)
        if stage == self.num_stages - 1:
            losses = self._attr_losses(x, sampling_results, batch_gt_instances)
            # CascadeRoIHead.loss scales a stage's losses; these are not of a stage.
            weight = self.stage_loss_weights[stage]
            marked = {_MARK + name: loss / weight for name, loss in losses.items()}
            results['loss_mask'].update(marked)
        return results

    def _attr_losses(
        self,
        x: tuple[Tensor, ...],
        sampling_results: list[SamplingResult],
        batch_gt_instances: InstanceList,
    ) -> dict[str, Tensor]:
        boxes = [get_box_tensor(s.pos_priors) for s in sampling_results]
        labels = [s.pos_gt_labels for s in sampling_results]
        attrs = [*map(matched_attrs, sampling_results, batch_gt_instances)]
        masks = self._masks(x, boxes, labels)
        return self.attr_branch.loss(x, boxes, labels, attrs, masks)

    def predict_bbox(
        self,
        x: tuple[Tensor, ...],
        batch_img_metas: list[dict],
        rpn_results_list: InstanceList,
        rcnn_test_cfg: ConfigType,
        rescale: bool = False,
        **kwargs,
    ) -> InstanceList:
        """Detections with attribute scores, see ``AttrRoIHead.predict_bbox``."""
        results = super().predict_bbox(
            x, batch_img_metas, rpn_results_list, rcnn_test_cfg, rescale, **kwargs
        )
        if rcnn_test_cfg is not None:
            boxes = network_boxes(results, batch_img_metas, rescale)
            masks = self._masks(x, boxes, [result.labels for result in results])
            self.attr_branch.add_scores(x, results, boxes, masks)
        return results

    def _masks(
        self, x: tuple[Tensor, ...], boxes: list[Tensor], labels: list[Tensor]
    ) -> Tensor | None:
        if not (self.attr_branch.use_masks and self.with_mask):
            return None
        with torch.no_grad():
            last = self.num_stages - 1
            logits = self._mask_forward(last, x, bbox2roi(boxes))['mask_preds']
        return class_masks(logits, torch.cat(labels))
