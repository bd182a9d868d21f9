"""What cannot be exported is named, before anything long begins."""

import pytest
from mmdet.models.backbones import SwinTransformer
from mmdet.registry import MODELS
from mmengine.config import ConfigDict

from projects.fashion_attr.apis.export.description import plan_of
from projects.fashion_attr.apis.export.supported import check_supported
from projects.fashion_attr.apis.exported import PicturePlan
from projects.fashion_attr.models import AttrMask2Former, AttrTTAModel
from tests.exportable import KINDS, build, exportable_config


@pytest.mark.parametrize('kind', KINDS)
def test_own_models_are_supported(kind):
    check_supported(build(exportable_config(kind)))


@pytest.mark.parametrize(
    'change, message',
    [
        (
            dict(test_cfg=dict(rcnn=dict(nms=dict(type='soft_nms')))),
            "test_cfg.rcnn.nms is 'soft_nms', which cannot be exported: 'nms' can",
        ),
        (
            dict(test_cfg=dict(rpn=dict(nms=dict(type='soft_nms')))),
            "test_cfg.rpn.nms is 'soft_nms'",
        ),
        (
            dict(test_cfg=dict(rcnn=dict(mask_thr_binary=-1))),
            'mask_thr_binary below 0',
        ),
        (
            dict(roi_head=dict(mask_head=dict(type='CoarseMaskHead'))),
            'roi_head.mask_head is CoarseMaskHead, which cannot be exported',
        ),
        (
            dict(roi_head=dict(bbox_roi_extractor=dict(type='GenericRoIExtractor'))),
            'roi_head.bbox_roi_extractor is GenericRoIExtractor',
        ),
        (
            dict(rpn_head=dict(anchor_generator=dict(type='YOLOAnchorGenerator'))),
            'anchor_generator is YOLOAnchorGenerator',
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else '',
)
def test_other_parts_are_refused_by_name(change, message):
    cfg = exportable_config()
    cfg.merge_from_dict(dict(model=change))
    if 'YOLO' in message:
        generator = dict(base_sizes=[[(8, 8)] * 3] * 3, strides=[4, 8, 16])
        cfg.model.rpn_head.anchor_generator = dict(
            type='YOLOAnchorGenerator', **generator
        )
    with pytest.raises(ValueError, match=message):
        check_supported(build(cfg))


@pytest.mark.parametrize('kind', [AttrMask2Former, AttrTTAModel])
def test_other_models_are_refused_by_name(kind):
    model = kind.__new__(kind)  # which its type alone decides
    with pytest.raises(ValueError, match=f'{kind.__name__} cannot be exported: two-st'):
        check_supported(model)


def test_swin_is_refused_by_name():
    model = build(exportable_config())
    model.backbone = SwinTransformer(embed_dims=8, depths=(1,) * 4, num_heads=(1,) * 4)
    with pytest.raises(ValueError, match='backbone is SwinTransformer, which cannot'):
        check_supported(model)


LOAD, PACK = dict(type='LoadImageFromFile'), dict(type='PackAttrDetInputs')
RESIZE = dict(type='Resize', scale=(100, 50), keep_ratio=True)


@pytest.mark.parametrize(
    'steps, message',
    [
        ([LOAD, RESIZE, dict(type='RandomFlip'), PACK], 'has RandomFlip, which cannot'),
        ([LOAD, PACK], 'has 0 steps that resize'),
        ([LOAD, RESIZE, RESIZE, PACK], 'has 2 steps that resize'),
        ([LOAD, dict(type='Resize', scale_factor=0.5), PACK], 'one with a scale'),
        ([LOAD, dict(RESIZE, backend='pillow'), PACK], 'resized by pillow, bilinear'),
        ([LOAD, dict(RESIZE, interpolation='cubic'), PACK], 'resized by cv2, cubic'),
    ],
)
def test_other_pipelines_are_refused_by_name(steps, message):
    model = build(exportable_config())
    with pytest.raises(ValueError, match=message):
        plan_of([ConfigDict(step) for step in steps], model.data_preprocessor)


def test_plan_says_what_pipeline_and_preprocessor_do():
    preprocessor = MODELS.build(
        dict(
            type='DetDataPreprocessor',
            mean=[1, 2, 3],
            std=[4, 5, 6],
            bgr_to_rgb=False,
            pad_size_divisor=64,
            pad_value=7,
        )
    )
    steps = [ConfigDict(step) for step in (LOAD, RESIZE, PACK)]
    assert plan_of(steps, preprocessor) == PicturePlan(
        scale=(100, 50),
        to_rgb=False,
        mean=(1, 2, 3),
        std=(4, 5, 6),
        divisor=64,
        pad_value=7,
    )
