"""Losses of attributes, worked out by hand and against plain loops."""

import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models.losses import (
    AsymmetricLoss,
    ClassBalancedLoss,
    DistributionBalancedLoss,
    HardNegativeLoss,
)

LOGITS = st.lists(
    st.lists(st.floats(-6, 6), min_size=3, max_size=3), min_size=1, max_size=4
)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def random_targets(logits, seed: int) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.integers(0, 2, np.shape(logits))).double()


@settings(max_examples=50, deadline=None)
@given(LOGITS, st.integers(0, 999), st.sampled_from([(1, 4, 0.05), (0, 0, 0)]))
def test_asymmetric_loss_by_plain_loops(logits, seed, values):
    pos, neg, clip = values
    target = random_targets(logits, seed)
    total = 0.0
    for row, wanted in zip(logits, target.tolist(), strict=True):
        for x, y in zip(row, wanted, strict=True):
            p = sigmoid(x)
            q = max(p - clip, 0)
            total -= (1 - p) ** pos * math.log(p) if y else q**neg * math.log(1 - q)
    loss = AsymmetricLoss(pos, neg, clip, loss_weight=2)
    given_loss = loss(torch.tensor(logits).double(), target)
    assert given_loss.item() == pytest.approx(2 * total / target.numel(), rel=1e-4)


def test_asymmetric_loss_forgets_easy_absent_labels():
    logits = torch.full((1, 3), -4.0, requires_grad=True)  # a score of .018
    AsymmetricLoss(clip=0.05)(logits, torch.zeros(1, 3)).backward()
    assert logits.grad.tolist() == [[0, 0, 0]]


@settings(max_examples=50, deadline=None)
@given(LOGITS, st.integers(0, 999), st.integers(1, 4))
def test_hard_negatives_by_plain_loops(logits, seed, most):
    target = random_targets(logits, seed)
    total = 0.0
    for row, wanted in zip(logits, target.tolist(), strict=True):
        pairs = list(zip(row, wanted, strict=True))
        absent = sorted((-math.log(1 - sigmoid(x)) for x, y in pairs if not y))
        total += sum(-math.log(sigmoid(x)) for x, y in pairs if y)
        total += sum(absent[::-1][:most])
    loss = HardNegativeLoss(most)(torch.tensor(logits).double(), target)
    assert loss.item() == pytest.approx(total / target.numel(), rel=1e-6, abs=1e-9)


@pytest.fixture
def ann_file(tmp_path):
    """Ten objects: attribute 0 on eight, attribute 1 on two, all others on none."""
    coco = dict(
        images=[dict(id=1, file_name='a.jpg', height=9, width=9)],
        annotations=[
            dict(
                id=i + 1,
                image_id=1,
                category_id=0,
                attribute_ids=[0] * (i < 8) + [1] * (i >= 8),
                bbox=[0, 0, 2, 2],
                area=4,
            )
            for i in range(10)
        ],
    )
    path = tmp_path / 'train.json'
    path.write_text(json.dumps(coco))
    return str(path)


def test_class_balanced_weights(ann_file):
    weights = ClassBalancedLoss(ann_file, beta=0.5).weights()
    # (1 - b) / (1 - b^n) for n = 8, 2, and 1 for what never occurs.
    raw = np.array([0.5 / (1 - 0.5**8), 0.5 / (1 - 0.5**2)] + [1.0] * 292)
    np.testing.assert_allclose(weights, raw / raw.mean())
    even = ClassBalancedLoss(ann_file, beta=0).weights()
    np.testing.assert_allclose(even, 1)


