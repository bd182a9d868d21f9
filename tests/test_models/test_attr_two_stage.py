"""Attributes from pixels, and attributes trained alone."""

import pytest
import torch
from mmdet.registry import MODELS

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models.crop_encoder import CropEncoder
from projects.fashion_attr.models.feature_maps import FeatureMaps

MAPS = dict(
    type='SingleRoIExtractor',
    roi_layer=dict(type='RoIAlign', output_size=7, sampling_ratio=0),
    out_channels=16,
    featmap_strides=[4, 8, 16, 32],
)
CROPS = dict(type='CropEncoder', size=16, channels=(4, 8))
HEAD = dict(type='ConvAttrHead', num_convs=0, grid=2, fc_out_channels=8)
OBJECTS = [([[4, 4, 40, 40], [0, 0, 20, 30]], [10, 31], [[0, 5], []]), ([], [], [])]


def detector(config, attr_branch=None, **kwargs) -> torch.nn.Module:
    """The tiny detector with the branch, or with the box head's attribute head."""
    model, head = config.model, config.model.roi_head
    model.update(type='AttrTwoStageDetector', **kwargs)
    if attr_branch is not None:
        del head.bbox_head['attr_head']
        head.bbox_head.type = 'Shared2FCBBoxHead'
        head.attr_branch = dict(
            dict(type='BoxAttrBranch', attr_head=HEAD), **attr_branch
        )
    torch.manual_seed(0)
    return MODELS.build(model)


def losses_of(model, samples) -> dict:
    losses = model.loss(torch.randn(len(samples), 3, 64, 64), samples)
    model.parse_losses(losses)[0].backward()
    return losses


def samples_of(make_sample, some: bool) -> list:
    return [make_sample(*objects) for objects in (OBJECTS if some else OBJECTS[1:])]


@pytest.mark.parametrize('some', [True, False], ids=['objects', 'no objects'])
@pytest.mark.parametrize('alone', [True, False], ids=['attributes only', 'all'])
@pytest.mark.parametrize(
    'branch',
    [
        dict(crops=CROPS, context=2.0, use_masks=True),
        dict(crops=CROPS, roi_extractor=MAPS, square=True),
    ],
    ids=['crops', 'crops and maps'],
)
def test_step_reaches_every_parameter_of_the_branch(
    tiny_config, make_sample, branch, alone, some
):
    model = detector(tiny_config, branch, attributes_only=alone).train()
    losses = losses_of(model, samples_of(make_sample, some))
    assert torch.isfinite(losses['loss_attr'])
    assert ('loss_cls' in losses) != alone
    parameters = model.roi_head.attr_branch.named_parameters()
    assert not [name for name, p in parameters if p.grad is None]


def cascade_branch(config) -> None:
    head, rcnn = config.model.roi_head, config.model.train_cfg.rcnn
    head.bbox_head.reg_class_agnostic = True
    head.bbox_head = [head.bbox_head, head.bbox_head]
    head.update(type='AttrCascadeRoIHead', num_stages=2, stage_loss_weights=[1, 0.25])
    config.model.train_cfg.rcnn = [rcnn, rcnn]


@pytest.mark.parametrize('kind', ['box head', 'branch', 'cascade'])
def test_detector_rests_while_attributes_learn(tiny_config, make_sample, kind):
    branch = None if kind == 'box head' else dict(crops=CROPS)
    if kind == 'cascade':
        box_head = tiny_config.model.roi_head.bbox_head
        del box_head['attr_head']
        box_head.type = 'Shared2FCBBoxHead'
        cascade_branch(tiny_config)
        tiny_config.model.roi_head.attr_branch = dict(
            type='BoxAttrBranch', attr_head=HEAD, crops=CROPS
        )
        branch = None
    model = detector(tiny_config, branch, attributes_only=True, views=3).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    losses = losses_of(model, samples_of(make_sample, some=True))
    optimizer.step()
    assert [*losses] == ['loss_attr']
    parts = model.roi_head.attr_parts
    inner = {id(tensor) for tensor in parts.state_dict(keep_vars=True).values()}
    named = model.state_dict(keep_vars=True)
    moved = {n for n, value in before.items() if not value.equal(named[n])}
    assert moved and all(id(named[name]) in inner for name in moved)
    trained = {n for n, p in model.named_parameters() if p.requires_grad}
    assert {id(named[n]) for n in trained} == {id(p) for p in parts.parameters()}
    assert model.training and not model.backbone.training and parts.training
    model.eval()
    assert not parts.training


