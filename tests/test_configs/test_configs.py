"""Every config builds, trains a step and tests a step, without any download."""

import copy
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from pipelines import shrunk

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_NAMES, CATEGORY_NAMES
from projects.fashion_attr.structures.run_length_masks import RunLengthMasks

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
RUNNABLE = sorted(
    p.relative_to(CONFIGS).as_posix()
    for p in CONFIGS.rglob('*.py')
    if '_base_' not in p.parts
)
# Variants of one another: test_ablations.py builds them all and steps one of a kind.
STEPPED = [name for name in RUNNABLE if not re.search(r'\b(ablations|heads)/', name)]


def raw_sample() -> dict:
    """What a dataset hands to the pipeline after the picture was read: 90 x 60."""
    rng = np.random.default_rng(0)
    square = dict(size=[90, 60], counts=[5 * 90 + 10, *([50, 40] * 40)])
    square['counts'][-1] += 90 * 60 - sum(square['counts'])
    instance = dict(
        bbox=[5, 10, 45, 60], bbox_label=10, ignore_flag=0, mask=square, attr_labels=[0]
    )
    bare = dict(instance, bbox_label=23, attr_labels=[])
    image = rng.integers(0, 255, (90, 60, 3), dtype=np.uint8)
    return dict(
        img=image,
        img_id=1,
        img_path='x.jpg',
        img_shape=(90, 60),
        ori_shape=(90, 60),
        instances=[instance, bare],
    )


def run_pipeline(steps, sample):
    """The config's own transforms, all but reading the file; small inputs."""
    from mmengine.dataset import Compose
    from mmengine.registry import init_default_scope

    init_default_scope('mmdet')

    readers = ('LoadImageFromFile', 'LoadEncodedImage')
    steps = [s for s in shrunk(list(steps)) if s['type'] not in readers]
    return Compose(steps)(sample)


def run_dataset(dataset, sample):
    """Its pipeline; one that mixes pictures mixes the sample with itself."""
    if 'dataset' not in dataset:
        return run_pipeline(dataset.pipeline, sample)
    sample = run_dataset(dataset.dataset, sample)
    mixed = dict(sample, mix_results=[copy.deepcopy(sample)])
    return run_pipeline(dataset.pipeline, mixed)


def make_quick(model):
    """Few proposals and detections, but of any score, since nothing was trained."""
    if 'panoptic_head' in model:  # queries: no proposals
        model.train_cfg.num_points = 500
        model.test_cfg.update(score_thr=0.0, max_per_image=5)
        return
    model.train_cfg.rpn_proposal.max_per_img = 50
    model.test_cfg.rpn.max_per_img = 20
    model.test_cfg.rcnn.update(score_thr=0.0, max_per_img=5)


@pytest.mark.parametrize('name', STEPPED)
def test_config_trains_and_tests_a_step(name):
    from mmdet.registry import MODELS
    from mmengine.dataset import pseudo_collate
    from mmengine.optim import build_optim_wrapper
    from mmengine.registry import init_default_scope

    init_default_scope('mmdet')
    torch.manual_seed(0)
    np.random.seed(0)
    cfg = Config.fromfile(CONFIGS / name)
    make_quick(cfg.model)
    model = MODELS.build(cfg.model)
    model.init_weights()

    batch = [run_dataset(cfg.train_dataloader.dataset, raw_sample())]
    optimiser = build_optim_wrapper(model, cfg.optim_wrapper)
    log = model.train_step(pseudo_collate(batch), optimiser)
    assert torch.isfinite(log['loss'])
    # A cascade says its stage: s2.loss_attr.
    assert any(log[name] > 0 for name in log if name.endswith('loss_attr'))

    batch = [run_pipeline(cfg.test_dataloader.dataset.pipeline, raw_sample())]
    result = model.eval().test_step(pseudo_collate(batch))[0]
    found = result.pred_instances
    assert found.attr_scores.shape == (len(found), len(ATTRIBUTE_NAMES))
    runs = isinstance(found.masks, RunLengthMasks)
    masks = found.masks.to_ndarray() if runs else found.masks
    assert masks.shape[1:] == (90, 60)
    assert found.labels.lt(len(CATEGORY_NAMES)).all()
    assert result.gt_instances.attr_labels[0].tolist() == [0] + [294] * 13


@pytest.mark.parametrize('name', RUNNABLE)
def test_docstring_says_the_command(name):
    assert f'configs/{name}' in (CONFIGS / name).read_text().split('"""')[1]


