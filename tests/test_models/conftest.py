"""A tiny detector with the attribute branch."""

import pytest
import torch
from mmengine.config import Config
from mmengine.structures import InstanceData
from tiny_run import make_narrow

import projects.fashion_attr.plugin  # noqa: F401


@pytest.fixture
def tiny_config(root):
    """Mask R-CNN R-18 with narrow layers; 46 classes and 294 attributes as always."""
    cfg = Config.fromfile(root / 'configs/_base_/models/mask-rcnn_r50_fpn_attr.py')
    make_narrow(cfg.model)
    return cfg


@pytest.fixture
def tiny_model(tiny_config):
    """The detector, seeded and initialised."""
    from mmdet.registry import MODELS

    torch.manual_seed(0)
    model = MODELS.build(tiny_config.model)
    model.init_weights()
    return model


@pytest.fixture
def make_sample():
    """make_sample(boxes, labels, attrs) -> an annotated DetDataSample of 64 x 64."""
    from mmdet.structures import DetDataSample
    from mmdet.structures.mask import BitmapMasks

    def make(boxes, labels, attrs):
        n = len(boxes)
        slots = torch.full((n, 14), 294)
        for row, indices in zip(slots, attrs, strict=True):
            row[: len(indices)] = torch.tensor(indices, dtype=torch.long)
        masks = torch.zeros(n, 64, 64, dtype=torch.uint8)
        for mask, (x1, y1, x2, y2) in zip(masks, boxes, strict=True):
            mask[y1:y2, x1:x2] = 1
        shape = dict(img_shape=(64, 64), ori_shape=(64, 64), pad_shape=(64, 64))
        sample = DetDataSample(
            metainfo=dict(
                shape, scale_factor=(1.0, 1.0), img_id=1, batch_input_shape=(64, 64)
            )
        )
        sample.gt_instances = InstanceData(
            bboxes=torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
            labels=torch.tensor(labels, dtype=torch.long),
            masks=BitmapMasks(masks.numpy(), 64, 64),
            attr_labels=slots,
        )
        sample.ignored_instances = InstanceData(
            bboxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.long)
        )
        return sample

    return make
