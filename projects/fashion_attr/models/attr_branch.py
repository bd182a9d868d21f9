"""Attributes of boxes, for any detector that has feature maps and boxes."""

import torch
import torch.nn.functional as F
from mmdet.registry import MODELS
from mmdet.structures.bbox import bbox2roi
from mmdet.utils import InstanceList
from mmengine.model import BaseModule
from torch import Tensor

from .attr_heads.base_attr_head import Objects
from .frames import framed_masks, frames


@MODELS.register_module()
class BoxAttrBranch(BaseModule):
    """Reads attributes at boxes of a detector, with features of its own.

    .. code-block:: none

        feature maps -> roi_extractor -> (N, C1, h, w) -.
        picture -> crops -> (N, C2, h', w') -------------> attr_head -> (N, A)
        boxes -> frames, to both                 classes, masks ---^

    ``AttrRoIHead`` and ``AttrCascadeRoIHead`` carry it; another detector calls
    ``loss`` with the boxes it trains on and ``add_scores`` with what it found.

    Args:
        roi_extractor (dict, optional): Config of features from the feature maps.
        attr_head (dict): Config of the attribute predictor; ``in_channels`` and
            ``num_classes`` are filled in here. One that reads vectors gets the
            mean of each feature map.
        crops (dict, optional): Config of features from the pixels, such as
            ``CropEncoder``; the detector has to be an ``AttrTwoStageDetector``.
            With a ``roi_extractor`` too, its maps are joined to those, at their
            size.
        num_classes (int): K; RoI heads fill in their own. Defaults to 46.
        context (float): Both are read in frames this many times as large as the
            boxes, since lengths show only beside what is around a garment.
        square (bool): Whether the frames are square, so that a long sleeve looks
            longer than a short one.
        use_masks (bool): Whether to hand predicted masks on, for pooling under
            them.
        init_cfg (dict, optional): Initialisation of the weights.

    Raises:
        ValueError: If ``context`` is below 1, or neither ``roi_extractor`` nor
            ``crops`` are given.
    """

    def __init__(
        self,
        attr_head: dict,
        roi_extractor: dict | None = None,
        crops: dict | None = None,
        num_classes: int = 46,
        context: float = 1.0,
        square: bool = False,
        use_masks: bool = False,
        init_cfg: dict | None = None,
    ) -> None:
        if context < 1:
            raise ValueError(f'context should be 1 or more, got {context}')
        if roi_extractor is None and crops is None:
            raise ValueError('BoxAttrBranch needs a roi_extractor, crops, or both')
        super().__init__(init_cfg)
        self.roi_extractor = roi_extractor and MODELS.build(roi_extractor)
        self.crops = crops and MODELS.build(crops)
        sources = [part for part in (self.roi_extractor, self.crops) if part]
        self.attr_head = MODELS.build(
            dict(
                attr_head,
                in_channels=sum(part.out_channels for part in sources),
                num_classes=num_classes,
            )
        )
        self.context = context
        self.square = square
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
            x (tuple[Tensor]): Feature maps of all levels; ``FeatureMaps`` where the
                branch crops the picture.
            boxes (list[Tensor]): (n, 4) xyxy of each picture, in pixels of the
                network's input.
            labels (list[Tensor]): (n,) classes of each picture.
            masks (Tensor, optional): (N, h, w) probabilities within the boxes.

        Returns:
            Tensor: (N, A) logits of all pictures, as the attribute head gives them.
        """
        rois = bbox2roi(boxes)
        pictures, boxes = rois[:, 0], rois[:, 1:]
        around = frames(boxes, self.context, self.square)
        if masks is not None:
            masks = framed_masks(masks, boxes, around)
        feats = self._features(x, torch.cat([pictures[:, None], around], 1), masks)
        if self.attr_head.reads == 'vector':
            feats = feats.mean(dim=(2, 3))
        objects = Objects(torch.cat(labels), boxes, pictures.long(), masks)
        return self.attr_head(feats, objects)

    def _features(
        self, x: tuple[Tensor, ...], rois: Tensor, masks: Tensor | None
    ) -> Tensor:
        """(N, C1 + C2, h, w) of what the branch reads."""
        feats = []
        if self.roi_extractor is not None:
            feats += [self.roi_extractor(x[: self.roi_extractor.num_inputs], rois)]
        if self.crops is not None:
            feats += [self.crops(_picture(x), rois, masks)]
        if len(feats) == 2:
            feats[1] = F.adaptive_avg_pool2d(feats[1], feats[0].shape[2:])
        return torch.cat(feats, dim=1)

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


def _picture(x: tuple[Tensor, ...]) -> Tensor:
    picture = getattr(x, 'picture', None)
    if picture is None:
        raise TypeError(
            'the attribute branch crops the picture, which this detector does not '
            "hand on; set model.type to 'AttrTwoStageDetector'"
        )
    return picture


def matched_attrs(sampled, gt) -> Tensor:
    """(P, S) attributes of the ground truth that each foreground RoI was matched with.

    Args:
        sampled (SamplingResult): Of one picture.
        gt (InstanceData): Its ground truth, see ``ground_truth_attrs``.
    """
    return ground_truth_attrs(gt)[sampled.pos_assigned_gt_inds]


def ground_truth_attrs(gt) -> Tensor:
    """(G, S) padded attributes of a picture's ground truth.

    Args:
        gt (InstanceData): With ``attr_labels``.

    Raises:
        ValueError: If it has none.
    """
    if 'attr_labels' not in gt:
        raise ValueError(
            'gt_instances have no attr_labels; load them with LoadAttrAnnotations and '
            'pack them with PackAttrDetInputs'
        )
    return gt.attr_labels
