"""Mask2Former with attributes: matched queries learn, kept (query, class) pairs tell.

Letters: B pictures, Q queries, K classes, A attributes.
"""

import copy

import pytest
import torch
from mmdet.models.seg_heads import MaskFormerFusionHead
from mmdet.registry import MODELS
from mmengine.config import Config, ConfigDict
from mmengine.registry import init_default_scope

from projects.fashion_attr.evaluation.metrics.collected import collect
from projects.fashion_attr.models import AttrMaskFormerFusionHead
from projects.fashion_attr.models.attr_heads import Objects
from projects.fashion_attr.models.dense_heads.attr_mask2former_head import Decoded

QUERIES = 6
TOP = ([8, 8, 30, 40], 1, [3, 7])
SHOE = ([20, 40, 60, 62], 23, [])
BAG = ([2, 30, 12, 60], 24, [5])


@pytest.fixture
def tiny_cfg(root):
    """6 queries, 2 decoder layers, 16 channels."""
    init_default_scope('mmdet')
    path = root / 'configs/_base_/models/mask2former_r18_attr_small.py'
    model = Config.fromfile(path).model
    model.backbone.base_channels = 8
    width = dict(embed_dims=16)
    head = model.panoptic_head
    head.update(in_channels=[8, 16, 32, 64], num_queries=QUERIES)
    head.update(feat_channels=16, out_channels=16)
    encoder = head.pixel_decoder.encoder
    encoder.num_layers = 1
    decoder = head.transformer_decoder
    decoder.num_layers = 2
    for layer in (encoder.layer_cfg, decoder.layer_cfg):
        for part in layer.values():
            part.update(width)
        layer.ffn_cfg.feedforward_channels = 16
    head.pixel_decoder.positional_encoding.num_feats = 8
    head.positional_encoding.num_feats = 8
    head.attr_head.fc_out_channels = 24
    model.train_cfg.num_points = 64
    model.test_cfg.update(max_per_image=5, score_thr=0.0)
    return model


def build(cfg):
    torch.manual_seed(0)
    model = MODELS.build(cfg)
    model.init_weights()
    return model


@pytest.fixture
def samples(make_sample):
    """samples(*lists of (box, label, attrs)) -> annotated pictures of 64 x 64."""

    def make(*pictures):
        return [
            make_sample(*map(list, zip(*p, strict=True)) if p else ([], [], []))
            for p in pictures
        ]

    return make


def losses_of(model, batch):
    torch.manual_seed(1)
    return model.loss(torch.rand(len(batch), 3, 64, 64), copy.deepcopy(batch))


def total(losses):
    return sum(v for name, v in losses.items() if 'loss' in name)


@pytest.mark.parametrize(
    'pictures',
    [
        ([TOP, SHOE],),
        ([], []),
        ([SHOE],),
        ([], [TOP, SHOE, BAG]),
    ],
    ids=['objects', 'none', 'without_attrs', 'mixed'],
)
def test_step_reaches_every_parameter(tiny_cfg, samples, pictures):
    model = build(tiny_cfg)
    losses = losses_of(model, samples(*pictures))
    total(losses).backward()
    assert torch.isfinite(total(losses))
    unreached = [
        name
        for name, p in model.named_parameters()
        if p.requires_grad and p.grad is None
    ]
    assert unreached == []
    assert (losses['loss_attr'] > 0) == any(pictures)


@pytest.mark.parametrize(
    'head',
    [
        dict(type='FCAttrHead', num_fcs=1, relation=dict(type='ObjectRelation')),
        dict(type='ConvAttrHead', num_convs=1, fc_out_channels=8),
        dict(type='QueryAttrHead', embed_dims=16, num_heads=2),
    ],
    ids=lambda head: head['type'],
)
@pytest.mark.parametrize('pictures', [([TOP, SHOE], []), ([],)], ids=['some', 'none'])
def test_any_attribute_head_fits(tiny_cfg, samples, head, pictures):
    tiny_cfg.panoptic_head.attr_head = ConfigDict(head)
    tiny_cfg.panoptic_head.attr_map_size = 7
    model = build(tiny_cfg)
    total(losses_of(model, samples(*pictures))).backward()
    assert all(p.grad is not None for p in model.parameters())
    found = model.eval().predict(torch.rand(1, 3, 64, 64), samples([TOP]))[0]
    assert found.pred_instances.attr_scores.shape == (5, 294)


