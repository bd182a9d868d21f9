"""All attribute heads: what they have in common, and each one's own."""

import itertools
import json

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.models.attr_heads import (
    ConvAttrHead,
    FCAttrHead,
    ObjectRelation,
    Objects,
    QueryAttrHead,
)
from projects.fashion_attr.models.attr_heads.conv_attr_head import pool
from projects.fashion_attr.models.attr_heads.expected_f1 import (
    relative_to_best_threshold,
)
from projects.fashion_attr.models.attr_heads.object_relation import edges

A, K, C = 5, 4, 6


def make_head(kind: str, **kwargs):
    torch.manual_seed(0)
    sizes = dict(num_classes=K, num_attrs=A)
    head = {
        'fc': lambda: FCAttrHead(C, fc_out_channels=8, **sizes, **kwargs),
        'conv': lambda: ConvAttrHead(
            C, num_convs=2, conv_out_channels=8, fc_out_channels=8, **sizes, **kwargs
        ),
        'query': lambda: QueryAttrHead(
            C, embed_dims=8, num_heads=2, queries='attribute', **sizes, **kwargs
        ),
    }[kind]()
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter)
    return head.eval()


def make_objects(n: int) -> Objects:
    torch.manual_seed(1)
    xy = torch.rand(n, 2) * 20
    return Objects(
        labels=torch.arange(n) % K,
        boxes=torch.cat([xy, xy + 5 + torch.rand(n, 2) * 20], dim=1),
        pictures=torch.arange(n) // 2,
        masks=torch.rand(n, 14, 14),
    )


def make_feats(head, n: int) -> torch.Tensor:
    torch.manual_seed(2)
    return torch.randn(n, C, 7, 7) if head.reads == 'map' else torch.randn(n, C)


KINDS = pytest.mark.parametrize('kind', ['fc', 'conv', 'query'])


@KINDS
@pytest.mark.parametrize('n', [0, 1, 5])
@pytest.mark.parametrize('presence', [0.0, 0.5])
def test_outputs_scores_and_losses_reach_every_parameter(kind, n, presence):
    head = make_head(kind, presence=presence, no_attr='exclude')
    logits = head(make_feats(head, n), make_objects(n))
    assert logits.shape == (n, A + bool(presence))
    scores = head.scores(logits)
    assert scores.shape == (n, A) and ((scores >= 0) & (scores <= 1)).all()
    slots = torch.full((n, 2), A)
    slots[1:, 0] = 3  # the first object has no attributes
    losses = head.loss(logits, slots)
    assert set(losses) == {'loss_attr'} | ({'loss_presence'} if presence else set())
    sum(losses.values()).backward()
    missed = [k for k, p in head.named_parameters() if p.grad is None]
    assert not missed


@KINDS
def test_each_object_is_read_on_its_own(kind):
    head, objects = make_head(kind), make_objects(5)
    feats = make_feats(head, 5)
    together = head(feats, objects)
    order = torch.tensor([3, 0, 4, 2, 1])
    alone = head(feats[order], Objects(*(part[order] for part in objects)))
    torch.testing.assert_close(alone, together[order])


def test_presence_multiplies_scores_and_learns_from_all_objects():
    head = make_head('fc', presence=2.0, no_attr='exclude')
    logits = torch.zeros(2, A + 1)
    logits[1, -1] = -100.0
    assert head.scores(logits).tolist() == [[0.25] * A, [0.0] * A]
    # -log(.5) for the one with attributes, 0 for the other: the mean, twice.
    slots = torch.tensor([[0], [A]])
    loss = head.loss(logits, slots)['loss_presence']
    assert loss.item() == pytest.approx(2 * 0.693147 / 2, abs=1e-5)


@pytest.fixture
def ann_file(tmp_path):
    """Category 0 has attributes 0 and 2; category 1 has 2; all others none."""
    attributes = [[0, 2], [2], []]
    coco = dict(
        images=[dict(id=1, file_name='a.jpg', height=9, width=9)],
        annotations=[
            dict(
                id=i + 1,
                image_id=1,
                category_id=c,
                attribute_ids=attributes[i],
                bbox=[0, 0, 2, 2],
                area=4,
            )
            for i, c in enumerate([0, 1, 2])
        ],
    )
    path = tmp_path / 'train.json'
    path.write_text(json.dumps(coco))
    return str(path)


def test_only_pairs_of_the_training_set_are_scored(ann_file):
    head = FCAttrHead(C, pairs=ann_file).train()
    torch.nn.init.normal_(head.fc_attr.bias)
    feats, objects = torch.randn(3, C), Objects(torch.tensor([0, 1, 2]))
    scores = head.scores(head(feats, objects))
    seen = [row.nonzero().flatten().tolist() for row in scores > 1e-5]
    assert seen == [[0, 2], [2], []]


def test_pairs_come_with_the_checkpoint(ann_file, tmp_path):
    trained = FCAttrHead(C, pairs=ann_file).train()
    feats, objects = torch.randn(3, C), Objects(torch.tensor([0, 1, 2]))
    trained(feats, objects)
    loaded = FCAttrHead(C, pairs=str(tmp_path / 'absent.json')).eval()
    loaded.load_state_dict(trained.state_dict())
    torch.testing.assert_close(loaded(feats, objects), trained(feats, objects))
    loaded.train()(feats, objects)


