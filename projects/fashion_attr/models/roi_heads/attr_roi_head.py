"""The RoI head that trains the attribute branch and reads it after NMS."""

import torch
from mmdet.models.roi_heads import StandardRoIHead
from mmdet.models.task_modules.samplers import SamplingResult
from mmdet.models.utils import empty_instances, unpack_gt_instances
from mmdet.registry import MODELS
from mmdet.structures import SampleList
from mmdet.structures.bbox import bbox2roi
from mmdet.utils import ConfigType, InstanceList
from mmengine.structures import InstanceData
from torch import Tensor


@MODELS.register_module()
class AttrRoIHead(StandardRoIHead):
    """StandardRoIHead that hands the attributes of matched ground truths on.

    Training: ``gt_instances.attr_labels`` (G, S), padded, of the ground truth
    that each foreground RoI was matched with, and its class, go to the box
    head's ``attr_head``; the loss is named ``loss_attr``.

    Testing: predictions carry ``attr_scores`` (n, A), the sigmoid of the logits,
    computed for the detections kept after NMS only, so that thresholds can be
    changed afterwards.
    """

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
        batch_gt, batch_ignored, _ = unpack_gt_instances(batch_data_samples)
        sampling_results = [
            self._assign_and_sample(x, i, *instances)
            for i, instances in enumerate(
                zip(rpn_results_list, batch_gt, batch_ignored, strict=True)
            )
        ]
        bbox_results = self.bbox_loss(x, sampling_results)
        losses = dict(bbox_results['loss_bbox'])
        losses.update(
            self.attr_loss(bbox_results['shared_feats'], sampling_results, batch_gt)
        )
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
        """As in StandardRoIHead, with the box head's ``shared_feats`` beside."""
        feats = self.bbox_roi_extractor(x[: self.bbox_roi_extractor.num_inputs], rois)
        if self.with_shared_head:
            feats = self.shared_head(feats)
        cls_score, bbox_pred, shared = self.bbox_head(feats)
        return dict(
            cls_score=cls_score,
            bbox_pred=bbox_pred,
            bbox_feats=feats,
            shared_feats=shared,
        )

    def attr_loss(
        self,
        shared_feats: Tensor,
        sampling_results: list[SamplingResult],
        batch_gt_instances: InstanceList,
    ) -> dict[str, Tensor]:
        """Loss of the attribute branch on the foreground RoIs.

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
        feats, classes, attrs = [], [], []
        splits = [len(s.priors) for s in sampling_results]
        for part, sampled, gt in zip(
            shared_feats.split(splits),
            sampling_results,
            batch_gt_instances,
            strict=True,
        ):
            if 'attr_labels' not in gt:
                raise ValueError(
                    'gt_instances have no attr_labels; load them with '
                    'LoadAttrAnnotations and pack them with PackAttrDetInputs'
                )
            feats.append(part[: len(sampled.pos_priors)])
            classes.append(sampled.pos_gt_labels)
            attrs.append(gt.attr_labels[sampled.pos_assigned_gt_inds])
        head = self.bbox_head.attr_head
        logits = head(torch.cat(feats), torch.cat(classes))
        return head.loss(logits, torch.cat(attrs))

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
            attr_scores (n, A).
        """
        proposals = [res.bboxes for res in rpn_results_list]
        rois = bbox2roi(proposals)
        splits = [len(p) for p in proposals]
        if len(rois) == 0:
            results = empty_instances(batch_img_metas, rois.device, task_type='bbox')
            for result in results:
                result.attr_scores = rois.new_zeros(
                    (0, self.bbox_head.attr_head.num_attrs)
                )
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
        if rcnn_test_cfg is not None:
            self._add_attr_scores(results, outputs['shared_feats'].split(splits))
        return results

    def _add_attr_scores(
        self, results: InstanceList, shared_feats: tuple[Tensor, ...]
    ) -> None:
        for result, feats in zip(results, shared_feats, strict=True):
            kept = feats[result.pop('roi_inds')]
            logits = self.bbox_head.attr_head(kept, result.labels)
            result.attr_scores = logits.float().sigmoid()
