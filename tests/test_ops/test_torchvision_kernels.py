"""torchvision's kernels against this package's own; the real ones where installed."""

from types import SimpleNamespace

import pytest
import torch

from projects.fashion_attr.ops import nms as plain_nms
from projects.fashion_attr.ops import roi_align as plain_roi_align
from projects.fashion_attr.ops import torchvision_kernels


def load_torchvision():
    """Skip where torchvision's kernels are not to be had."""
    try:
        torchvision_kernels.probe()
    except (ImportError, RuntimeError, AttributeError) as error:
        pytest.skip(f'torchvision does not load: {error}')


def random_rois(count):
    generator = torch.Generator().manual_seed(0)
    numbers = torch.rand(count, 4, generator=generator) * 90 - 5
    corners = torch.cat([numbers[:, :2], numbers[:, :2] + numbers[:, 2:].abs()], 1)
    return torch.cat([(torch.arange(count) % 2)[:, None].float(), corners], 1)


def align(kernels, features, rois, ratio, aligned):
    """Output bins and the gradient of the features for a gradient of the bins."""
    output = features.new_zeros(len(rois), features.shape[1], 3, 2)
    grad_input, empty = torch.zeros_like(features), features.new_zeros(0)
    grid = (3, 2, 0.25, ratio, 1, aligned)
    kernels.roi_align_forward(features, rois, output, empty, empty, *grid)
    grad = torch.ones_like(output).cumsum(0)
    kernels.roi_align_backward(grad, rois, empty, empty, grad_input, *grid)
    return output, grad_input


@pytest.mark.parametrize('aligned', [True, False])
@pytest.mark.parametrize('ratio', [0, 1, 2])
def test_roi_align_equals_ours(ratio, aligned):
    load_torchvision()
    features, rois = torch.randn(2, 4, 20, 22), random_rois(30)
    ours = align(plain_roi_align, features, rois, ratio, aligned)
    theirs = align(torchvision_kernels, features, rois, ratio, aligned)
    torch.testing.assert_close(theirs, ours, atol=1e-4, rtol=1e-5)


@pytest.mark.parametrize('offset', [0, 1])
@pytest.mark.parametrize('threshold', [0.0, 0.3, 0.5, 0.7])
def test_nms_equals_ours(threshold, offset):
    load_torchvision()
    # Whole numbers: many an IoU lies exactly at the threshold.
    boxes = random_rois(400)[:, 1:].div(4).round()
    scores = torch.randperm(400).float()
    ours = plain_nms.nms(boxes, scores, threshold, offset)
    theirs = torchvision_kernels.nms(boxes, scores, threshold, offset)
    assert torch.equal(theirs, ours)


def test_nms_threshold_is_rounded_to_single_precision(monkeypatch):
    seen = []
    fake = SimpleNamespace(nms=lambda boxes, scores, iou: seen.append(iou))
    monkeypatch.setattr(torch.ops, 'torchvision', fake, raising=False)
    torchvision_kernels.nms(torch.zeros(1, 4), torch.zeros(1), 0.3, 0)
    assert seen == [torch.tensor(0.3).item()]
    assert seen != [0.3]


def test_maximum_is_not_to_be_had():
    empty = torch.zeros(0)
    with pytest.raises(NotImplementedError, match="pool_mode='max' needs compiled"):
        torchvision_kernels.roi_align_forward(*[empty] * 5, 1, 1, 1.0, 0, 0, True)
