"""Mask2Former's head with attributes of its queries."""

from typing import NamedTuple

import torch
from mmdet.models.dense_heads import Mask2FormerHead
from mmdet.registry import MODELS
from mmdet.structures import SampleList
from mmdet.utils import InstanceList
from mmengine.structures import InstanceData
from torch import Tensor

from ..attr_branch import give_scores, matched_attrs
from ..attr_heads.base_attr_head import Objects
from .mask_pooling import mask_boxes, pool_at_boxes

ATTR_LAYERS = ('last', 'all')


class Decoded(NamedTuple):
    """What a decoder layer says of the queries, beside their masks."""

    cls_scores: Tensor  # (B, Q, K + 1) logits, the last of "no object"
    queries: Tensor  # (B, Q, C) embeddings
    mask_features: Tensor  # (B, C', h, w), the same for all layers


@MODELS.register_module()
class AttrMask2FormerHead(Mask2FormerHead):
    """Mask2FormerHead with a third prediction from each query, its attributes.

    .. code-block:: none

                                /-> cls_embed  -> class (K + 1)
        query (C) -> post_norm --> mask_embed . mask features -> mask (h, w)
                                \\-> attr_head  -> attributes (A), given the class
        mask features, pooled within the mask's box --^ for heads that read maps

    Training: the queries that the Hungarian assigner has matched, with the class and
    ``attr_labels`` of their ground truth. It is the assignment of the class and mask
    losses itself, not a second one, since it is drawn from random points.

    Testing: the (query, class) pairs that the fusion head has kept, each with its
    class; so one query may have two lots of attributes.

    Letters: B pictures, Q queries, N objects, K classes, A attributes.

    Args:
        attr_head (dict): Config of the attribute predictor, any that has boxes,
            pictures and masks enough in ``Objects``; ``in_channels`` and
            ``num_classes`` are filled in here.
        attr_layers (str): 'last', or 'all' for a loss at each decoder layer's
            queries, as class and mask have it.
        attr_map_size (int): Side of the feature maps of an attribute head that
            reads maps.
        strides (Sequence[int]): Of the backbone's feature maps; masks have the first.
        kwargs: As for Mask2FormerHead.

    Raises:
        ValueError: If ``attr_layers`` is unknown.
    """

    def __init__(
        self,
        *,
        attr_head: dict,
        attr_layers: str = 'last',
        attr_map_size: int = 14,
        strides: tuple[int, ...] = (4, 8, 16, 32),
        **kwargs,
    ) -> None:
        if attr_layers not in ATTR_LAYERS:
            raise ValueError(
                f'attr_layers should be one of {ATTR_LAYERS}, got {attr_layers!r}'
            )
        super().__init__(**kwargs)
        self.attr_head = self._build_attr_head(attr_head, kwargs['out_channels'])
        self.attr_layers = attr_layers
        self.attr_map_size = attr_map_size
        self.mask_stride = strides[0]

    def _build_attr_head(self, attr_head: dict, map_channels: int):
        kind = MODELS.get(attr_head['type'])
        reads_map = getattr(kind, 'reads', 'vector') == 'map'
        channels = map_channels if reads_map else self.decoder_embed_dims
        return MODELS.build(
            dict(attr_head, in_channels=channels, num_classes=self.num_things_classes)
        )

    def init_weights(self) -> None:
        """Mask2FormerHead's own, which leaves out what it does not know."""
        super().init_weights()
        self.attr_head.init_weights()

    def _forward_head(
        self,
        decoder_out: Tensor,
        mask_feature: Tensor,
        attn_mask_target_size: tuple[int, int],
    ) -> tuple[Decoded, Tensor, Tensor]:
        """A layer's outputs; ``forward`` collects the first two in lists."""
        cls_scores, masks, attn_mask = super()._forward_head(
            decoder_out, mask_feature, attn_mask_target_size
        )
        queries = self.transformer_decoder.post_norm(decoder_out)
        return Decoded(cls_scores, queries, mask_feature), masks, attn_mask

    def loss(
        self, x: tuple[Tensor, ...], batch_data_samples: SampleList
    ) -> dict[str, Tensor]:
        """Losses of class, mask and attributes.

        Args:
            x (tuple[Tensor]): Feature maps of all levels.
            batch_data_samples (list[DetDataSample]): With labels, masks and
                attr_labels.

        Returns:
            dict[str, Tensor]: loss_cls, loss_mask, loss_dice, loss_attr, and those
            of earlier layers as ``d0.loss_cls`` etc.

        Raises:
            ValueError: If the ground truth has no ``attr_labels``.
        """
        layers, masks = self(x, batch_data_samples)
        gts = [sample.gt_instances for sample in batch_data_samples]
        targets = self.preprocess_gt(gts, [None] * len(gts))
        # _get_targets_single adds a picture's matches, layer by layer.
        metas = [dict(s.metainfo, matches=[]) for s in batch_data_samples]
        losses = self.loss_by_feat(
            [layer.cls_scores for layer in layers], masks, targets, metas
        )
        first = 0 if self.attr_layers == 'all' else len(layers) - 1
        for i in range(first, len(layers)):
            matches = [meta['matches'][i] for meta in metas]
            prefix = '' if i == len(layers) - 1 else f'd{i}.'
            of_layer = self._attr_losses(layers[i], masks[i], matches, gts)
            losses.update({prefix + name: loss for name, loss in of_layer.items()})
        return losses

    def _get_targets_single(
        self,
        cls_score: Tensor,
        mask_pred: Tensor,
        gt_instances: InstanceData,
        img_meta: dict,
    ) -> tuple:
        """As in Mask2FormerHead; its last part, the matches, is kept for attributes."""
        targets = super()._get_targets_single(
            cls_score, mask_pred, gt_instances, img_meta
        )
        img_meta.setdefault('matches', []).append(targets[-1])
        return targets

    def _attr_losses(
        self, layer: Decoded, masks: Tensor, matches: list, gts: InstanceList
    ) -> dict[str, Tensor]:
        labels = [
            gt.labels[match.pos_assigned_gt_inds]
            for match, gt in zip(matches, gts, strict=True)
        ]
        queries = [match.pos_inds for match in matches]
        logits = self.attr_logits(layer, masks, queries, labels)
        return self.attr_head.loss(
            logits, torch.cat([*map(matched_attrs, matches, gts)])
        )

    def attr_logits(
        self,
        layer: Decoded,
        masks: Tensor,
        queries: list[Tensor],
        labels: list[Tensor],
    ) -> Tensor:
        """Attribute logits of some queries, each as an object of a class.

        Args:
            layer (Decoded): Outputs of a decoder layer.
            masks (Tensor): (B, Q, h, w) mask logits of the same.
            queries (list[Tensor]): (n,) int64 queries of each picture.
            labels (list[Tensor]): (n,) int64 classes of each picture.

        Returns:
            Tensor: (N, A) of all pictures, as the attribute head gives them.
        """
        counts = torch.tensor([len(q) for q in queries], device=masks.device)
        pictures = torch.arange(len(queries), device=masks.device)
        pictures = pictures.repeat_interleave(counts)
        rows = torch.cat(queries)
        logits = masks[pictures, rows].detach()
        boxes = mask_boxes(logits > 0)
        weights = None
        if self.attr_head.reads == 'map':
            feats, weights = pool_at_boxes(
                layer.mask_features, pictures, logits, boxes, self.attr_map_size
            )
        else:
            feats = layer.queries[pictures, rows]
        boxes = boxes * self.mask_stride
        return self.attr_head(
            feats, Objects(torch.cat(labels), boxes, pictures, weights)
        )

    def predict(
        self, x: tuple[Tensor, ...], batch_data_samples: SampleList
    ) -> tuple[Decoded, Tensor]:
        """The last layer's outputs, of all queries, at the size of the features.

        Args:
            x (tuple[Tensor]): Feature maps of all levels.
            batch_data_samples (list[DetDataSample]): Their meta data.

        Returns:
            tuple[Decoded, Tensor]: outputs, and (B, Q, h, w) mask logits.
        """
        layers, masks = self(x, batch_data_samples)
        return layers[-1], masks[-1]

    def add_scores(self, layer: Decoded, masks: Tensor, results: InstanceList) -> None:
        """Give instances their ``attr_scores``.

        Args:
            layer (Decoded): Of ``predict``.
            masks (Tensor): Of ``predict``.
            results (list[InstanceData]): With labels and query_inds, which are
                taken out; get attr_scores (n, A).
        """
        queries = [result.pop('query_inds') for result in results]
        labels = [result.labels for result in results]
        logits = self.attr_logits(layer, masks, queries, labels)
        give_scores(results, self.attr_head.scores(logits))
