"""Attributes of matched objects in training, of kept detections in testing."""

import pytest
import torch
from mmengine.config import ConfigDict
from mmengine.structures import InstanceData

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models.attr_heads import Objects
from projects.fashion_attr.structures.run_length_masks import RunLengthMasks


class Sampled:
    """The part of a SamplingResult that attr_loss reads."""

    def __init__(self, labels, matched, negatives):
        self.pos_gt_labels = torch.tensor(labels, dtype=torch.long)
        self.pos_assigned_gt_inds = torch.tensor(matched, dtype=torch.long)
        self.pos_priors = torch.zeros(len(labels), 4)
        self.priors = torch.zeros(len(labels) + negatives, 4)


def padded(*rows):
    return InstanceData(attr_labels=torch.tensor(rows, dtype=torch.long))


def test_attr_loss_takes_foreground_rows_and_their_matched_objects(tiny_model):
    """Two pictures: foreground rows 0, 1 and 5; the last two match swapped objects."""
    head = tiny_model.roi_head
    feats = torch.randn(7, 32)
    sampled = [Sampled([3, 10], [1, 0], negatives=3), Sampled([45], [2], negatives=1)]
    gts = [padded([1, 294], [7, 9]), padded([0, 1], [2, 3], [4, 294])]
    loss = head.attr_loss(feats, sampled, gts)['loss_attr']

    attr_head = head.bbox_head.attr_head
    logits = attr_head(feats[[0, 1, 5]], Objects(torch.tensor([3, 10, 45])))
    expected = attr_head.loss(logits, torch.tensor([[7, 9], [1, 294], [4, 294]]))
    assert loss == expected['loss_attr']


@pytest.mark.parametrize(
    'objects',
    [
        pytest.param([([[4, 4, 40, 40]], [10], [[0, 5]])], id='one object'),
        pytest.param([([], [], [])], id='no object'),
        pytest.param(
            [([], [], []), ([[8, 8, 60, 30]], [0], [[]])], id='none and no attributes'
        ),
    ],
)
def test_training_step_reaches_every_parameter(tiny_model, make_sample, objects):
    samples = [make_sample(*o) for o in objects]
    losses = tiny_model.loss(torch.randn(len(samples), 3, 64, 64), samples)
    assert torch.isfinite(losses['loss_attr'])
    loss, _ = tiny_model.parse_losses(losses)
    loss.backward()
    head = tiny_model.roi_head.bbox_head.attr_head
    assert all(p.grad is not None for p in head.parameters())


@pytest.mark.parametrize('class_agnostic', [False, True])
def test_attr_scores_are_those_of_the_roi_and_class_of_each_detection(
    tiny_config, make_sample, class_agnostic
):
    """Oracle: attributes of every (RoI, class), looked up by box and label."""
    from mmdet.registry import MODELS

    torch.manual_seed(1)
    tiny_config.model.roi_head.bbox_head.reg_class_agnostic = class_agnostic
    head = MODELS.build(tiny_config.model).roi_head.eval()
    head.init_weights()
    torch.nn.init.normal_(head.bbox_head.attr_head.fc_attr.weight)
    x = tuple(torch.randn(2, 16, 64 // s, 64 // s) for s in (4, 8, 16, 32))
    xy = torch.rand(2, 6, 2) * 30
    boxes = torch.cat([xy, xy + 8 + torch.rand(2, 6, 2) * 20], dim=-1)
    metas = [make_sample([], [], []).metainfo] * 2
    cfg = ConfigDict(
        score_thr=0.0, nms=dict(type='nms', iou_threshold=0.5), max_per_img=9
    )

    def predict(test_cfg):
        proposals = [InstanceData(bboxes=b) for b in boxes]
        return head.predict_bbox(x, metas, proposals, test_cfg)

    with torch.no_grad():
        found, raw = predict(cfg), predict(None)
        for img in range(2):
            rois = torch.cat([torch.full((6, 1), float(img)), boxes[img]], dim=1)
            feats = head._bbox_forward(x, rois)['shared_feats']
            per_class = raw[img].bboxes.view(6, -1, 4)
            assert len(found[img]) == 9
            for box, label, scores in zip(
                found[img].bboxes,
                found[img].labels,
                found[img].attr_scores,
                strict=True,
            ):
                column = 0 if class_agnostic else label
                roi = (per_class[:, column] - box).abs().sum(dim=-1).argmin()
                logits = head.bbox_head.attr_head(
                    feats[roi : roi + 1], Objects(label[None])
                )
                torch.testing.assert_close(scores, logits[0].sigmoid())


def test_no_detection_still_has_attr_scores(tiny_model, make_sample):
    tiny_model.eval()
    tiny_model.test_cfg.rcnn.score_thr = tiny_model.roi_head.test_cfg.score_thr = 1.0
    found = tiny_model.predict(torch.zeros(1, 3, 64, 64), [make_sample([], [], [])])[
        0
    ].pred_instances
    assert found.attr_scores.shape == (0, 294)


def test_no_proposal_still_has_attr_scores(tiny_model, make_sample):
    head = tiny_model.roi_head
    x = tuple(torch.zeros(1, 16, 64 // s, 64 // s) for s in (4, 8, 16, 32))
    empty = [InstanceData(bboxes=torch.zeros(0, 4))]
    metas = [make_sample([], [], []).metainfo]
    found = head.predict_bbox(x, metas, empty, head.test_cfg)[0]
    assert found.attr_scores.shape == (0, 294)
    assert len(found.bboxes) == len(found.scores) == len(found.labels) == 0


def test_ground_truth_without_attributes_is_named(tiny_model):
    gt = InstanceData(labels=torch.tensor([0]))
    with pytest.raises(ValueError, match='no attr_labels; load them with LoadAttr'):
        tiny_model.roi_head.attr_loss(torch.zeros(1, 32), [Sampled([0], [0], 0)], [gt])


def test_box_head_without_shared_fcs_is_refused(tiny_config):
    from mmdet.registry import MODELS

    head = dict(tiny_config.model.roi_head.bbox_head, num_shared_fcs=0)
    with pytest.raises(ValueError, match='num_shared_fcs should be at least 1, got 0'):
        MODELS.build(head)


def test_masks_as_runs_train_as_bitmaps_do(tiny_model, make_sample):
    losses = []
    for kind in (lambda m: m, lambda m: RunLengthMasks.from_ndarray(m.masks)):
        sample = make_sample([[4, 4, 40, 40], [0, 0, 20, 30]], [10, 3], [[0], [5]])
        sample.gt_instances.masks = kind(sample.gt_instances.masks)
        data = dict(inputs=[torch.ones(3, 64, 60)], data_samples=[sample])
        torch.manual_seed(0)
        data = tiny_model.data_preprocessor(data, training=True)
        losses.append(tiny_model(**data, mode='loss')['loss_mask'].item())
    assert losses[0] == losses[1] > 0
