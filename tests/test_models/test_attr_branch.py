"""The attribute branch with features of its own, in Mask R-CNN and in Cascade."""

import numpy as np
import pytest
import torch
from mmdet.models.roi_heads import StandardRoIHead
from mmdet.registry import MODELS
from mmengine.config import Config
from mmengine.structures import InstanceData

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models.frames import framed_masks, frames, shaken
from projects.fashion_attr.models.roi_heads.box_attributes import (
    class_masks,
    network_boxes,
)

EXTRACTOR = dict(
    type='SingleRoIExtractor',
    roi_layer=dict(type='RoIAlign', output_size=7, sampling_ratio=0),
    out_channels=16,
    featmap_strides=[4, 8, 16, 32],
)
CONV = dict(type='ConvAttrHead', num_convs=1, conv_out_channels=8, fc_out_channels=8)
HEADS = {
    'conv': CONV,
    'fc': dict(type='FCAttrHead', fc_out_channels=8),
    'query': dict(type='QueryAttrHead', embed_dims=16, num_heads=2),
    'relation': dict(CONV, relation=dict(type='ObjectRelation', num_heads=2)),
    'presence': dict(CONV, presence=1.0, no_attr='exclude'),
}


def branch(kind: str, **kwargs) -> dict:
    return dict(
        type='BoxAttrBranch', roi_extractor=EXTRACTOR, attr_head=HEADS[kind], **kwargs
    )


def with_branch(config: Config, attr_branch: dict, **kwargs) -> torch.nn.Module:
    head = config.model.roi_head
    head.bbox_head.type = 'Shared2FCBBoxHead'
    del head.bbox_head['attr_head']
    head.update(attr_branch=attr_branch, **kwargs)
    torch.manual_seed(0)
    return MODELS.build(config.model)


def cascade(config: Config, attr_branch: dict) -> torch.nn.Module:
    """The tiny Mask R-CNN's parts in a cascade of two stages."""
    head, rcnn = config.model.roi_head, config.model.train_cfg.rcnn
    del head.bbox_head['attr_head']
    head.bbox_head.type = 'Shared2FCBBoxHead'
    head.bbox_head.reg_class_agnostic = True
    head.bbox_head = [head.bbox_head, head.bbox_head]
    head.update(
        type='AttrCascadeRoIHead',
        num_stages=2,
        stage_loss_weights=[1, 0.25],
        attr_branch=attr_branch,
    )
    config.model.train_cfg.rcnn = [rcnn, rcnn]
    torch.manual_seed(0)
    return MODELS.build(config.model)


def train(model, samples) -> dict:
    losses = model.loss(torch.randn(len(samples), 3, 64, 64), samples)
    loss, _ = model.parse_losses(losses)
    loss.backward()
    return losses


OBJECTS = [([[4, 4, 40, 40], [0, 0, 20, 30]], [10, 31], [[0, 5], []]), ([], [], [])]


@pytest.mark.parametrize('kind', sorted(HEADS))
@pytest.mark.parametrize('attr_boxes', ['proposal', 'refined'])
@pytest.mark.parametrize('some', [True, False], ids=['objects', 'no objects'])
def test_training_step_reaches_every_parameter(
    tiny_config, make_sample, kind, attr_boxes, some
):
    model = with_branch(
        tiny_config, branch(kind, use_masks=kind == 'conv'), attr_boxes=attr_boxes
    )
    losses = train(model, [make_sample(*o) for o in (OBJECTS if some else OBJECTS[1:])])
    assert torch.isfinite(losses['loss_attr'])
    assert ('loss_presence' in losses) == (kind == 'presence')
    parameters = model.roi_head.attr_branch.named_parameters()
    assert not [name for name, p in parameters if p.grad is None]


