"""Instances from the classes and masks of queries."""

import torch
import torch.nn.functional as F
from mmdet.models.seg_heads import MaskFormerFusionHead
from mmdet.registry import MODELS
from mmdet.structures import SampleList
from mmengine.structures import InstanceData
from torch import Tensor

from ..dense_heads.mask_pooling import mask_boxes


@MODELS.register_module()
class AttrMaskFormerFusionHead(MaskFormerFusionHead):
    """MaskFormerFusionHead for instances, which tells the query of each.

    The instances are those of MaskFormerFusionHead. But the ``max_per_image`` best
    (query, class) pairs are chosen before masks are enlarged, each query's once and
    one at a time: there, all Q masks are floats of the original picture's size at
    the same time.

    Letters: Q queries, K classes, n instances, h and w of the mask logits, H and W
    of the picture.

    ``test_cfg``: ``max_per_image``, and ``score_thr``, the least score of an
    instance (0 for all, as in MaskFormerFusionHead).
    """

    def predict(
        self,
        mask_cls_results: Tensor,
        mask_pred_results: Tensor,
        batch_data_samples: SampleList,
        rescale: bool = False,
        **kwargs,
    ) -> list[dict[str, InstanceData]]:
        """Instances of each picture.

        Args:
            mask_cls_results (Tensor): (B, Q, K + 1) class logits.
            mask_pred_results (Tensor): (B, Q, h, w) mask logits, of any size that
                stands for the padded picture.
            batch_data_samples (list[DetDataSample]): Their meta data.
            rescale (bool): Masks and boxes in the original picture's pixels.
            kwargs: Ignored, as in MaskFormerFusionHead.

        Returns:
            list[dict]: ``ins_results``: bboxes (n, 4) xyxy, labels (n,), scores
            (n,), masks (n, H, W) bool and query_inds (n,).
        """
        return [
            dict(ins_results=self._instances(cls, masks, sample.metainfo, rescale))
            for cls, masks, sample in zip(
                mask_cls_results, mask_pred_results, batch_data_samples, strict=True
            )
        ]

    def _instances(
        self, mask_cls: Tensor, mask_pred: Tensor, meta: dict, rescale: bool
    ) -> InstanceData:
        scores, labels, query_inds = self._best_pairs(mask_cls)
        kept, inverse = query_inds.unique(return_inverse=True)
        masks, mask_scores = _full_size(mask_pred[kept], meta, rescale)
        found = InstanceData(
            bboxes=mask_boxes(masks)[inverse],
            labels=labels,
            scores=scores * mask_scores[inverse],
            masks=masks[inverse],
            query_inds=query_inds,
        )
        return found[found.scores >= self._score_thr]

    @property
    def _score_thr(self) -> float:
        return self.test_cfg.get('score_thr', 0.0)

    def _best_pairs(self, mask_cls: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(n,) scores, classes and queries of the (query, class) pairs to keep."""
        scores = mask_cls.float().softmax(dim=-1)[:, :-1]
        count = min(self.test_cfg.get('max_per_image', 100), scores.numel())
        best, pairs = scores.flatten().topk(count, sorted=False)
        # The mask's own score only lowers it: no mask is enlarged in vain.
        pairs, best = pairs[best >= self._score_thr], best[best >= self._score_thr]
        return best, pairs % self.num_classes, pairs // self.num_classes


def _full_size(logits: Tensor, meta: dict, rescale: bool) -> tuple[Tensor, Tensor]:
    """Masks of the picture's size, and the mean probability within each.

    Args:
        logits (Tensor): (n, h, w), of the padded picture.
        meta (dict): ``batch_input_shape``, ``img_shape``, ``ori_shape``.
        rescale (bool): Whether to enlarge to ``ori_shape``.

    Returns:
        tuple[Tensor, Tensor]: (n, H, W) bool, (n,).
    """
    h, w = meta['img_shape'][:2]
    size = meta['ori_shape'][:2] if rescale else (h, w)
    masks = logits.new_zeros((len(logits), *size), dtype=torch.bool)
    scores = logits.new_zeros(len(logits), dtype=torch.float32)
    for i, logit in enumerate(logits):
        logit = _resized(logit, meta['batch_input_shape'])[:h, :w]
        logit = _resized(logit, size) if rescale else logit
        masks[i] = logit > 0
        inside = logit[masks[i]].float().sigmoid()
        scores[i] = inside.sum() / (len(inside) + 1e-6)
    return masks, scores


def _resized(logit: Tensor, size: tuple[int, int]) -> Tensor:
    """(H, W) of an (h, w) map."""
    return F.interpolate(
        logit[None, None], size=tuple(size), mode='bilinear', align_corners=False
    )[0, 0]
