"""Cascade R-CNN with attributes."""

from mmdet.models.roi_heads import CascadeRoIHead
from mmdet.models.task_modules.samplers import SamplingResult
from mmdet.registry import MODELS
from mmdet.structures import SampleList
from mmdet.structures.bbox import get_box_tensor
from mmdet.utils import ConfigType, InstanceList
from torch import Tensor

from .box_attributes import BranchMixin

# What of the last stage's losses is the attributes'; 'loss' in a name makes
# CascadeRoIHead scale it.
_MARK = 'attr-branch.'


@MODELS.register_module()
class AttrCascadeRoIHead(BranchMixin, CascadeRoIHead):
    """CascadeRoIHead whose last stage trains an attribute branch.

    The branch learns at the proposals of the last stage, which two stages have
    refined, and reads the final boxes.

    Args:
        attr_branch (dict): Config of a ``BoxAttrBranch``.
        args, kwargs: As for CascadeRoIHead.
    """

    def __init__(self, *args, attr_branch: dict, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.attr_branch = self._build_branch(
            attr_branch, self.bbox_head[-1].num_classes
        )

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
            boxes = [get_box_tensor(s.pos_priors) for s in sampling_results]
            losses = self._branch_loss(x, boxes, sampling_results, batch_gt_instances)
            # CascadeRoIHead.loss scales a stage's losses; these are not of a stage.
            weight = self.stage_loss_weights[stage]
            marked = {_MARK + name: loss / weight for name, loss in losses.items()}
            results['loss_mask'].update(marked)
        return results

    def _mask_logits(self, x: tuple[Tensor, ...], rois: Tensor) -> Tensor:
        """Of the last stage."""
        return self._mask_forward(self.num_stages - 1, x, rois)['mask_preds']

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
            self._add_branch_scores(x, results, batch_img_metas, rescale)
        return results
