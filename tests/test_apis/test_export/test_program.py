"""The traceable program finds what the detector's own predict finds."""

import numpy as np
import pytest
import torch
from mmdet.structures import DetDataSample

from projects.fashion_attr.apis.export.program import Program
from projects.fashion_attr.apis.exported.masks import place
from tests.exportable import KINDS, build, exportable_config


def both(model, height, width):
    """What the detector and the program find in noise of a size, as dicts of arrays."""
    generator = torch.Generator().manual_seed(height)
    picture = torch.zeros(1, 3, -(-height // 32) * 32, -(-width // 32) * 32)
    noise = torch.randn(3, height, width, generator=generator)
    picture[0, :, :height, :width] = noise
    shape = (height, width)
    meta = dict(img_shape=shape, ori_shape=shape, scale_factor=(1.0, 1.0))
    program = Program(model)
    with torch.no_grad():
        sample = DetDataSample(metainfo=meta)
        (found,) = model.predict(picture, [sample])
        values = program(picture, torch.tensor(shape, dtype=torch.float32))
    ours = dict(zip(program.output_names, map(np.asarray, values), strict=True))
    instances = found.pred_instances
    theirs = {name: np.asarray(value) for name, value in instances.items()}
    theirs['boxes'] = theirs.pop('bboxes')
    return theirs, ours


@pytest.mark.parametrize(
    'kind, size',
    [*((kind, (40, 60)) for kind in KINDS), ('paper', (64, 96)), ('conv', (3, 64))],
    ids=str,
)
def test_equals_predict(kind, size):
    cfg = exportable_config(kind)
    cfg.model.test_cfg.rcnn.score_thr = 0.0
    theirs, ours = both(build(cfg), *size)
    assert len(ours['labels']) > 1
    assert ('attr_scores' in ours) == (kind != 'no attributes')
    assert ('masks' in ours) == (kind != 'boxes alone')
    assert {*ours} == {*theirs}
    if 'masks' in ours:
        pairs = zip(ours.pop('masks'), ours['boxes'], strict=True)
        masks = [place(probs, box, size, 0.5).whole() for probs, box in pairs]
        np.testing.assert_array_equal(masks, theirs.pop('masks'))
    for name, value in ours.items():
        np.testing.assert_allclose(value, theirs[name], atol=2e-5, err_msg=name)


@pytest.mark.parametrize('kind', ['paper', 'relation', 'cascade', 'query'])
def test_nothing_found(kind):
    cfg = exportable_config(kind)
    cfg.model.test_cfg.rcnn.score_thr = 1.0
    theirs, ours = both(build(cfg), 64, 96)
    assert {*ours} == {*theirs}
    assert len(theirs['labels']) == len(ours['labels']) == 0
    assert ours['attr_scores'].shape == (0, 294)
    assert ours['masks'].shape == (0, 28, 28)


@pytest.mark.parametrize(
    'where, change',
    [
        ('rcnn', dict(nms=dict(type='nms', iou_threshold=0.1, class_agnostic=True))),
        ('rcnn', dict(nms=dict(type='nms', iou_threshold=0.01))),
        ('rcnn', dict(max_per_img=3)),
        ('rcnn', dict(max_per_img=-1)),
        ('rpn', dict(min_bbox_size=12)),
        ('rpn', dict(nms_pre=7)),
    ],
    ids=str,
)
def test_settings_have_their_effect(where, change):
    cfg = exportable_config()
    cfg.model.test_cfg[where].update(change)
    theirs, ours = both(build(cfg), 64, 96)
    _, usual = both(build(exportable_config()), 64, 96)
    np.testing.assert_array_equal(ours['labels'], theirs['labels'])
    np.testing.assert_allclose(ours['boxes'], theirs['boxes'], atol=2e-5)
    assert ours['boxes'].tolist() != usual['boxes'].tolist()


def test_model_stays_as_it_is():
    model = build(exportable_config('conv'))
    before = repr(model)
    Program(model)
    assert repr(model) == before


def test_all_anchors_may_be_proposals():
    cfg = exportable_config()
    cfg.model.test_cfg.rpn.update(nms_pre=-1, max_per_img=-1)
    theirs, ours = both(build(cfg), 40, 60)
    np.testing.assert_array_equal(ours['labels'], theirs['labels'])
    np.testing.assert_allclose(ours['boxes'], theirs['boxes'], atol=2e-5)