def test_attributes_follow_their_object(tiny_cfg, samples):
    """The order of the ground truth says nothing; whose attributes they are, all."""
    model = build(tiny_cfg).eval()
    loss = losses_of(model, samples([TOP, SHOE, BAG]))['loss_attr']
    shuffled = losses_of(model, samples([BAG, TOP, SHOE]))['loss_attr']
    torch.testing.assert_close(shuffled, loss)
    swapped = [(*TOP[:2], BAG[2]), SHOE, (*BAG[:2], TOP[2])]
    other = losses_of(model, samples(swapped))['loss_attr']
    assert abs(other - loss) > 1e-6


def test_attribute_loss_by_hand(tiny_cfg, samples, monkeypatch):
    """Each match, one by one, from the assignment that class and mask use."""
    model = build(tiny_cfg).eval()
    head, batch = model.panoptic_head, samples([TOP, SHOE], [BAG])
    matches = []
    sample = head.sampler.sample

    def kept(*args, **kwargs):
        matches.append(sample(*args, **kwargs))
        return matches[-1]

    monkeypatch.setattr(head.sampler, 'sample', kept)
    layers = []
    forward = head.forward
    monkeypatch.setattr(
        head, 'forward', lambda *a: layers.append(forward(*a)) or layers[-1]
    )
    loss = losses_of(model, batch)['loss_attr']

    assert len(matches) == 3 * len(batch), 'one assignment for each layer and picture'
    logits, attrs = [], []
    for b, match in enumerate(matches[-len(batch) :]):
        gt = batch[b].gt_instances
        for query, obj in zip(match.pos_inds, match.pos_assigned_gt_inds, strict=True):
            feats = layers[0][0][-1].queries[b, query][None]
            logits.append(head.attr_head(feats, Objects(gt.labels[obj][None])))
            attrs.append(gt.attr_labels[obj])
    wanted = head.attr_head.loss(torch.cat(logits), torch.stack(attrs))
    torch.testing.assert_close(loss, wanted['loss_attr'])


def test_all_layers_learn_if_asked_to(tiny_cfg, samples):
    tiny_cfg.panoptic_head.attr_layers = 'all'
    losses = losses_of(build(tiny_cfg), samples([TOP]))
    names = {name for name in losses if name.endswith('loss_attr')}
    assert names == {'d0.loss_attr', 'd1.loss_attr', 'loss_attr'}


def test_unknown_layers(tiny_cfg):
    tiny_cfg.panoptic_head.attr_layers = 'first'
    with pytest.raises(ValueError, match="one of .*'last', 'all'.*, got 'first'"):
        MODELS.build(tiny_cfg)


def test_ground_truth_without_attributes(tiny_cfg, samples):
    batch = samples([TOP])
    del batch[0].gt_instances.attr_labels
    with pytest.raises(ValueError, match='have no attr_labels.*LoadAttrAnnotations'):
        losses_of(build(tiny_cfg), batch)


@torch.no_grad()
def test_attributes_of_the_right_query_and_class(tiny_cfg, samples, monkeypatch):
    """Against the whole table (B, Q, K, A), which the model itself never makes."""
    tiny_cfg.test_cfg.max_per_image = 40
    tiny_cfg.panoptic_head.attr_head.loss_attr.loss_weight = 1.0
    model = build(tiny_cfg).eval()
    head = model.panoptic_head
    torch.nn.init.normal_(head.attr_head.fc_attr.weight)
    batch, inputs = samples([TOP], [BAG]), torch.rand(2, 3, 64, 64)
    layer, masks = head.predict(model.extract_feat(inputs), batch)
    labels = torch.arange(46)
    table = torch.stack(
        [
            torch.stack(
                [
                    head.attr_head.scores(
                        head.attr_head(q.expand(46, -1), Objects(labels))
                    )
                    for q in picture
                ]
            )
            for picture in layer.queries
        ]
    )
    assert table.shape == (2, QUERIES, 46, 294)
    assert table.std(dim=2).min() > 0, 'classes differ'

    pairs = []
    add_scores = head.add_scores
    monkeypatch.setattr(
        head,
        'add_scores',
        lambda a, b, found: (
            pairs.extend(zip(f.query_inds, f.labels, strict=True) for f in found),
            add_scores(a, b, found),
        ),
    )
    rows = []
    head.attr_head.register_forward_hook(lambda *a: rows.append(len(a[-1])))
    results = model.predict(inputs, batch)

    assert rows == [80], 'only the pairs that were kept'
    probabilities = layer.cls_scores.softmax(dim=-1)
    for b, (result, of_picture) in enumerate(zip(results, pairs, strict=True)):
        found = result.pred_instances
        assert 'query_inds' not in found
        for i, (query, label) in enumerate(of_picture):
            torch.testing.assert_close(found.attr_scores[i], table[b, query, label])
            assert found.scores[i] <= probabilities[b, query, label] + 1e-6
            assert found.labels[i] == label


