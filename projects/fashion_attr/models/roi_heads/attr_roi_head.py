"""The RoI head that trains the attribute branch and reads it after NMS."""

import torch
from mmdet.models.roi_heads import StandardRoIHead
from mmdet.models.task_modules.samplers import SamplingResult
from mmdet.models.utils import empty_instances, unpack_gt_instances
from mmdet.registry import MODELS
from mmdet.structures import SampleList
from mmdet.structures.bbox import bbox2roi, get_box_tensor
from mmdet.utils import ConfigType, InstanceList
from mmengine.structures import InstanceData
from torch import Tensor, nn

from ..attr_branch import matched_attrs
from ..attr_heads.base_attr_head import BaseAttrHead, Objects
from .box_attributes import BranchMixin

ATTR_BOXES = ('proposal', 'refined')


@MODELS.register_module()
class AttrRoIHead(BranchMixin, StandardRoIHead):
    """StandardRoIHead with attributes of matched ground truths and of detections.

    .. code-block:: none

        RoI feats -> bbox_head -> class, box
                              \\-> its attr_head (AttrBBoxHead: the paper's)
        feature maps at proposals or refined boxes -> attr_branch (BoxAttrBranch)

    Training: ``gt_instances.attr_labels`` (G, S), padded, of the ground truth
    that each foreground RoI was matched with, and its class, go to the attribute
    head; the loss is named ``loss_attr``.

    Testing: predictions carry ``attr_scores`` (n, A), computed for the detections
    kept after NMS only, so that thresholds can be changed afterwards.

    Args:
        attr_branch (dict, optional): Config of a ``BoxAttrBranch``; without it the
            box head has the attribute head, which sees what class and box see.
        attr_boxes (str): Where the branch trains: at the 'proposal' or at the box
            'refined' from it. In testing it always reads the refined one.
        args, kwargs: As for StandardRoIHead.

    Raises:
        ValueError: If ``attr_boxes`` is unknown.
    """

    def __init__(
        self,
        *args,
        attr_branch: dict | None = None,
        attr_boxes: str = 'proposal',
        **kwargs,
    ) -> None:
        if attr_boxes not in ATTR_BOXES:
            raise ValueError(
                f'attr_boxes should be one of {ATTR_BOXES}, got {attr_boxes!r}'
            )
        super().__init__(*args, **kwargs)
        self.attr_branch = attr_branch and self._build_branch(
            attr_branch, self.bbox_head.num_classes
        )
        self.attr_boxes = attr_boxes

    @property
    def attr_head(self) -> BaseAttrHead:
        """The attribute head, wherever it is."""
        return (self.attr_branch or self.bbox_head).attr_head

    @property
    def attr_parts(self) -> nn.Module:
        """What learns attributes and nothing else."""
        return self.attr_branch or self.attr_head

    def _loss_at(
        self,
        x: tuple[Tensor, ...],
        boxes: list[Tensor],
        labels: list[Tensor],
        attrs: list[Tensor],
    ) -> dict[str, Tensor]:
        if self.attr_branch is not None:
            return super()._loss_at(x, boxes, labels, attrs)
        shared = self._bbox_forward(x, bbox2roi(boxes))['shared_feats']
        logits = self.attr_head(shared, Objects(torch.cat(labels)))
        return self.attr_head.loss(logits, torch.cat(attrs))

    def loss(
        self,
        x: tuple[Tensor, ...],
        rpn_results_list: InstanceList,
        batch_data_samples: SampleList,
    ) -> dict[str, Tensor]:
        """Losses of class, box, attributes and mask.

        Args:
            x (tuple[Tensor]): Feature maps of all levels.
            rpn_results_list (list[InstanceData]): Proposals of each picture.
            batch_data_samples (list[DetDataSample]): Their ground truth.

        Returns:
            dict[str, Tensor]: loss_cls, acc, loss_bbox, loss_attr, loss_mask.
        """
        batch_gt, batch_ignored, metas = unpack_gt_instances(batch_data_samples)
        sampling_results = [
            self._assign_and_sample(x, i, *instances)
            for i, instances in enumerate(
                zip(rpn_results_list, batch_gt, batch_ignored, strict=True)
            )
        ]
        bbox_results = self.bbox_loss(x, sampling_results)
        losses = dict(bbox_results['loss_bbox'])
        if self.attr_branch is None:
            shared = bbox_results['shared_feats']
            losses.update(self.attr_loss(shared, sampling_results, batch_gt))
        else:
            boxes = self._training_boxes(bbox_results, sampling_results, metas)
            losses.update(self._branch_loss(x, boxes, sampling_results, batch_gt))
        if self.with_mask:
            mask_results = self.mask_loss(
                x, sampling_results, bbox_results['bbox_feats'], batch_gt
            )
            losses.update(mask_results['loss_mask'])
        return losses

    def _assign_and_sample(
        self,
        x: tuple[Tensor, ...],
        img: int,
        proposals: InstanceData,
        gt: InstanceData,
        ignored: InstanceData,
    ) -> SamplingResult:
        proposals.priors = proposals.pop('bboxes')
        assigned = self.bbox_assigner.assign(proposals, gt, ignored)
        feats = [level[img][None] for level in x]
        return self.bbox_sampler.sample(assigned, proposals, gt, feats=feats)

    def _bbox_forward(self, x: tuple[Tensor, ...], rois: Tensor) -> dict[str, Tensor]:
        """As in StandardRoIHead, with the box head's ``shared_feats`` if it has any."""
        feats = self.bbox_roi_extractor(x[: self.bbox_roi_extractor.num_inputs], rois)
        if self.with_shared_head:
            feats = self.shared_head(feats)
        cls_score, bbox_pred, *shared = self.bbox_head(feats)
        return dict(
            cls_score=cls_score,
            bbox_pred=bbox_pred,
            bbox_feats=feats,
            shared_feats=shared[0] if shared else None,
        )

    def attr_loss(
        self,
        shared_feats: Tensor,
        sampling_results: list[SamplingResult],
        batch_gt_instances: InstanceList,
    ) -> dict[str, Tensor]:
        """Loss of the box head's attribute head on the foreground RoIs.

        Args:
            shared_feats (Tensor): (R, C) features of all sampled RoIs, picture
                by picture, foreground first, as the samplers order them.
            sampling_results (list[SamplingResult]): One for each picture.
            batch_gt_instances (list[InstanceData]): With ``attr_labels``.

        Returns:
            dict[str, Tensor]: ``loss_attr``.

        Raises:
            ValueError: If the ground truth has no ``attr_labels``.
        """
        parts = shared_feats.split([len(s.priors) for s in sampling_results])
        feats = [
            part[: len(sampled.pos_priors)]
            for part, sampled in zip(parts, sampling_results, strict=True)
        ]
        classes = [sampled.pos_gt_labels for sampled in sampling_results]
        attrs = [*map(matched_attrs, sampling_results, batch_gt_instances)]
        head = self.bbox_head.attr_head
        logits = head(torch.cat(feats), Objects(torch.cat(classes)))
        return head.loss(logits, torch.cat(attrs))

    def _training_boxes(
        self,
        bbox_results: dict[str, Tensor],
        sampling_results: list[SamplingResult],
        metas: list[dict],
    ) -> list[Tensor]:
        """(P, 4) boxes of each picture's foreground RoIs, refined where asked for."""
        proposals = [get_box_tensor(s.pos_priors) for s in sampling_results]
        if self.attr_boxes == 'proposal':
            return proposals
        deltas = bbox_results['bbox_pred'].detach()
        parts = deltas.split([len(s.priors) for s in sampling_results])
        return [
            get_box_tensor(
                self.bbox_head.regress_by_class(
                    boxes, sampled.pos_gt_labels, part[: len(boxes)], meta
                )
            )
            for boxes, sampled, part, meta in zip(
                proposals, sampling_results, parts, metas, strict=True
            )
        ]

    def _mask_logits(self, x: tuple[Tensor, ...], rois: Tensor) -> Tensor:
        return self._mask_forward(x, rois)['mask_preds']

    def predict_bbox(
        self,
        x: tuple[Tensor, ...],
        batch_img_metas: list[dict],
        rpn_results_list: InstanceList,
        rcnn_test_cfg: ConfigType,
        rescale: bool = False,
    ) -> InstanceList:
        """Detections with attribute scores.

        Args:
            x (tuple[Tensor]): Feature maps of all levels.
            batch_img_metas (list[dict]): Meta data of each picture.
            rpn_results_list (list[InstanceData]): Proposals of each picture.
            rcnn_test_cfg (ConfigDict): ``score_thr``, ``nms``, ``max_per_img``.
            rescale (bool): Boxes in the original picture's pixels.

        Returns:
            list[InstanceData]: bboxes (n, 4) xyxy, scores (n,), labels (n,) and
            attr_scores (n, A); mask_logits (n, K, h, w) where the branch has seen
            them at these boxes, for ``predict_mask``.
        """
        proposals = [res.bboxes for res in rpn_results_list]
        rois = bbox2roi(proposals)
        splits = [len(p) for p in proposals]
        if len(rois) == 0:
            results = empty_instances(batch_img_metas, rois.device, task_type='bbox')
            for result in results:
                result.attr_scores = rois.new_zeros((0, self.attr_head.num_attrs))
            return results
        outputs = self._bbox_forward(x, rois)
        results = self.bbox_head.predict_by_feat(
            rois=rois.split(splits),
            cls_scores=outputs['cls_score'].split(splits),
            bbox_preds=outputs['bbox_pred'].split(splits),
            batch_img_metas=batch_img_metas,
            rcnn_test_cfg=rcnn_test_cfg,
            rescale=rescale,
        )
        if rcnn_test_cfg is None:
            return results
        if self.attr_branch is None:
            self._add_attr_scores(results, outputs['shared_feats'].split(splits))
        else:
            logits = self._add_branch_scores(x, results, batch_img_metas, rescale)
            if logits is not None and not rescale:
                parts = logits.split([len(result) for result in results])
                for result, part in zip(results, parts, strict=True):
                    result.mask_logits = part
        return results

    def predict_mask(
        self,
        x: tuple[Tensor, ...],
        batch_img_metas: list[dict],
        results_list: InstanceList,
        rescale: bool = False,
    ) -> InstanceList:
        """Masks of detections; the mask head is not run again for the branch's.

        Args:
            x (tuple[Tensor]): Feature maps of all levels.
            batch_img_metas (list[dict]): Meta data of each picture.
            results_list (list[InstanceData]): See ``predict_bbox``.
            rescale (bool): Masks in the original picture's pixels.

        Returns:
            list[InstanceData]: The same with masks, and without mask_logits.
        """
        logits = [result.pop('mask_logits', None) for result in results_list]
        if not any(map(len, results_list)) or any(part is None for part in logits):
            return super().predict_mask(x, batch_img_metas, results_list, rescale)
        return self.mask_head.predict_by_feat(
            mask_preds=logits,
            results_list=results_list,
            batch_img_metas=batch_img_metas,
            rcnn_test_cfg=self.test_cfg,
            rescale=rescale,
        )

    def _add_attr_scores(
        self, results: InstanceList, shared_feats: tuple[Tensor, ...]
    ) -> None:
        head = self.bbox_head.attr_head
        for result, feats in zip(results, shared_feats, strict=True):
            logits = head(feats[result.pop('roi_inds')], Objects(result.labels))
            result.attr_scores = head.scores(logits)