def test_class_balanced_without_balance_is_bce_or_focal(ann_file):
    torch.manual_seed(0)
    pred, target = torch.randn(3, 294), (torch.rand(3, 294) < 0.3).float()
    bce = torch.nn.functional.binary_cross_entropy_with_logits(pred, target)
    loss = ClassBalancedLoss(ann_file, beta=0)(pred, target)
    torch.testing.assert_close(loss, bce)
    missed = (pred.sigmoid() - target).abs()
    each = torch.nn.functional.binary_cross_entropy_with_logits(
        pred, target, reduction='none'
    )
    focal = ClassBalancedLoss(ann_file, beta=0, gamma=2)(pred, target)
    torch.testing.assert_close(focal, (missed**2 * each).mean())


def test_distribution_balanced_parts(ann_file):
    loss = DistributionBalancedLoss(ann_file)
    target = torch.zeros(2, 294)
    target[0, 0] = 1  # has the common one
    target[1, :2] = 1  # has both
    weights = loss.rebalancing(target)
    share = torch.tensor([1.0, (1 / 8) / (1 / 8 + 1 / 2)])
    expected = 0.1 + torch.sigmoid(10 * (share - 0.2))
    torch.testing.assert_close(weights[:, 0], expected)
    # Common labels are shifted up from their prior, rare ones further down.
    shift = loss.shift(target)
    assert shift[0].item() == pytest.approx(-0.05 * math.log(1 / 0.8 - 1), rel=1e-5)
    assert shift[1].item() == pytest.approx(-0.05 * math.log(1 / 0.2 - 1), rel=1e-5)


def test_distribution_balanced_loss_by_plain_loops(ann_file):
    torch.manual_seed(0)
    pred = torch.randn(2, 294)
    target = torch.zeros(2, 294)
    target[0, 0] = target[1, :2] = 1
    loss = DistributionBalancedLoss(ann_file, loss_weight=3)
    weights, shift = loss.rebalancing(target), loss.shift(pred)
    total = 0.0
    for i in range(2):
        for a in range(294):
            x = pred[i, a].item() + shift[a].item()
            if target[i, a]:
                p = sigmoid(x)
                total += weights[i, a].item() * -((1 - p) ** 2) * math.log(p)
            else:
                p = sigmoid(2 * x)
                total += weights[i, a].item() / 2 * -(p**2) * math.log(1 - p)
    given_loss = loss(pred, target)
    assert given_loss.item() == pytest.approx(3 * total / pred.numel(), rel=1e-4)


@pytest.mark.parametrize(
    'make, match',
    [
        (lambda: AsymmetricLoss(clip=1.5), 'clip in 0..1'),
        (lambda: HardNegativeLoss(0), 'at least 1, got 0'),
        (lambda: ClassBalancedLoss('a.json', beta=1), 'beta should be in 0..1'),
        (lambda: DistributionBalancedLoss('a.json', neg_scale=0), 'above 0, got 0'),
    ],
)
def test_wrong_settings_are_refused(make, match):
    with pytest.raises(ValueError, match=match):
        make()


@pytest.mark.parametrize('kind', [ClassBalancedLoss, DistributionBalancedLoss])
def test_absent_counts_are_named(kind, tmp_path):
    loss = kind(str(tmp_path / 'gone.json'))
    with pytest.raises(
        FileNotFoundError, match=f'gone.json is absent: {kind.__name__}'
    ):
        loss(torch.zeros(1, 294), torch.zeros(1, 294))


@pytest.mark.parametrize('avg_factor', [None, 7])
def test_losses_can_be_averaged_otherwise_and_take_no_rows(avg_factor, ann_file):
    for loss in (
        AsymmetricLoss(),
        HardNegativeLoss(),
        ClassBalancedLoss(ann_file),
        DistributionBalancedLoss(ann_file),
    ):
        pred, target = torch.randn(2, 294), torch.zeros(2, 294)
        mean = loss(pred, target)
        given_loss = loss(pred, target, avg_factor=avg_factor)
        torch.testing.assert_close(
            given_loss, mean * pred.numel() / (avg_factor or 588)
        )
        assert loss(torch.zeros(0, 294), torch.zeros(0, 294)) == 0