@torch.no_grad()
def test_nothing_found(tiny_cfg, samples):
    tiny_cfg.test_cfg.score_thr = 1.1
    model = build(tiny_cfg).eval()
    found = model.predict(torch.rand(1, 3, 64, 64), samples([TOP]))[0].pred_instances
    assert found.attr_scores.shape == (0, 294)
    assert found.masks.shape == (0, 64, 64)
    assert found.masks.dtype == torch.bool
    assert found.bboxes.shape == (0, 4)


@torch.no_grad()
def test_metric_takes_the_results(tiny_cfg, samples):
    batch = samples([TOP])
    batch[0].set_metainfo(dict(ori_shape=(90, 60), img_shape=(64, 43)))
    result = build(tiny_cfg).eval().predict(torch.rand(1, 3, 64, 64), batch)[0]
    entry = collect(result.to_dict())
    assert [rle['size'] for rle in entry['masks']] == [[90, 60]] * 5
    assert entry['attr_scores'].shape == (5, 294)
    boxes = result.pred_instances.bboxes
    assert boxes[:, 2].max() <= 60 and boxes[:, 3].max() <= 90


@pytest.mark.parametrize('rescale', [True, False])
@pytest.mark.parametrize('max_per_image', [1, 7, 10 * 46])
def test_fusion_is_that_of_mmdet(samples, rescale, max_per_image):
    test_cfg = ConfigDict(
        max_per_image=max_per_image, instance_on=True, panoptic_on=False
    )
    kwargs = dict(num_things_classes=46, num_stuff_classes=0, test_cfg=test_cfg)
    torch.manual_seed(0)
    cls, masks = torch.randn(2, 10, 47), torch.randn(2, 10, 16, 16)
    masks[0, 3] = -9  # a query that sees nothing
    batch = samples([], [])
    for sample in batch:
        sample.set_metainfo(dict(ori_shape=(90, 60), img_shape=(64, 43)))
    large = torch.nn.functional.interpolate(
        masks, (64, 64), mode='bilinear', align_corners=False
    )
    theirs = MaskFormerFusionHead(**kwargs).predict(cls, large, batch, rescale)
    ours = AttrMaskFormerFusionHead(**kwargs).predict(cls, masks, batch, rescale)
    for a, b in zip(ours, theirs, strict=True):
        a, b = a['ins_results'], b['ins_results']
        assert a.masks.equal(b.masks)
        assert a.labels.equal(b.labels)
        torch.testing.assert_close(a.bboxes, b.bboxes)
        torch.testing.assert_close(a.scores, b.scores)
        assert a.masks[:, :, 43:].sum() == 0 or rescale


@pytest.mark.parametrize('kind', ['FCAttrHead', 'ConvAttrHead'])
def test_what_an_attribute_head_is_told(tiny_cfg, kind):
    """Query 4 of picture 1: a mask of 8 x 4 places at (2, 6), 4 pixels each."""
    tiny_cfg.panoptic_head.attr_head = ConfigDict(type=kind)
    head = build(tiny_cfg).panoptic_head
    masks = torch.full((2, QUERIES, 16, 16), -99.0)
    masks[1, 4, 6:10, 2:10] = 99
    features = torch.zeros(2, 16, 16, 16)
    features[1] = 5
    queries = torch.arange(2.0 * QUERIES).view(2, QUERIES, 1).expand(-1, -1, 16)
    told = []
    head.attr_head.register_forward_hook(lambda module, args, out: told.extend(args))
    none = torch.zeros(0, dtype=torch.long)
    head.attr_logits(
        Decoded(torch.zeros(2, QUERIES, 47), queries, features),
        masks,
        [none, torch.tensor([4])],
        [none, torch.tensor([23])],
    )
    feats, objects = told
    assert objects.labels.tolist() == [23] and objects.pictures.tolist() == [1]
    assert objects.boxes.tolist() == [[8, 24, 40, 40]]
    if kind == 'FCAttrHead':
        assert feats.tolist() == [[QUERIES + 4] * 16] and objects.masks is None
        return
    torch.testing.assert_close(feats, torch.full((1, 16, 14, 14), 5.0))
    assert objects.masks[0, 4:-4, 4:-4].min() == 1
