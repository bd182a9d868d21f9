"""Steps without garments or attributes reach every weight, as DDP demands of each."""

import re

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.structures import InstanceData
from test_configs import CONFIGS, make_quick

import projects.fashion_attr.plugin  # noqa: F401

NAMES = sorted(
    path.relative_to(CONFIGS).as_posix()
    for path in [
        *CONFIGS.glob('toy/heads/*.py'),
        CONFIGS / 'toy/mask2former_r18_attr.py',
        CONFIGS / 'toy/ablations/fig6_mask-rcnn_r18_bce_exclude.py',
        CONFIGS / 'cascade-mask-rcnn_r50_attr_focal.py',
    ]
    # These count labels in the annotations of their data set, which is not here.
    if not re.search('balanced|pairs', path.name)
)


def picture(garments):
    """A data sample of garments, all alike, none with an attribute."""
    from mmdet.structures import DetDataSample
    from mmdet.structures.mask import BitmapMasks

    size = (64, 64)
    shapes = dict.fromkeys(('img_shape', 'ori_shape', 'pad_shape'), size)
    sample = DetDataSample(
        metainfo=dict(shapes, batch_input_shape=size, scale_factor=(1.0, 1.0))
    )
    masks = np.zeros((garments, *size), np.uint8)
    masks[:, 10:40, 10:40] = 1
    sample.gt_instances = InstanceData(
        bboxes=torch.tensor([[10.0, 10, 40, 40]]).repeat(garments, 1),
        labels=torch.full((garments,), 3),
        masks=BitmapMasks(masks, *size),
        attr_labels=torch.full((garments, 14), 294),
    )
    none = torch.zeros(0, dtype=torch.long)
    sample.ignored_instances = InstanceData(bboxes=torch.zeros(0, 4), labels=none)
    return sample


@pytest.mark.parametrize('name', NAMES)
def test_every_weight_has_a_gradient(name):
    from mmdet.registry import MODELS

    init_default_scope('mmdet')
    torch.manual_seed(0)
    cfg = Config.fromfile(CONFIGS / name)
    make_quick(cfg.model)
    model = MODELS.build(cfg.model).train()
    for garments in (0, 2):
        model.zero_grad(set_to_none=True)
        image = torch.randint(0, 255, (3, 64, 64), dtype=torch.uint8)
        batch = dict(inputs=[image], data_samples=[picture(garments)])
        losses = model(**model.data_preprocessor(batch, True), mode='loss')
        total, _ = model.parse_losses(losses)
        assert torch.isfinite(total)
        total.backward()
        trained = ((n, p) for n, p in model.named_parameters() if p.requires_grad)
        assert [n for n, p in trained if p.grad is None] == []
