"""Configs of ablations: all build and differ as they say; one of a kind does a step."""

import re
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from mmengine.config import Config
from test_configs import CONFIGS, RUNNABLE, STEPPED, raw_sample, run_dataset

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.apis.ablation import read_plan

ABLATIONS = sorted(set(RUNNABLE) - set(STEPPED))
PLANS = sorted(CONFIGS.rglob('plan*.yaml'))
OF_A_KIND = [
    'toy/ablations/fig3_mask-rcnn_r18_detectron2.py',
    'toy/ablations/fig4_mask-rcnn_x50_no-attr.py',
    'toy/heads/mask-rcnn_r18_attr_asl.py',
    'toy/heads/mask-rcnn_r18_attr_conv_mask.py',
    'toy/heads/mask-rcnn_r18_attr_conv_refined.py',
    'toy/heads/mask-rcnn_r18_attr_conv_relation.py',
    'toy/heads/mask-rcnn_r18_attr_presence.py',
    'toy/heads/mask-rcnn_r18_attr_query.py',
]


@lru_cache
def load(name):
    return Config.fromfile(CONFIGS / name)


def build(name, device='meta'):
    from mmdet.registry import MODELS

    cfg = load(name).copy()
    # Shapes alone, without memory or random numbers.
    with torch.device(device):
        return cfg, MODELS.build(cfg.model)


@pytest.mark.parametrize('name', ABLATIONS)
def test_builds_and_keeps_what_it_inherits(name):
    cfg, model = build(name, 'cpu' if 'query' in name else 'meta')
    assert model.roi_head.bbox_head.num_classes == 46
    has_attrs = 'no-attr' not in name
    assert hasattr(model.roi_head, 'attr_head') == has_attrs
    metric = 'F1SegmMetric' if has_attrs else 'SegmMetric'
    assert cfg.val_evaluator.type == cfg.test_evaluator.type == metric
    assert cfg.val_evaluator.ann_file == cfg.data_root + 'annotations/val.json'


@pytest.mark.parametrize('name', OF_A_KIND)
def test_trains_and_tests_a_step(name):
    from mmengine.dataset import pseudo_collate
    from mmengine.optim import build_optim_wrapper

    torch.manual_seed(0)
    np.random.seed(0)
    cfg, model = build(name, 'cpu')
    model.init_weights()
    model.test_cfg.rcnn.update(score_thr=0.0, max_per_img=5)
    batch = [run_dataset(cfg.train_dataloader.dataset, raw_sample())]
    optimiser = build_optim_wrapper(model, cfg.optim_wrapper)
    log = model.train_step(pseudo_collate(batch), optimiser)
    assert torch.isfinite(log['loss'])
    assert ('loss_attr' in log) == ('no-attr' not in name)
    batch = [run_dataset(cfg.test_dataloader.dataset, raw_sample())]
    found = model.eval().test_step(pseudo_collate(batch))[0].pred_instances
    assert len(found) == 5
    assert ('attr_scores' in found) == ('no-attr' not in name)


def attr_head(name):
    head = load(name).model.roi_head.bbox_head.attr_head
    return head.num_fcs, head.class_specific, head.no_attr, head.loss_attr.type


BCE, FOCAL = 'CrossEntropyLoss', 'FocalLoss'


@pytest.mark.parametrize(
    'prefix', ['ablations/', 'toy/ablations/'], ids=['full', 'toy']
)
@pytest.mark.parametrize(
    'name, expected',
    [
        ('fig3_*_torchvision', (1, False, 'negative', BCE)),
        ('fig3_*_detectron2', (1, False, 'negative', BCE)),
        ('fig5_*_fc1-shared_bce', (1, False, 'negative', BCE)),
        ('fig5_*_fc2-shared_bce', (2, False, 'negative', BCE)),
        ('fig5_*_fc1-class-specific_bce', (1, True, 'negative', BCE)),
        ('fig5_*_fc2-class-specific_bce', (2, True, 'negative', BCE)),
        ('fig6_*_bce_exclude', (2, True, 'exclude', BCE)),
        ('fig6_*_focal_exclude', (2, True, 'exclude', FOCAL)),
    ],
)
def test_heads_and_losses_of_the_figures(prefix, name, expected):
    (path,) = CONFIGS.glob(f'{prefix}{name}.py')
    assert attr_head(path.relative_to(CONFIGS).as_posix()) == expected


def test_backbones_and_schedules_of_the_figures():
    for name, kind, depth in (('r50', 'ResNet', 50), ('r101', 'ResNet', 101)):
        backbone = load(f'ablations/fig4_mask-rcnn_{name}_no-attr.py').model.backbone
        assert (backbone.type, backbone.depth) == (kind, depth)
    cfg = load('ablations/fig4_mask-rcnn_x101_no-attr.py')
    assert (cfg.model.backbone.type, cfg.model.backbone.groups) == ('ResNeXt', 32)
    assert cfg.load_from.endswith('161042-8bd2c639.pth')
    for path in CONFIGS.glob('ablations/fig[56]_*.py'):
        assert load(f'ablations/{path.name}').train_cfg.max_epochs == 8
    assert (
        load('ablations/fig10_mask-rcnn_x101_attr_focal.py').train_cfg.max_epochs == 2
    )


@pytest.mark.parametrize(
    'name', ['ablations/fig3_mask-rcnn_r50', 'toy/ablations/fig3_mask-rcnn_r18']
)
def test_no_picture_is_validated_and_tested_on(name):
    cfg = load(f'{name}_torchvision.py')
    val, test = (cfg[f'{part}_dataloader'].dataset for part in ('val', 'test'))
    assert val.ann_file == test.ann_file
    assert val.indices == -test.indices > 0
    assert cfg.test_pipeline[1].scale == cfg.train_pipeline[2].scale != (1333, 800)


@pytest.mark.parametrize('path', PLANS, ids=lambda p: p.relative_to(CONFIGS).as_posix())
def test_plans_are_sound_and_prepare_what_their_configs_say(path, root, monkeypatch):
    monkeypatch.chdir(root)
    plan = read_plan(path.relative_to(root))
    assert f'tools/ablate.py {plan.file}' in path.read_text()
    if paper := re.search(r'--paper \d+', path.read_text()):
        for run in plan.runs:
            assert paper[0] in Path(run.config).read_text().split('"""')[1]


def test_every_ablation_is_in_a_plan():
    planned = {
        run['config']
        for path in PLANS
        for run in yaml.safe_load(path.read_text())['runs']
        if 'config' in run
    }
    assert planned == {f'configs/{name}' for name in ABLATIONS}
