"""The FC attribute heads against a plain gather over all classes' outputs."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models.attr_heads import FCAttrHead, Objects, multi_hot

A, K, C = 5, 4, 3


def make_head(**kwargs) -> FCAttrHead:
    torch.manual_seed(0)
    head = FCAttrHead(C, num_classes=K, num_attrs=A, fc_out_channels=6, **kwargs)
    for p in head.parameters():
        torch.nn.init.normal_(p)
    return head


def all_class_logits(head: FCAttrHead, feats, labels):
    """Oracle: every class's outputs for every row, then the row's own class."""
    for fc in head.fcs:
        feats = F.relu(fc(feats))
    outputs = F.linear(feats, head.fc_attr.weight, head.fc_attr.bias)
    if not head.class_specific:
        return outputs
    return outputs.view(-1, K, A)[torch.arange(len(labels)), labels]


@pytest.mark.parametrize(
    'slots, expected',
    [
        pytest.param([[5, 5]], [[0, 0, 0, 0, 0]], id='none'),
        pytest.param([[0, 5]], [[1, 0, 0, 0, 0]], id='first'),
        pytest.param([[4, 2]], [[0, 0, 1, 0, 1]], id='last and middle, no padding'),
        pytest.param([[3, 3]], [[0, 0, 0, 1, 0]], id='twice the same'),
    ],
)
def test_multi_hot(slots, expected):
    assert multi_hot(torch.tensor(slots), A).tolist() == expected


@settings(max_examples=25, deadline=None)
@given(
    labels=st.lists(st.integers(0, K - 1), max_size=9),
    num_fcs=st.integers(1, 3),
    class_specific=st.booleans(),
)
def test_logits_and_gradients_equal_all_class_outputs(labels, num_fcs, class_specific):
    head = make_head(num_fcs=num_fcs, class_specific=class_specific)
    labels = torch.tensor(labels, dtype=torch.long)
    feats = torch.randn(len(labels), C)
    weights = torch.randn(len(labels), A)
    results = []
    for forward in (
        lambda f, c: head(f, Objects(c)),
        lambda f, c: all_class_logits(head, f, c),
    ):
        head.zero_grad()
        logits = forward(feats, labels)
        (logits * weights).sum().backward()
        results.append([logits, *(p.grad.clone() for p in head.parameters())])
    for ours, oracle in zip(*results, strict=True):
        torch.testing.assert_close(ours, oracle, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize('class_specific', [True, False])
@pytest.mark.parametrize('no_attr', ['negative', 'exclude'])
@pytest.mark.parametrize('rows', [0, 2])
def test_loss_without_attributes_reaches_every_parameter(class_specific, no_attr, rows):
    head = make_head(class_specific=class_specific, no_attr=no_attr)
    logits = head(torch.randn(rows, C), Objects(torch.zeros(rows, dtype=torch.long)))
    loss = head.loss(logits, torch.full((rows, 2), A))['loss_attr']
    loss.backward()
    assert all(p.grad is not None for p in head.parameters())
    counts = rows > 0 and no_attr == 'negative'
    assert (loss.item() > 0) == counts


def test_loss_is_the_mean_over_all_outputs():
    head = make_head()
    logits = torch.zeros(2, A)
    loss = head.loss(logits, torch.tensor([[0, 5], [5, 5]]))['loss_attr']
    torch.testing.assert_close(loss, torch.tensor(2.0).log())


def test_exclude_leaves_out_the_rows_without_attributes():
    logits = torch.tensor([[2.0, -1, 0, 0, 3], [9.0, 9, 9, 9, 9]])
    attrs = torch.tensor([[0, 4], [5, 5]])
    both = make_head(no_attr='negative').loss(logits, attrs)['loss_attr']
    kept = make_head(no_attr='exclude').loss(logits, attrs)['loss_attr']
    first = make_head(no_attr='negative').loss(logits[:1], attrs[:1])['loss_attr']
    assert kept == first != both


def test_prior_sets_the_first_scores():
    head = FCAttrHead(C, num_classes=K, num_attrs=A, prior_prob=0.02)
    head.init_weights()
    scores = head(
        torch.zeros(1, C), Objects(torch.zeros(1, dtype=torch.long))
    ).sigmoid()
    torch.testing.assert_close(scores, torch.full((1, A), 0.02))


@pytest.mark.parametrize(
    'kwargs, message',
    [
        (dict(no_attr='ignore'), "one of .*'exclude'.* got 'ignore'"),
        (dict(num_fcs=0), 'num_fcs should be at least 1, got 0'),
    ],
)
def test_wrong_settings_are_refused(kwargs, message):
    with pytest.raises(ValueError, match=message):
        FCAttrHead(C, num_classes=K, num_attrs=A, **kwargs)
