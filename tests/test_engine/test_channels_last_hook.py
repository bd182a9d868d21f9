"""Tests are run channels last on a CPU, with the scores of the usual layout."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from torch import nn

from projects.fashion_attr.engine.hooks import ChannelsLastHook


def is_channels_last(model: nn.Module) -> bool:
    weights = [w for w in model.parameters() if w.ndim == 4 and w.shape[1] > 1]
    return all(w.is_contiguous(memory_format=torch.channels_last) for w in weights)


def test_before_a_test_and_not_before_a_validation():
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Conv2d(8, 4, 3))
    runner, hook = SimpleNamespace(model=model), ChannelsLastHook()
    pictures = torch.rand(2, 3, 20, 30)
    before = model(pictures)
    hook.before_train(runner)
    hook.before_val(runner)
    assert not is_channels_last(model)
    hook.before_test(runner)
    assert is_channels_last(model)
    torch.testing.assert_close(model(pictures), before)


@pytest.mark.skipif(not torch.cuda.is_available(), reason='needs CUDA')
def test_on_a_gpu_weights_stay():
    model = nn.Conv2d(3, 8, 3).cuda()
    ChannelsLastHook().before_test(SimpleNamespace(model=model))
    assert not is_channels_last(model)


def test_every_run_has_it(root):
    cfg = Config.fromfile(root / 'configs/toy/mask-rcnn_r18_attr_focal.py')
    assert dict(type='ChannelsLastHook') in cfg.custom_hooks
