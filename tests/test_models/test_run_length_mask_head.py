"""Masks of the head that gives runs, against mmdet's own head."""

import numpy as np
import pytest
import torch
from mmdet.models.roi_heads.mask_heads import FCNMaskHead
from mmengine.config import ConfigDict
from mmengine.structures import InstanceData

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models.roi_heads import RunLengthMaskHead
from projects.fashion_attr.structures.run_length_masks import RunLengthMasks

METAS = [
    dict(ori_shape=(90, 61), scale_factor=(0.5, 0.49)),
    dict(ori_shape=(40, 30), scale_factor=(2.0, 2.0)),
]


def detections():
    """3 and 0 detections."""
    boxes = torch.tensor([[1.0, 2, 20, 30], [0, 0, 30, 44], [5.5, 7, 6, 40]])
    labels = torch.tensor([1, 0, 1])
    return [
        InstanceData(bboxes=boxes.clone(), labels=labels, scores=labels / 2),
        InstanceData(bboxes=boxes[:0], labels=labels[:0], scores=labels[:0] / 2),
    ]


def predicted(cls, rescale, threshold=0.5, activated=False, agnostic=False):
    """Results of a head of a class, for two pictures."""
    head = cls(
        num_convs=1, in_channels=1, conv_out_channels=1, num_classes=2,
        class_agnostic=agnostic,
    )  # fmt: skip
    generator = torch.Generator().manual_seed(0)
    channels = 1 if agnostic else 2
    logits = torch.randn(3, channels, 28, 28, generator=generator)
    logits = logits.sigmoid() if activated else logits
    preds = (logits, logits[:0])
    config = ConfigDict(mask_thr_binary=threshold)
    return head.predict_by_feat(
        preds, detections(), METAS, config, rescale, activate_map=activated
    )


@pytest.mark.parametrize(
    'options',
    [
        dict(rescale=True),
        dict(rescale=False),
        dict(rescale=True, threshold=0.7),
        dict(rescale=True, activated=True),
        dict(rescale=True, agnostic=True),
    ],
)
def test_masks_and_boxes_are_those_of_mmdet(options):
    expected = predicted(FCNMaskHead, **options)
    found = predicted(RunLengthMaskHead, **options)
    for mine, theirs in zip(found, expected, strict=True):
        assert isinstance(mine.masks, RunLengthMasks)
        assert torch.equal(mine.bboxes, theirs.bboxes)
        # Of no detections mmdet gives masks of the original size in any case.
        if len(theirs) or options['rescale']:
            expected_masks = theirs.masks.numpy()
            np.testing.assert_array_equal(mine.masks.to_ndarray(), expected_masks)


def test_shades_are_mmdets():
    found, _ = predicted(RunLengthMaskHead, rescale=True, threshold=-1)
    assert found.masks.dtype == torch.uint8


def test_results_can_be_chosen_from_joined_and_gone_through():
    found, _ = predicted(RunLengthMaskHead, rescale=True)
    some = found[torch.tensor([True, False, True])]
    assert len(InstanceData.cat([some, found]).masks) == 5
    np.testing.assert_array_equal(list(found.masks)[2], some.masks.to_ndarray()[1])


def test_weights_are_those_of_mmdet():
    options = dict(num_convs=1, in_channels=4, conv_out_channels=4, num_classes=2)
    RunLengthMaskHead(**options).load_state_dict(FCNMaskHead(**options).state_dict())
