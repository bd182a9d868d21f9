"""Test-time augmentation with masks and attributes, which DetTTAModel refuses."""

import torch
from mmcv.ops import batched_nms
from mmdet.models.test_time_augs import DetTTAModel
from mmdet.registry import MODELS
from mmdet.structures import DetDataSample
from mmdet.structures.bbox import bbox_flip, bbox_overlaps
from mmengine.structures import InstanceData
from torch import Tensor

from ...structures.run_length_masks import RunLengthMasks

_FLIP_DIMS = dict(horizontal=[-1], vertical=[-2], diagonal=[-2, -1])


@MODELS.register_module()
class AttrTTAModel(DetTTAModel):
    """Merges the garments found on flipped and rescaled views of a picture.

    Detections of all views are brought back to the original picture and go
    through NMS together. The detection that survives keeps its box, score and
    mask; its attribute scores are the mean over the detections of its class that
    overlap it by the NMS threshold or more (itself included), since averaging
    views steadies scores where boxes only have to be chosen from. Models without
    attributes are merged as well.
    """

    def _merge_single_sample(self, data_samples: list[DetDataSample]) -> DetDataSample:
        views = [_unflipped(s.pred_instances, s.metainfo) for s in data_samples]
        merged = InstanceData.cat(views)
        if len(merged):
            merged = self._suppress(merged)
        result = DetDataSample(metainfo=data_samples[0].metainfo)
        if 'gt_instances' in data_samples[0]:
            result.gt_instances = data_samples[0].gt_instances
        result.pred_instances = merged
        return result

    def _suppress(self, found: InstanceData) -> InstanceData:
        nms = self.tta_cfg.nms
        dets, keep = batched_nms(found.bboxes, found.scores, found.labels, nms)
        keep = keep[: self.tta_cfg.max_per_img]
        kept = found[keep]
        kept.scores = dets[: len(keep), -1]
        if 'attr_scores' in found:  # stock models have none
            kept.attr_scores = _voted(kept, found, nms['iou_threshold'])
        return kept


def _unflipped(found: InstanceData, meta: dict) -> InstanceData:
    """The instances of a view in the pixels of the original picture."""
    if not meta.get('flip'):
        return found
    direction = meta['flip_direction']
    result = found[:]
    result.bboxes = bbox_flip(found.bboxes, meta['ori_shape'], direction)
    if 'masks' in found:
        runs = isinstance(found.masks, RunLengthMasks)
        result.masks = found.masks.flip(direction if runs else _FLIP_DIMS[direction])
    return result


def _voted(kept: InstanceData, found: InstanceData, iou_thr: float) -> Tensor:
    """(k, A) mean attribute scores of the detections each kept one stands for."""
    same_class = kept.labels[:, None] == found.labels[None]
    votes = same_class & (bbox_overlaps(kept.bboxes, found.bboxes) >= iou_thr)
    # Zero-area boxes overlap nothing, not even themselves: then no vote is cast.
    weights = votes.to(found.attr_scores)
    total = weights.sum(dim=1, keepdim=True)
    mean = weights @ found.attr_scores / total.clamp(min=1)
    return torch.where(total > 0, mean, kept.attr_scores)
