"""Mask2Former for instances with attributes."""

from mmdet.models.detectors import Mask2Former
from mmdet.registry import MODELS
from mmdet.structures import SampleList
from torch import Tensor


@MODELS.register_module()
class AttrMask2Former(Mask2Former):
    """Mask2Former whose predictions carry ``attr_scores``.

    .. code-block:: none

        AttrMask2FormerHead -> class, mask and embedding of every query
        AttrMaskFormerFusionHead -> the best (query, class) pairs and their masks
        the head's attr_head -> attributes of these pairs only
    """

    def predict(
        self,
        batch_inputs: Tensor,
        batch_data_samples: SampleList,
        rescale: bool = True,
    ) -> SampleList:
        """Instances with attributes.

        Args:
            batch_inputs (Tensor): (B, 3, H, W) pictures.
            batch_data_samples (list[DetDataSample]): Their meta data.
            rescale (bool): Masks and boxes in the original picture's pixels.

        Returns:
            list[DetDataSample]: with ``pred_instances``: bboxes (n, 4) xyxy, labels
            (n,), scores (n,), masks (n, H, W) bool and attr_scores (n, A).
        """
        feats = self.extract_feat(batch_inputs)
        layer, masks = self.panoptic_head.predict(feats, batch_data_samples)
        results = self.panoptic_fusion_head.predict(
            layer.cls_scores, masks, batch_data_samples, rescale=rescale
        )
        found = [result['ins_results'] for result in results]
        self.panoptic_head.add_scores(layer, masks, found)
        return self.add_pred_to_datasample(batch_data_samples, results)
