"""Every pipeline of every config keeps boxes, masks, labels and attributes in step.

Painted objects run through the configs' own datasets, from real files to packed
samples; sizes are made small, and pictures are resized as masks are, by nearest
neighbours, so that each pixel has the colour of one object.
"""

import ast
import contextlib
import functools
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mmdet.registry import DATASETS
from mmengine.config import Config
from mmengine.registry import init_default_scope
from painted import NUM_OBJECTS, Painted, draw
from pipelines import shrunk, without_blending

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.datasets.transforms import copy_paste

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'
RUNNABLE = sorted(
    p.relative_to(CONFIGS).as_posix()
    for p in CONFIGS.rglob('*.py')
    if '_base_' not in p.parts
)
# Boxes as parts of the picture, and the kind of shape within.
shapes = st.tuples(
    *[st.floats(0, 0.9)] * 2, *[st.floats(0.02, 0.7)] * 2, st.sampled_from('rec')
)
sizes = st.tuples(st.integers(20, 90), st.integers(20, 90))
pictures = st.tuples(sizes, st.lists(shapes, max_size=6))
ROOM = (0.1, 0.1, 0.7, 0.7, 'r')  # something that no pipeline always drops


def paint(given_pictures) -> Painted:
    """What hypothesis has drawn, as far as there are categories for it."""
    left, drawn = NUM_OBJECTS - 1, []
    for size, objects in given_pictures:
        masks = [draw(shape, size) for shape in objects][:left]
        masks = [mask for mask in masks if mask.any()]
        drawn.append((size, masks))
        left -= len(masks)
    drawn[0][1].append(draw(ROOM, drawn[0][0]))
    return Painted(drawn)


def datasets_of(cfg) -> dict[str, dict]:
    """The datasets of a config, with test-time augmentation as another one."""
    tested = cfg.test_dataloader.dataset.to_dict()
    return dict(
        train=cfg.train_dataloader.dataset.to_dict(),
        val=cfg.val_dataloader.dataset.to_dict(),
        test=tested,
        tta=dict(tested, pipeline=list(cfg.tta_pipeline)),
    )


def moved(dataset, folder):
    """The same dataset of other files, pictures without objects included."""
    if 'dataset' in dataset:
        return dict(dataset, dataset=moved(dataset['dataset'], folder))
    return dict(
        dataset,
        data_root=str(folder),
        ann_file='annotations/train.json',
        filter_cfg=None,
        serialize_data=False,
    )


def build(dataset, folder):
    """The dataset on the files in a folder."""
    init_default_scope('mmdet')
    return DATASETS.build(moved(dataset, folder))


def samples_of(packed):
    """(picture, annotations) of one sample, or of each of test-time augmentation."""
    inputs, samples = packed['inputs'], packed['data_samples']
    if not isinstance(inputs, list):
        inputs, samples = [inputs], [samples]
    for tensor, sample in zip(inputs, samples, strict=True):
        yield tensor.permute(1, 2, 0).numpy(), sample


def check(dataset, painted: Painted, tested=False) -> int:
    """Run each picture through and hold all against the pixels; gives how many were."""
    mixed, seen = hasattr(dataset, 'dataset'), 0
    for i in range(len(dataset)):
        for image, sample in samples_of(dataset[i]):
            if tested:  # annotations are loaded at the original size
                image = painted.images[sample.img_id]
            seen += painted.check(image, sample, mixed)
    return seen


@functools.cache
def run(text: str, tested: bool) -> None:
    """The property; the same pipeline of another config has been seen to already."""
    config, seen = without_blending(shrunk(ast.literal_eval(text))), []

    @settings(max_examples=12, deadline=None)
    @given(st.lists(pictures, min_size=2, max_size=3), st.integers(0, 999))
    def property_holds(drawn, seed):
        np.random.seed(seed)
        painted = paint(drawn)
        with tempfile.TemporaryDirectory() as folder:
            painted.write(Path(folder))
            seen.append(check(build(config, folder), painted, tested))

    property_holds()
    assert sum(seen) > 12  # objects were there to be seen


@pytest.mark.parametrize('name', RUNNABLE)
def test_who_is_who_after_every_pipeline(name):
    for part, dataset in datasets_of(Config.fromfile(CONFIGS / name)).items():
        run(repr(moved(dataset, '')), tested=part != 'train')


@functools.cache
def run_lines(text: str) -> None:
    """Slanted lines, of whose pixels a resize may take none: their boxes are large."""
    size, count = (96, 96), NUM_OBJECTS - 1
    lines = [np.eye(*size, k=3 * i - count, dtype=np.uint8) for i in range(count)]
    painted = Painted([(size, [draw(ROOM, size), *lines])])
    np.random.seed(0)
    with tempfile.TemporaryDirectory() as folder:
        painted.write(Path(folder))
        small = without_blending(shrunk(ast.literal_eval(text), (24, 24)))
        dataset = build(small, folder)
        assert sum(check(dataset, painted) for _ in range(8)) > 0