@pytest.mark.parametrize(
    'name, file',
    [
        ('r50', 'mask_rcnn_r50_fpn_mstrain-poly_3x_coco_20210524_201154-21b550bb.pth'),
        (
            'r101',
            'mask_rcnn_r101_fpn_mstrain-poly_3x_coco_20210524_200244-5675c317.pth',
        ),
        (
            'x101',
            'mask_rcnn_x101_32x8d_fpn_mstrain-poly_3x_coco_20210607_161042-8bd2c639.pth',
        ),
    ],
)
@pytest.mark.parametrize('loss', ['bce', 'focal'])
def test_final_recipe(name, file, loss):
    """The paper's settings, whatever is inherited from where."""
    cfg = Config.fromfile(CONFIGS / f'mask-rcnn_{name}_attr_{loss}.py')
    assert cfg.load_from.endswith('/' + file)
    assert cfg.optim_wrapper.optimizer.lr == 0.00025
    assert cfg.optim_wrapper.optimizer.nesterov
    assert cfg.train_cfg.max_epochs == 2
    assert cfg.model.test_cfg.rcnn.score_thr == 0.3
    assert cfg.test_evaluator.attr_score_thr == cfg.visualizer.attr_score_thr == 0.4
    kind = dict(bce='CrossEntropyLoss', focal='FocalLoss')[loss]
    head = cfg.model.roi_head.bbox_head.attr_head
    assert head.loss_attr.type == kind


def pipelines_of(cfg) -> dict[str, list]:
    """The pipelines of a config's data loaders, and that of TTA."""
    parts = ('train', 'val', 'test')
    loaders = {part: cfg[f'{part}_dataloader'].dataset.pipeline for part in parts}
    return dict(loaders, tta=cfg.tta_pipeline)


def built_steps(steps):
    """Every transform of a pipeline, built, those within others included."""
    from mmdet.registry import TRANSFORMS
    from mmengine.registry import init_default_scope

    init_default_scope('mmdet')
    for step in map(TRANSFORMS.build, steps):
        yield getattr(step, 'resize', step)  # RandomResize
        for branch in getattr(step, 'subroutines', []):  # TestTimeAug
            yield from branch.transforms


def loaders_and_decodes(steps):
    """The names of what loads pictures, and how each DecodeResize decodes."""
    steps = list(built_steps(steps))
    names = [type(step).__name__ for step in steps]
    decodes = {
        step.decode
        for step, name in zip(steps, names, strict=True)
        if name == 'DecodeResize'
    }
    loaders = {'LoadImageFromFile', 'LoadEncodedImage'}
    return loaders & set(names), decodes


@pytest.mark.parametrize(
    'name',
    [
        '_base_/datasets/imaterialist_scaled.py',
        'toy/mask-rcnn_r18_attr_focal_scaled.py',
    ],
)
def test_scaled_is_scaled_everywhere(name):
    for part, steps in pipelines_of(Config.fromfile(CONFIGS / name)).items():
        assert loaders_and_decodes(steps) == ({'LoadEncodedImage'}, {'scaled'}), part


@pytest.mark.parametrize(
    'name', ['mask-rcnn_r50_attr_focal_lsj.py', 'toy/mask-rcnn_r18_attr_focal.py']
)
def test_others_are_exact(name):
    cfg = Config.fromfile(CONFIGS / name)
    for part, steps in pipelines_of(cfg).items():
        loader = 'LoadEncodedImage' if part == 'train' else 'LoadImageFromFile'
        assert loaders_and_decodes(steps) == ({loader}, {'exact'}), part


def test_large_scale_jitter_can_be_scaled(tmp_path):
    """By the lines that docs/data.md gives."""
    base = CONFIGS / 'mask-rcnn_r50_attr_focal_lsj.py'
    (tmp_path / 'scaled.py').write_text(
        f"_base_ = '{base}'\n"
        'lsj_pipeline = _base_.lsj_pipeline\n'
        "lsj_pipeline[2].decode = 'scaled'\n"
        'train_dataloader = dict(dataset=dict(pipeline=lsj_pipeline))\n'
    )
    steps = Config.fromfile(tmp_path / 'scaled.py').train_dataloader.dataset.pipeline
    assert loaders_and_decodes(steps) == ({'LoadEncodedImage'}, {'scaled'})
