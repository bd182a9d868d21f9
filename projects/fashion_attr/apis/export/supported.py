"""What can be exported; the rest is refused by name before any work is done."""

from collections.abc import Iterator
from typing import Any

from mmcv.ops import RoIAlign
from mmdet.models.backbones import SwinTransformer
from mmdet.models.data_preprocessors import DetDataPreprocessor
from mmdet.models.dense_heads import RPNHead
from mmdet.models.detectors import TwoStageDetector
from mmdet.models.roi_heads import CascadeRoIHead, StandardRoIHead
from mmdet.models.roi_heads.bbox_heads import (
    ConvFCBBoxHead,
    Shared2FCBBoxHead,
    Shared4Conv1FCBBoxHead,
)
from mmdet.models.roi_heads.mask_heads import FCNMaskHead
from mmdet.models.roi_heads.roi_extractors import SingleRoIExtractor
from mmdet.models.task_modules.coders import DeltaXYWHBBoxCoder
from mmdet.models.task_modules.prior_generators import AnchorGenerator
from torch import nn

from projects.fashion_attr.models import (
    AttrBBoxHead,
    AttrCascadeRoIHead,
    AttrRoIHead,
    RunLengthMaskHead,
)

# By exact type: what a subclass does otherwise would be lost without a word.
_ROI_HEADS = (StandardRoIHead, CascadeRoIHead, AttrRoIHead, AttrCascadeRoIHead)
_BOX_HEADS = (AttrBBoxHead, ConvFCBBoxHead, Shared2FCBBoxHead, Shared4Conv1FCBBoxHead)


def check_supported(model: nn.Module) -> None:
    """Refuse what the exported program would not do as the model does it.

    Args:
        model (nn.Module): the detector.

    Raises:
        ValueError: naming the part.
    """
    if not isinstance(model, TwoStageDetector):
        raise ValueError(
            f'{type(model).__name__} cannot be exported: two-stage detectors (Mask '
            'R-CNN, Cascade Mask R-CNN) can'
        )
    for part, value, allowed in _parts(model):
        if type(value) not in allowed:
            names = ' or '.join(kind.__name__ for kind in allowed)
            raise ValueError(
                f'{part} is {type(value).__name__}, which cannot be exported: {names} '
                'can'
            )
    if isinstance(model.backbone, SwinTransformer):
        raise ValueError(
            'backbone is SwinTransformer, which cannot be exported: its windows depend '
            "on the picture's size, and its code makes constants of their number; "
            'ResNet, ResNeXt and ConvNeXt can'
        )
    for part, config in _suppressions(model):
        if config.get('type', 'nms') != 'nms':
            raise ValueError(
                f"{part} is {config['type']!r}, which cannot be exported: 'nms' can"
            )
    for head in _each(model.roi_head.bbox_head):
        if head.custom_activation:
            raise ValueError(
                f'roi_head.bbox_head has a loss with an activation of its own '
                f'({type(head.loss_cls).__name__}), which cannot be exported'
            )
    if model.roi_head.with_mask and model.roi_head.test_cfg.mask_thr_binary < 0:
        raise ValueError(
            'mask_thr_binary below 0 asks for masks of shades, which are not exported'
        )


def _parts(model: TwoStageDetector) -> Iterator[tuple[str, Any, tuple[type, ...]]]:
    """Names, values and the types they may have."""
    head = model.roi_head
    yield 'data_preprocessor', model.data_preprocessor, (DetDataPreprocessor,)
    yield 'rpn_head', model.rpn_head, (RPNHead,)
    yield 'roi_head', head, _ROI_HEADS
    anchors = model.rpn_head.prior_generator
    yield 'rpn_head.anchor_generator', anchors, (AnchorGenerator,)
    yield 'rpn_head.bbox_coder', model.rpn_head.bbox_coder, (DeltaXYWHBBoxCoder,)
    for box_head in _each(head.bbox_head):
        yield 'roi_head.bbox_head', box_head, _BOX_HEADS
        yield (
            'roi_head.bbox_head.bbox_coder',
            box_head.bbox_coder,
            (DeltaXYWHBBoxCoder,),
        )
    if head.with_shared_head:
        yield 'roi_head.shared_head', head.shared_head, (type(None),)
    if head.with_mask:
        for mask_head in _each(head.mask_head):
            yield 'roi_head.mask_head', mask_head, (FCNMaskHead, RunLengthMaskHead)
    for name, module in model.named_modules():
        if name.endswith('roi_extractor') and not isinstance(module, nn.ModuleList):
            yield name, module, (SingleRoIExtractor,)
        if '.roi_layers.' in name:
            yield name, module, (RoIAlign,)


def _suppressions(model: TwoStageDetector) -> Iterator[tuple[str, dict]]:
    yield 'test_cfg.rpn.nms', model.rpn_head.test_cfg.nms
    yield 'test_cfg.rcnn.nms', model.roi_head.test_cfg.nms


def _each(heads: nn.Module) -> list[nn.Module]:
    return list(heads) if isinstance(heads, nn.ModuleList) else [heads]
