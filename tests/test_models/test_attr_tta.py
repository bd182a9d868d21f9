"""Merging of views: flips undone, duplicates suppressed, attribute scores averaged."""

import pytest
import torch
from mmdet.structures import DetDataSample
from mmengine.config import ConfigDict
from mmengine.model import BaseModel
from mmengine.structures import InstanceData

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models import AttrTTAModel

H, W = 20, 40


def view(boxes, scores, labels, attr_scores, direction=None):
    """A prediction on a view; masks are the filled boxes."""
    boxes = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
    masks = torch.zeros(len(boxes), H, W, dtype=torch.bool)
    for mask, (x1, y1, x2, y2) in zip(masks, boxes.long().tolist(), strict=True):
        mask[y1:y2, x1:x2] = True
    flip = dict(flip=direction is not None, flip_direction=direction)
    sample = DetDataSample(metainfo=dict(ori_shape=(H, W), img_id=7, **flip))
    sample.pred_instances = InstanceData(
        bboxes=boxes,
        scores=torch.tensor(scores),
        labels=torch.tensor(labels, dtype=torch.long),
        masks=masks,
        attr_scores=torch.tensor(attr_scores).reshape(len(boxes), 2),
    )
    return sample


class Model(BaseModel):
    """Stands in for the detector, which merging never calls."""

    def forward(self, inputs, data_samples=None, mode='tensor'):
        raise NotImplementedError


@pytest.fixture
def tta():
    cfg = ConfigDict(nms=dict(type='nms', iou_threshold=0.5), max_per_img=10)
    return AttrTTAModel(tta_cfg=cfg, module=Model())


@pytest.mark.parametrize(
    'direction, flipped',
    [
        ('horizontal', [26, 2, 36, 12]),
        ('vertical', [4, 8, 14, 18]),
        ('diagonal', [26, 8, 36, 18]),
    ],
)
def test_the_same_garment_on_a_flipped_view_is_one(tta, direction, flipped):
    plain = view([[4, 2, 14, 12]], [0.8], [3], [[0.2, 0.6]])
    other = view([flipped], [0.9], [3], [[0.4, 1.0]], direction)
    merged = tta.merge_preds([[plain, other]])[0].pred_instances
    assert merged.bboxes.tolist() == [[4, 2, 14, 12]]
    assert merged.scores.tolist() == pytest.approx([0.9])
    assert torch.equal(merged.masks, plain.pred_instances.masks)
    torch.testing.assert_close(merged.attr_scores, torch.tensor([[0.3, 0.8]]))


def test_other_class_or_place_stays_apart(tta):
    plain = view([[4, 2, 14, 12]], [0.8], [3], [[0.2, 0.6]])
    other = view([[4, 2, 14, 12], [20, 0, 30, 9]], [0.7, 0.6], [5, 3], [[1.0, 0]] * 2)
    merged = tta.merge_preds([[plain, other]])[0].pred_instances
    assert merged.labels.tolist() == [3, 5, 3]
    torch.testing.assert_close(merged.attr_scores[0], torch.tensor([0.2, 0.6]))


def test_no_detection_on_any_view(tta):
    empty = [view([], [], [], [], d) for d in (None, 'horizontal')]
    merged = tta.merge_preds([empty])[0]
    assert len(merged.pred_instances) == 0
    assert merged.img_id == 7


def test_models_without_attributes_are_merged_too(tta):
    views = [view([[4, 2, 14, 12]], [s], [3], [[0.0, 0.0]]) for s in (0.8, 0.9)]
    for sample in views:
        del sample.pred_instances.attr_scores
    merged = tta.merge_preds([views])[0].pred_instances
    assert merged.scores.tolist() == pytest.approx([0.9])
    assert 'attr_scores' not in merged