@pytest.mark.parametrize('name', RUNNABLE)
def test_no_object_stays_without_a_mask(name):
    cfg = Config.fromfile(CONFIGS / name)
    run_lines(repr(moved(datasets_of(cfg)['train'], '')))


def rolled(key):
    """A transform that moves one thing of each object to the next object."""

    def transform(results):
        order = np.roll(np.arange(len(results['gt_bboxes'])), 1)
        return dict(results, **{key: results[key][order]})

    return transform


def mirrored(key):
    """A transform that mirrors one of picture, masks and boxes alone."""

    def transform(results):
        part, shape = results[key], results['img'].shape[:2]
        if key == 'gt_bboxes':
            part = part.clone()
            part.flip_(shape, 'horizontal')
        else:
            part = part[:, ::-1] if key == 'img' else part.flip('horizontal')
        return dict(results, **{key: part})

    return transform


def drop_first(results):
    """A transform that loses an object, all of it."""
    keys = [key for key in results if key.startswith('gt_')]
    return dict(results, **{key: results[key][1:] for key in keys})


def bare(pipeline):
    """Without KeepAttrs, as mmdet's configs have it."""
    return [step.get('transform', step) for step in pipeline]


BREAKS = {
    'attributes': rolled('gt_attr_labels'),
    'labels': rolled('gt_bboxes_labels'),
    'masks': rolled('gt_masks'),
    'boxes': rolled('gt_bboxes'),
    'ignore-flags': rolled('gt_ignore_flags'),
    'stale-picture': mirrored('img'),
    'stale-masks': mirrored('gt_masks'),
    'stale-boxes': mirrored('gt_bboxes'),
    'lost': drop_first,
}
SET = [
    ((60, 80), [(0, 0, 0.6, 0.4, 'r'), (0.2, 0.1, 0.2, 0.2, 'e'),
                (0.1, 0.6, 0.7, 0.3, 'e'), (0.7, 0.1, 0.2, 0.3, 'r')]),
    ((70, 50), [(0, 0.5, 0.5, 0.4, 'e'), (0.1, 0, 0.8, 0.3, 'r')]),
]  # fmt: skip


@pytest.fixture
def painted(tmp_path):
    """Two pictures, written to ``tmp_path``."""
    painted = paint(SET)
    painted.write(tmp_path)
    np.random.seed(0)
    return painted


def dataset_of(name, part='train'):
    cfg = Config.fromfile(CONFIGS / f'mask-rcnn_r50_attr_focal{name}.py')
    return without_blending(shrunk(datasets_of(cfg)[part]))


@pytest.mark.parametrize('name', ['', '_lsj'])
def test_each_break_is_found(name, painted, tmp_path):
    config = dataset_of(name)
    *steps, pack = config['pipeline']
    for seed in range(5):
        np.random.seed(seed)
        check(build(config, tmp_path), painted)
    unnoticed = []
    for broken, step in BREAKS.items():
        dataset = build(dict(config, pipeline=[*steps, step, pack]), tmp_path)
        with contextlib.suppress(AssertionError):
            for _ in range(5):
                check(dataset, painted)
            unnoticed.append(broken)
    assert unnoticed == []


def test_a_crop_without_keep_attrs_is_found(painted, tmp_path):
    config = dataset_of('_lsj')
    config['pipeline'] = bare(config['pipeline'])
    dataset = build(config, tmp_path)
    with pytest.raises(ValueError, match='wrap it in KeepAttrs'):
        for _ in range(50):
            check(dataset, painted)


@pytest.mark.parametrize(
    'paste, error',
    [
        (dict(type='CopyPaste'), ValueError),
        (dict(type='KeepAttrs', transform=dict(type='CopyPaste')), None),
        (dict(type='AttrCopyPaste', whole=False), None),
    ],
    ids=['mmdet-alone', 'mmdet-wrapped', 'object-by-object'],
)
def test_ways_to_copy_and_paste(paste, error, painted, tmp_path):
    config = dataset_of('_lsj-copypaste')
    config['pipeline'][0] = paste
    dataset = build(config, tmp_path)
    if error:
        with pytest.raises(error, match='wrap it in KeepAttrs'):
            for _ in range(20):
                check(dataset, painted)
    else:
        assert sum(check(dataset, painted) for _ in range(20)) > 20


class NothingHidden(copy_paste._Hidden):
    """What is below the pasted garments keeps its masks and boxes."""

    def __init__(self, results, window, shape):
        super().__init__(results, window, np.zeros_like(shape))


def test_masks_below_a_pasted_garment_are_looked_at(painted, tmp_path, monkeypatch):
    dataset = build(dataset_of('_lsj-copypaste'), tmp_path)
    monkeypatch.setattr(copy_paste, '_Hidden', NothingHidden)
    with pytest.raises(AssertionError, match='under the mask of'):
        for _ in range(20):
            check(dataset, painted)