def test_pairs_without_file_are_named(tmp_path):
    head = FCAttrHead(C, pairs=str(tmp_path / 'absent.json')).train()
    with pytest.raises(FileNotFoundError, match=r'absent.json is absent: pairs= of'):
        head(torch.randn(1, C), Objects(torch.tensor([0])))


def test_pool_is_the_mean_and_under_a_mask_its_mean():
    feats = torch.tensor([[[[1.0, 2], [3, 6]]]])
    assert pool(feats, None).item() == 3
    mask = torch.tensor([[[[0.0, 0], [1, 1]]]])  # the lower two cells: 3 and 6
    assert pool(feats, mask).item() == pytest.approx(4.5, abs=0.01)
    assert pool(feats, mask * 0).item() == 3


@pytest.mark.parametrize('masks', [True, False])
def test_conv_head_with_mask_channel_and_maximum(masks):
    head = make_head('conv', mask_channel=True, max_pool=True)
    objects = make_objects(3)
    feats = make_feats(head, 3)
    seen = head(feats, objects if masks else objects._replace(masks=None))
    other = head(feats, objects._replace(masks=objects.masks.flip(1)))
    assert seen.shape == (3, A) and not torch.allclose(seen, other)


@pytest.mark.parametrize(
    'scores, chosen',
    [
        ([0.9, 0.8, 0.05], [True, True, False]),
        # One: .8 / 1.8; two: 1.4 / 2.8; three: 1.6 / 3.8.
        ([0.4, 0.3, 0.1], [True, True, False]),
        ([0.01, 0.02, 0.001], [False, True, False]),
        ([1.0, 0.0, 0.0], [True, False, False]),
    ],
)
def test_half_cuts_where_expected_f1_is_highest(scores, chosen):
    scores = torch.tensor([scores])
    assert (relative_to_best_threshold(scores) >= 0.5).tolist() == [chosen]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=7))
def test_expected_f1_by_trying_all_sets(scores):
    def expected(chosen):
        return 2 * sum(chosen) / (len(chosen) + sum(scores))

    best = max(
        expected(chosen)
        for n in range(1, len(scores) + 1)
        for chosen in itertools.combinations(scores, n)
    )
    shifted = relative_to_best_threshold(torch.tensor([scores]).double())[0]
    chosen = [s for s, r in zip(scores, shifted.tolist(), strict=True) if r >= 0.5]
    assert expected(chosen) == pytest.approx(best, abs=1e-6)
    assert (shifted.argsort() == torch.tensor(scores).double().argsort()).all() or (
        len(set(scores)) < len(scores)
    )


def test_a_query_for_each_group_of_the_taxonomy():
    head = QueryAttrHead(C, embed_dims=8, num_heads=2)
    assert head.query_embed.num_embeddings == 11
    assert head(torch.randn(2, C, 7, 7), Objects(torch.tensor([0, 45]))).shape == (
        2,
        294,
    )


@pytest.mark.parametrize(
    'make, match',
    [
        (lambda: FCAttrHead(C, presence=-1), 'presence should be 0 or more'),
        (lambda: FCAttrHead(C, presence=1, expected_f1=True), 'take one'),
        (lambda: QueryAttrHead(C, queries='colour'), "got 'colour'"),
        (lambda: QueryAttrHead(C, num_attrs=7), "take queries='attribute'"),
    ],
)
def test_wrong_settings_are_refused(make, match):
    with pytest.raises(ValueError, match=match):
        make()


def make_relation() -> ObjectRelation:
    torch.manual_seed(3)
    relation = ObjectRelation(8, num_classes=K, num_heads=2)
    torch.nn.init.normal_(relation.gate)
    return relation


def test_relation_adds_nothing_at_first():
    x = torch.randn(5, 8)
    relation = ObjectRelation(8, num_classes=K, num_heads=2)
    torch.testing.assert_close(relation(x, make_objects(5)), x)


def test_relation_sees_the_same_picture_only():
    relation, objects = make_relation(), make_objects(5)
    x = torch.randn(5, 8)
    before = relation(x, objects)
    other = x.clone()
    other[0] += 1  # of picture 0, with object 1
    after = relation(other, objects)
    changed = (after - before).abs().amax(dim=1) > 1e-6
    assert changed.tolist() == [True, True, False, False, False]


def test_relation_without_objects_reaches_every_parameter():
    relation = make_relation()
    relation(torch.randn(0, 8), make_objects(0)).sum().backward()
    assert all(p.grad is not None for p in relation.parameters())


def test_relation_needs_boxes():
    with pytest.raises(ValueError, match='BoxAttrBranch'):
        make_relation()(torch.randn(1, 8), Objects(torch.tensor([0])))


def test_edges_of_a_part_upon_its_garment():
    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 5, 5]])
    garment_to_part = edges(boxes)[0, 1]
    expected = torch.tensor([0.25, 0.25, 1.0, -0.25, -0.25, 0.25])
    expected[-1] = expected[-1].log()
    torch.testing.assert_close(garment_to_part, expected)


@KINDS
def test_head_with_relation(kind):
    if kind == 'query':
        pytest.skip('its embedding is one per query')
    head = make_head(kind, relation=dict(type='ObjectRelation', num_heads=2))
    assert head(make_feats(head, 4), make_objects(4)).shape == (4, A)
