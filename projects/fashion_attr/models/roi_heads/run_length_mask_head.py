"""A mask head whose results are runs."""

from mmdet.models.roi_heads.mask_heads import FCNMaskHead
from mmdet.registry import MODELS
from mmdet.utils import InstanceList
from mmengine.config import ConfigDict
from torch import Tensor

from ...structures.pasted_masks import paste_masks
from ...structures.run_length_masks import RunLengthMasks


@MODELS.register_module()
class RunLengthMaskHead(FCNMaskHead):
    """mmdet's mask head; its masks are the same, but never as large as the picture.

    ``masks`` of the results are ``RunLengthMasks``, which hand out arrays to who
    goes through them. Metrics of mmdet that want a tensor or a list of RLE need
    ``mask_head=dict(type='FCNMaskHead')``; weights fit either.
    """

    def predict_by_feat(
        self,
        mask_preds: tuple[Tensor],
        results_list: InstanceList,
        batch_img_metas: list[dict],
        rcnn_test_cfg: ConfigDict,
        rescale: bool = False,
        activate_map: bool = False,
    ) -> InstanceList:
        """Masks of detections.

        Args:
            mask_preds (tuple[Tensor]): (n, K, h, w) logits of each picture.
            results_list (list[InstanceData]): n detections of each picture; boxes
                are rescaled in place.
            batch_img_metas (list[dict]): Of each picture.
            rcnn_test_cfg (ConfigDict): With ``mask_thr_binary``; below 0 it asks for
                probabilities, which mmdet's head gives.
            rescale (bool): Whether masks are of the original picture's size.
            activate_map (bool): Whether ``mask_preds`` are probabilities.

        Returns:
            list[InstanceData]: The same, with masks.
        """
        if rcnn_test_cfg.mask_thr_binary < 0:
            return super().predict_by_feat(
                mask_preds,
                results_list,
                batch_img_metas,
                rcnn_test_cfg,
                rescale,
                activate_map,
            )
        for preds, results, meta in zip(
            mask_preds, results_list, batch_img_metas, strict=True
        ):
            size = _rescaled(results.bboxes, meta, rescale)
            if len(results) == 0:
                results.masks = RunLengthMasks([], *size)
                continue
            if not self.class_agnostic:
                preds = preds[range(len(preds)), results.labels][:, None]
            probabilities = preds[:, 0] if activate_map else preds[:, 0].sigmoid()
            results.masks = paste_masks(
                probabilities, results.bboxes, size, rcnn_test_cfg.mask_thr_binary
            )
        return results_list


def _rescaled(boxes: Tensor, meta: dict, rescale: bool) -> tuple[int, int]:
    """(h, w) that masks are wanted in; brings boxes to it, as mmdet's head does."""
    height, width = meta['ori_shape'][:2]
    scale = boxes.new_tensor(meta['scale_factor'])
    if rescale:
        boxes /= scale.repeat((1, 2))
        return int(height), int(width)
    across, down = scale.tolist()
    return round(height * down), round(width * across)
