"""Backbones: ConvNeXt's formula and names, and that any learns beside attributes."""

import pytest
import torch
import torch.nn.functional as F
from mmdet.registry import MODELS
from mmengine.config import ConfigDict
from mmengine.optim import build_optim_wrapper
from mmengine.registry import init_default_scope

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models.backbones.convnext import (
    ChannelNorm,
    ConvNeXt,
    ConvNeXtBlock,
)

SMALL = dict(depths=[1, 1, 2, 1], channels=[4, 8, 12, 16])
BLOCK_PARTS = ['depthwise_conv', 'norm', 'pointwise_conv1', 'pointwise_conv2']


def build(**kwargs):
    torch.manual_seed(0)
    return ConvNeXt(**dict(dict(arch=SMALL, layer_scale_init_value=1.0), **kwargs))


@pytest.mark.parametrize('out_indices', [(0, 1, 2, 3), (1, 3), (2,)])
def test_feature_maps(out_indices):
    outs = build(out_indices=out_indices)(torch.rand(2, 3, 64, 96))
    sizes = [(2, SMALL['channels'][i], 16 >> i, 24 >> i) for i in out_indices]
    assert [tuple(out.shape) for out in outs] == sizes


def test_tiny_has_the_published_size():
    """28.6 M parameters (Liu et al., table 1), of which 0.77 M in the classifier."""
    with torch.device('meta'):
        model = ConvNeXt('tiny', out_indices=(3,))
    classifier = 768 * 1000 + 1000
    count = sum(p.numel() for p in model.parameters()) + classifier
    assert count == pytest.approx(28.6e6, abs=0.05e6)


def test_names_are_those_of_mmpretrain():
    names = set(build(out_indices=(3,)).state_dict())
    parts = [f'{p}.{x}' for p in BLOCK_PARTS for x in ('weight', 'bias')] + ['gamma']
    wanted = {
        f'stages.{i}.{j}.{part}'
        for i, depth in enumerate(SMALL['depths'])
        for j in range(depth)
        for part in parts
    }
    wanted |= {
        f'downsample_layers.{i}.{j}.{x}'
        for i in range(4)
        for j in range(2)
        for x in ('weight', 'bias')
    }
    assert names == wanted | {'norm3.weight', 'norm3.bias'}


def test_block_by_the_formula():
    """1x1 convolutions and a norm written out, in place of permuted linear layers."""
    torch.manual_seed(0)
    block = ConvNeXtBlock(3, 0.0, 0.5)
    x = torch.randn(2, 3, 9, 7)
    y = block.depthwise_conv(x)
    y = (y - y.mean(1, keepdim=True)) / (y.var(1, False, keepdim=True) + 1e-6).sqrt()
    for fc, act in [(block.pointwise_conv1, F.gelu), (block.pointwise_conv2, None)]:
        y = F.conv2d(y, fc.weight[:, :, None, None], fc.bias)
        y = act(y) if act else y
    torch.testing.assert_close(block(x), x + 0.5 * y)


def test_norm_is_over_channels():
    x = torch.tensor([[1.0, 3.0], [5.0, 5.0]]).view(2, 2, 1, 1)
    expected = torch.tensor([[-1.0, 1.0], [0.0, 0.0]]).view(2, 2, 1, 1)
    torch.testing.assert_close(ChannelNorm(2)(x), expected, atol=1e-5, rtol=0)


def test_drop_path_grows_with_depth():
    model = build(drop_path_rate=0.4)
    rates = [block.drop_path.drop_prob for stage in model.stages for block in stage]
    assert rates == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])
    x = torch.rand(1, 3, 32, 32)
    assert model.eval()(x)[3].equal(model(x)[3])
    model.train()
    assert len({model(x)[3].sum().item() for _ in range(8)}) > 1


def test_unknown_arch():
    with pytest.raises(ValueError, match="one of tiny, .* got 'huge'"):
        ConvNeXt('huge')


@pytest.fixture
def tiny_detectors(tiny_config):
    """tiny_detectors(backbone config, its channels) -> Mask R-CNN with attributes."""

    def make(backbone, channels):
        init_default_scope('mmdet')
        torch.manual_seed(0)
        tiny_config.model.backbone = ConfigDict(backbone)
        tiny_config.model.neck.in_channels = channels
        model = MODELS.build(tiny_config.model)
        model.init_weights()
        return model

    return make


@pytest.mark.parametrize(
    'backbone, channels',
    [
        (dict(type='ConvNeXt', arch=SMALL), SMALL['channels']),
        (
            dict(
                type='SwinTransformer',
                embed_dims=4,
                depths=[1, 1, 1, 1],
                num_heads=[1, 1, 2, 2],
                window_size=4,
            ),
            [4, 8, 16, 32],
        ),
    ],
    ids=lambda x: x.get('type') if isinstance(x, dict) else '',
)
@pytest.mark.parametrize('with_object', [True, False])
def test_backbone_learns_beside_attributes(
    tiny_detectors, make_sample, backbone, channels, with_object
):
    model = tiny_detectors(backbone, channels)
    objects = ([[8, 8, 40, 40]], [1], [[3]]) if with_object else ([], [], [])
    losses = model.loss(torch.rand(1, 3, 64, 64), [make_sample(*objects)])
    flat = [v for value in losses.values() for v in _as_list(value)]
    sum(v for v in flat if v.requires_grad).backward()
    assert [n for n, p in model.named_parameters() if p.grad is None] == []


def _as_list(value):
    return value if isinstance(value, list) else [value]


def test_layer_wise_learning_rates(tiny_detectors):
    """mmdet's constructor knows the layers by their names."""
    model = tiny_detectors(dict(type='ConvNeXt', arch=SMALL), SMALL['channels'])
    wrapper = build_optim_wrapper(
        model,
        dict(
            type='OptimWrapper',
            constructor='LearningRateDecayOptimizerConstructor',
            paramwise_cfg=dict(decay_rate=0.5, decay_type='layer_wise', num_layers=6),
            optimizer=dict(type='AdamW', lr=1.0),
        ),
    )
    groups = wrapper.optimizer.param_groups
    rates = {name: g['lr'] for g in groups for name in g['param_names']}
    assert rates['backbone.downsample_layers.0.0.weight'] == 0.5**7
    assert rates['backbone.stages.3.0.gamma'] == 0.5
    assert rates['roi_head.bbox_head.attr_head.fc_attr.weight'] == 1