def test_each_object_is_read_as_often_as_asked_for(tiny_config, make_sample):
    model = detector(tiny_config, dict(crops=CROPS), attributes_only=True, views=3)
    branch, seen = model.roi_head.attr_branch, []
    branch.loss = lambda x, boxes, labels, attrs, masks: (
        seen.append((boxes, labels, attrs)) or {}
    )
    model.loss(torch.randn(2, 3, 64, 64), samples_of(make_sample, some=True))
    (boxes, labels, attrs), *_ = seen
    assert [len(b) for b in boxes] == [6, 0] and boxes[0].unique(dim=0).shape[0] == 6
    assert labels[0].tolist() == [10, 31] * 3
    assert (attrs[0][::2, :2] == torch.tensor([0, 5])).all()


@pytest.mark.parametrize('relation', [None, dict(type='ObjectRelation', num_heads=2)])
def test_objects_that_add_no_loss_are_not_read(tiny_config, make_sample, relation):
    head = dict(HEAD, no_attr='exclude', relation=relation)
    model = detector(tiny_config, dict(crops=CROPS, attr_head=head))
    branch, seen = model.roi_head.attr_branch, []
    branch.loss = lambda x, boxes, *rest: seen.append(len(boxes[0])) or {}
    x = model.extract_feat(torch.randn(1, 3, 64, 64))
    samples = [make_sample(*OBJECTS[0])]
    model.roi_head.attributes_loss(x, samples, views=1, shake=0.0)
    # The second object has no attributes; where objects attend to each other it counts.
    assert seen == [2 if relation else 1]


def test_detections_are_those_of_mask_rcnn(tiny_config, make_sample):
    model = detector(tiny_config, dict(crops=CROPS)).eval()
    model.roi_head.test_cfg.score_thr = 0.0
    tiny_config.model.type = 'MaskRCNN'
    del tiny_config.model.roi_head['attr_branch']
    tiny_config.model.roi_head.type = 'StandardRoIHead'
    plain = MODELS.build(tiny_config.model).eval()
    plain.load_state_dict(model.state_dict(), strict=False)
    plain.roi_head.test_cfg.score_thr = 0.0
    picture = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        ours, theirs = (
            m.predict(picture, [make_sample([], [], [])])[0].pred_instances
            for m in (model, plain)
        )
    assert len(ours) and ours.attr_scores.shape == (len(ours), 294)
    assert ours.bboxes.equal(theirs.bboxes)
    assert (ours.masks.to_ndarray() == theirs.masks.to_ndarray()).all()


def test_crops_show_the_frame_and_its_mask():
    torch.manual_seed(0)
    encoder = CropEncoder(size=4, channels=(2,))
    picture = torch.zeros(1, 3, 16, 16)
    picture[:, :, 4:8, 4:12] = 1.0
    rois = torch.tensor([[0.0, 4, 4, 12, 8]])
    seen = []
    encoder.stages.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    masks = torch.ones(1, 2, 2)
    assert encoder(picture, rois, masks).shape == (1, 2, 2, 2)
    assert encoder(picture, rois).shape == (1, 2, 2, 2)
    assert seen[0].shape == (1, 4, 4, 4)
    assert seen[0][:, :, 1:3, 1:3].eq(1).all() and seen[0][:, 3].eq(1).all()
    assert seen[1][:, 3].eq(0).all()


def test_feature_maps_are_a_tuple():
    maps = FeatureMaps([torch.zeros(1), torch.ones(1)], torch.zeros(2))
    assert len(maps) == 2 and maps[:1] == (torch.zeros(1),)
    assert maps.picture.shape == (2,)


def test_other_detectors_are_told_that_crops_need_the_picture(tiny_config, make_sample):
    model = detector(tiny_config, dict(crops=CROPS))
    x = tuple(torch.randn(1, 16, 64 // s, 64 // s) for s in (4, 8, 16, 32))
    with pytest.raises(TypeError, match="model.type to 'AttrTwoStageDetector'"):
        model.roi_head.attr_branch(x, [torch.rand(1, 4)], [torch.tensor([0])])


@pytest.mark.parametrize(
    ('kwargs', 'match'),
    [
        (dict(views=0), 'views should be 1 or more, got 0'),
        (dict(shake=0.5), 'shake should be in 0..0.5, got 0.5'),
        (dict(attr_branch={}), 'BoxAttrBranch needs a roi_extractor, crops, or both'),
    ],
)
def test_settings_without_sense_are_refused(tiny_config, kwargs, match):
    with pytest.raises(ValueError, match=match):
        detector(tiny_config, **kwargs)