@pytest.mark.parametrize('rescale', [True, False])
@pytest.mark.parametrize('use_masks', [True, False])
def test_attributes_are_read_at_the_final_boxes(
    tiny_config, make_sample, rescale, use_masks
):
    model = with_branch(tiny_config, branch('conv', use_masks=use_masks)).eval()
    model.roi_head.test_cfg.score_thr = 0.0
    meta = dict(make_sample([], [], []).metainfo, scale_factor=(2.0, 2.0))
    torch.manual_seed(1)
    x = tuple(torch.randn(1, 16, 64 // s, 64 // s) for s in (4, 8, 16, 32))
    proposals = torch.tensor([[4.0, 4, 40, 40], [0, 0, 20, 30]])
    head = model.roi_head
    with torch.no_grad():
        found = head.predict_bbox(
            x, [meta], [InstanceData(bboxes=proposals)], head.test_cfg, rescale
        )[0]
        boxes = found.bboxes * (2 if rescale else 1)
        masks = None
        if use_masks:
            rois = torch.cat([torch.zeros(len(boxes), 1), boxes], dim=1)
            logits = head._mask_forward(x, rois)['mask_preds']
            masks = class_masks(logits, found.labels)
        logits = head.attr_branch(x, [boxes], [found.labels], masks)
    assert len(found) > 1
    torch.testing.assert_close(found.attr_scores, logits.sigmoid())


def test_whole_prediction_with_and_without_detections(tiny_config, make_sample):
    model = with_branch(tiny_config, branch('conv', use_masks=True)).eval()
    for score_thr in (0.0, 1.0):
        model.roi_head.test_cfg.score_thr = score_thr
        sample = make_sample([], [], [])
        with torch.no_grad():
            found = model.predict(torch.randn(1, 3, 64, 64), [sample])[0]
        instances = found.pred_instances
        assert instances.attr_scores.shape == (len(instances), 294)
        assert (len(instances) > 0) == (score_thr == 0)


def test_masks_of_the_branch_are_those_of_the_result(tiny_config, make_sample):
    model = with_branch(tiny_config, branch('conv', use_masks=True)).eval()
    head = model.roi_head
    head.test_cfg.score_thr = 0.0
    calls, forward = [], head._mask_forward
    head._mask_forward = lambda *given: calls.append(1) or forward(*given)
    pictures = torch.randn(2, 3, 64, 64)
    metas = [make_sample([], [], []).metainfo for _ in pictures]
    with torch.no_grad():
        samples = [make_sample([], [], []) for _ in pictures]
        found = [s.pred_instances for s in model.predict(pictures, samples)]
        assert calls == [1]
        again = [InstanceData(bboxes=f.bboxes, labels=f.labels) for f in found]
        x = model.extract_feat(pictures)
        wanted = StandardRoIHead.predict_mask(head, x, metas, again, rescale=True)
    assert calls == [1, 1]
    for one, other in zip(found, wanted, strict=True):
        assert 'mask_logits' not in one and len(one)
        np.testing.assert_array_equal(one.masks.to_ndarray(), other.masks.to_ndarray())


@pytest.mark.parametrize('some', [True, False], ids=['objects', 'no objects'])
def test_cascade_trains_and_predicts(tiny_config, make_sample, some):
    model = cascade(tiny_config, branch('conv', use_masks=True))
    samples = [make_sample(*o) for o in (OBJECTS if some else OBJECTS[1:])]
    losses = train(model, samples)
    assert torch.isfinite(losses['loss_attr']) and 's1.loss_mask' in losses
    parameters = model.roi_head.attr_branch.named_parameters()
    assert not [name for name, p in parameters if p.grad is None]
    model.eval()
    model.roi_head.test_cfg.score_thr = 0.0
    with torch.no_grad():
        found = model.predict(torch.randn(1, 3, 64, 64), [make_sample([], [], [])])
    instances = found[0].pred_instances
    assert instances.attr_scores.shape == (len(instances), 294) and len(instances)


def test_attribute_loss_of_the_cascade_is_not_scaled_by_its_stage(
    tiny_config, make_sample
):
    model = cascade(tiny_config, branch('conv'))
    kept = []
    model.roi_head.attr_branch.loss = lambda *a: (
        kept.append(1) or dict(loss_attr=torch.tensor(3.0))
    )
    losses = model.loss(torch.randn(1, 3, 64, 64), [make_sample(*OBJECTS[0])])
    assert kept == [1] and losses['loss_attr'] == 3


def test_class_masks_are_those_of_the_class():
    logits = torch.zeros(2, 3, 1, 1)
    logits[0, 2] = logits[1, 0] = 100.0
    masks = class_masks(logits, torch.tensor([2, 1]))
    assert masks.flatten().tolist() == [1, 0.5]
    assert class_masks(logits[:, :1], torch.tensor([2, 1])).flatten().tolist() == [
        0.5,
        1,
    ]


def test_network_boxes_scale_back():
    results = [InstanceData(bboxes=torch.tensor([[1.0, 2, 3, 4]]))]
    metas = [dict(scale_factor=(2.0, 3.0))]
    assert network_boxes(results, metas, True)[0].tolist() == [[2, 6, 6, 12]]
    assert network_boxes(results, metas, False)[0].tolist() == [[1, 2, 3, 4]]


def test_unknown_boxes_are_refused(tiny_config):
    with pytest.raises(ValueError, match="attr_boxes should be one of .*'anchor'"):
        with_branch(tiny_config, branch('fc'), attr_boxes='anchor')


def test_head_of_maps_in_the_box_head_is_refused(tiny_config):
    tiny_config.model.roi_head.bbox_head.attr_head = CONV
    with pytest.raises(ValueError, match='ConvAttrHead reads feature maps'):
        MODELS.build(tiny_config.model)


def test_frames_keep_the_centre():
    boxes = torch.tensor([[2.0, 4, 6, 12]])
    assert frames(boxes) is boxes
    assert frames(boxes, 1.5).tolist() == [[1, 2, 7, 14]]
    assert frames(boxes, 1.0, square=True).tolist() == [[0, 4, 8, 12]]
    assert frames(boxes, 2.0, square=True).tolist() == [[-4, 0, 12, 16]]


def test_masks_keep_their_place_in_the_frame():
    boxes = torch.tensor([[10.0, 10, 20, 30]])
    masks = torch.zeros(1, 4, 4)
    masks[0, :2] = 1  # The box's upper half: 10..20 x 10..20.
    assert framed_masks(masks, boxes, boxes) is masks
    wide = framed_masks(masks, boxes, torch.tensor([[5.0, 0, 25, 40]]))
    # Of the frame's 4 x 4 cells of 5 x 10 pixels, the middle ones of the second row.
    assert wide[0].tolist() == [[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    assert framed_masks(masks[:0], boxes[:0], boxes[:0]).shape == (0, 4, 4)


def test_shaken_boxes_stay_near():
    torch.manual_seed(0)
    boxes = torch.tensor([[10.0, 20, 30, 60]]).repeat(500, 1)
    moved = (shaken(boxes, 0.1) - boxes).abs()
    reach = torch.tensor([2.0, 4, 2, 4])
    assert (moved <= reach).all() and (moved.amax(0) > 0.9 * reach).all()
    assert shaken(boxes, 0.0).equal(boxes)


def test_context_below_one_is_refused(tiny_config):
    with pytest.raises(ValueError, match='context should be 1 or more, got 0.5'):
        with_branch(tiny_config, branch('conv', context=0.5))
