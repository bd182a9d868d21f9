"""Multi-scale deformable attention: by hand, and through mmcv's autograd function."""

import pytest
import torch

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.ops import ms_deform_attn

SHAPES = torch.tensor([[4, 6], [2, 3]])
STARTS = torch.tensor([0, 24])


@pytest.fixture
def function(monkeypatch):
    """mmcv's function, which its attention uses on a GPU, upon these operators."""
    from mmcv.ops import multi_scale_deform_attn

    for name in ('ms_deform_attn_forward', 'ms_deform_attn_backward'):
        monkeypatch.setattr(
            multi_scale_deform_attn.ext_module,
            name,
            getattr(ms_deform_attn, name),
            raising=False,
        )
    return multi_scale_deform_attn.MultiScaleDeformableAttnFunction.apply


def random_inputs(dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)

    def rand(*shape):
        return torch.rand(*shape, generator=generator, dtype=dtype)

    weights = rand(2, 5, 2, 2 * 3).softmax(-1).view(2, 5, 2, 2, 3)
    inputs = rand(2, 30, 2, 4), rand(2, 5, 2, 2, 3, 2), weights
    return [tensor.requires_grad_() for tensor in inputs]


def test_one_point_is_the_pixel_under_it():
    """(x, y) = (2.5, 1.5) of 6 x 4 is the middle of the pixel in row 1, column 2."""
    value = torch.arange(24.0).view(1, 24, 1, 1)
    where = torch.tensor([2.5 / 6, 1.5 / 4]).view(1, 1, 1, 1, 1, 2)
    out = ms_deform_attn.ms_deform_attn_forward(
        value, SHAPES[:1], STARTS[:1], where, torch.ones(1, 1, 1, 1, 1), 64
    )
    assert out.item() == pytest.approx(1 * 6 + 2)


def test_gradients_by_differences(function):
    value, where, weights = random_inputs()
    assert torch.autograd.gradcheck(
        lambda v, p, w: function(v, SHAPES, STARTS, p, w, 64), (value, where, weights)
    )


def test_same_as_on_a_cpu(function):
    from mmcv.ops.multi_scale_deform_attn import multi_scale_deformable_attn_pytorch

    outs, grads = [], []
    for attend in (
        lambda v, p, w: function(v, SHAPES, STARTS, p, w, 64),
        lambda v, p, w: multi_scale_deformable_attn_pytorch(v, SHAPES, p, w),
    ):
        inputs = random_inputs(torch.float32)
        outs.append(attend(*inputs))
        grads.append(torch.autograd.grad(outs[-1].square().sum(), inputs))
    torch.testing.assert_close(outs[0], outs[1])
    torch.testing.assert_close(grads[0], grads[1])
