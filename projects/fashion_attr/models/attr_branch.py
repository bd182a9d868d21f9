"""Attributes of boxes, for any detector that has feature maps and boxes."""

import torch
import torch.nn.functional as F
from mmdet.registry import MODELS
from mmdet.structures.bbox import bbox2roi
from mmdet.utils import InstanceList
from mmengine.model import BaseModule
from torch import Tensor

from .attr_heads.base_attr_head import Objects


@MODELS.register_module()
class BoxAttrBranch(BaseModule):
    """Reads attributes at boxes of a detector, with RoI features of its own.

    .. code-block:: none

        feature maps + boxes -> roi_extractor -> (N, C, h, w) -> attr_head -> (N, A)
                                                 classes, masks ---^

    ``AttrRoIHead`` and ``AttrCascadeRoIHead`` carry it; another detector calls
    ``loss`` with the boxes it trains on and ``add_scores`` with what it found.

    Args:
        roi_extractor (dict): Config of the features; the attribute head gets its
            ``out_channels``.
        attr_head (dict): Config of the attribute predictor; ``in_channels`` and
            ``num_classes`` are filled in here. One that reads vectors gets the
            mean of each feature map.
        num_classes (int): K. Defaults to 46.
        context (float): The features are read in boxes this many times as large,
            since lengths show only beside what is around a garment.
        use_masks (bool): Whether to hand predicted masks on, for pooling under
            them.
        init_cfg (dict, optional): Initialisation of the weights.

    Raises:
        ValueError: If ``context`` is below 1.
    """

    def __init__(
        self,
        roi_extractor: dict,
        attr_head: dict,
        num_classes: int = 46,
        context: float = 1.0,
        use_masks: bool = False,
        init_cfg: dict | None = None,
    ) -> None:
        if context < 1:
            raise ValueError(f'context should be 1 or more, got {context}')
        super().__init__(init_cfg)
        self.roi_extractor = MODELS.build(roi_extractor)
        channels = self.roi_extractor.out_channels
        self.attr_head = MODELS.build(
            dict(attr_head, in_channels=channels, num_classes=num_classes)
        )
        self.context = context
        self.use_masks = use_masks

    def forward(
        self,
        x: tuple[Tensor, ...],
        boxes: list[Tensor],
        labels: list[Tensor],
        masks: Tensor | None = None,
    ) -> Tensor:
        """Attribute logits at boxes.

        Args:
            x (tuple[Tensor]): Feature maps of all levels.
            boxes (list[Tensor]): (n, 4) xyxy of each picture, in pixels of the
                network's input.
            labels (list[Tensor]): (n,) classes of each picture.
            masks (Tensor, optional): (N, h, w) probabilities within the boxes.

        Returns:
            Tensor: (N, A) logits of all pictures, as the attribute head gives them.
        """
        rois = bbox2roi(boxes)
        wide = torch.cat([rois[:, :1], enlarged(rois[:, 1:], self.context)], dim=1)
        feats = self.roi_extractor(x[: self.roi_extractor.num_inputs], wide)
        if masks is not None:
            masks = framed(masks, self.context)
        if self.attr_head.reads == 'vector':
            feats = feats.mean(dim=(2, 3))
        objects = Objects(torch.cat(labels), rois[:, 1:], rois[:, 0].long(), masks)
        return self.attr_head(feats, objects)

    def loss(
        self,
        x: tuple[Tensor, ...],
        boxes: list[Tensor],
        labels: list[Tensor],
        attr_labels: list[Tensor],
        masks: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """Losses at boxes whose attributes are known.

        Args:
            x (tuple[Tensor]): Feature maps of all levels.
            boxes (list[Tensor]): See ``forward``.
            labels (list[Tensor]): (n,) true classes of each picture.
            attr_labels (list[Tensor]): (n, S) padded attributes of each picture.
            masks (Tensor, optional): See ``forward``.

        Returns:
            dict[str, Tensor]: ``loss_attr`` and what else the head has.
        """
        logits = self(x, boxes, labels, masks)
        return self.attr_head.loss(logits, torch.cat(attr_labels))

    def add_scores(
        self,
        x: tuple[Tensor, ...],
        results: InstanceList,
        boxes: list[Tensor],
        masks: Tensor | None = None,
    ) -> None:
        """Give detections their ``attr_scores``.

        Args:
            x (tuple[Tensor]): Feature maps of all levels.
            results (list[InstanceData]): With labels; gets attr_scores (n, A).
            boxes (list[Tensor]): Their boxes, see ``forward``.
            masks (Tensor, optional): See ``forward``.
        """
        logits = self(x, boxes, [result.labels for result in results], masks)
        give_scores(results, self.attr_head.scores(logits))


def give_scores(results: InstanceList, scores: Tensor) -> None:
    """Part (N, A) attribute scores among the n instances of each picture."""
    parts = scores.split([len(result) for result in results])
    for result, part in zip(results, parts, strict=True):
        result.attr_scores = part


def enlarged(boxes: Tensor, factor: float) -> Tensor:
    """(N, 4) xyxy boxes, ``factor`` times as wide and high, about their centres."""
    if factor == 1:
        return boxes
    center = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]) * (factor / 2)
    return torch.cat([center - half, center + half], dim=1)


def framed(masks: Tensor, factor: float) -> Tensor:
    """Masks of boxes as masks of the enlarged boxes.

    Args:
        masks (Tensor): (N, h, w).
        factor (float): Of ``enlarged``.

    Returns:
        Tensor: (N, h', w') with zeros around, to the nearest whole cell.
    """
    rows, columns = (round(n * (factor - 1) / 2) for n in masks.shape[1:])
    return F.pad(masks, (columns, columns, rows, rows))


def matched_attrs(sampled, gt) -> Tensor:
    """(P, S) attributes of the ground truth that each foreground RoI was matched with.

    Args:
        sampled (SamplingResult): Of one picture.
        gt (InstanceData): Its ground truth, with ``attr_labels``.

    Raises:
        ValueError: If the ground truth has no ``attr_labels``.
    """
    if 'attr_labels' not in gt:
        raise ValueError(
            'gt_instances have no attr_labels; load them with LoadAttrAnnotations and '
            'pack them with PackAttrDetInputs'
        )
    return gt.attr_labels[sampled.pos_assigned_gt_inds]
