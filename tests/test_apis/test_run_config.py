"""Flags to config: what each changes, and what is refused before a run begins."""

from argparse import Namespace

import pytest
import torch
from mmengine.config import Config

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.apis import (
    check_files,
    draw_to,
    dump_to,
    keep_predictions,
    load_config,
    use_amp,
    use_tta,
)
from projects.fashion_attr.apis.dataset_files import dataset_files
from projects.fashion_attr.apis.run_config import dataset_configs, override


@pytest.fixture
def load(root):
    """load(cfg_options, name=..., work_dir=...) -> config."""

    def call(cfg_options=None, name='mask-rcnn_r50_attr_focal', work_dir=None):
        return load_config(
            Namespace(
                config=str(root / f'configs/{name}.py'),
                work_dir=work_dir,
                cfg_options=cfg_options,
                launcher='none',
                local_rank=0,
            )
        )

    return call


@pytest.mark.parametrize('given', ['/mnt/x', '/mnt/x/'])
def test_data_root_reaches_every_place(load, given):
    cfg = load(dict(data_root=given))
    for part in ('train', 'val', 'test'):
        assert cfg[f'{part}_dataloader'].dataset.data_root == '/mnt/x/'
    for evaluator in (cfg.val_evaluator, cfg.test_evaluator):
        assert evaluator.ann_file == '/mnt/x/annotations/val.json'
        assert evaluator.train_ann_file == '/mnt/x/annotations/train.json'


def test_data_root_reaches_a_dataset_in_another(load):
    cfg = load(dict(data_root='/mnt/x'), name='mask-rcnn_r50_attr_focal_lsj-copypaste')
    assert cfg.train_dataloader.dataset.dataset.data_root == '/mnt/x/'
    assert 'data_root' not in cfg.train_dataloader.dataset


def concat(cfg, *roots):
    """Let a config train on several copies of its data, one in another wrapper."""
    base = cfg.train_dataloader.dataset
    first, *others = (dict(base, data_root=root) for root in roots)
    first = dict(type='RepeatDataset', times=2, dataset=first)
    cfg.train_dataloader.dataset = dict(type='ConcatDataset', datasets=[first, *others])
    return cfg


def test_data_root_reaches_what_lies_in_it_of_several(load):
    old = load().data_root
    cfg = concat(load(), old, '/other/', f'{old}part')
    override(cfg, dict(data_root='/mnt/x'))
    datasets = dataset_configs(cfg.train_dataloader.dataset)
    assert [d.data_root for d in datasets.values()] == [
        '/mnt/x/', '/other/', '/mnt/x/part/',
    ]  # fmt: skip
    assert list(datasets) == ['.datasets.0.dataset', '.datasets.1', '.datasets.2']
    assert cfg.val_dataloader.dataset.data_root == '/mnt/x/'


def test_what_is_said_of_one_place_wins(load):
    options = {'data_root': '/a', 'val_evaluator.ann_file': '/b.json'}
    cfg = load(options)
    assert cfg.val_evaluator.ann_file == '/b.json'
    assert cfg.test_evaluator.ann_file == '/a/annotations/val.json'


def test_attribute_threshold_reaches_metric_and_pictures(load):
    cfg = load(dict(attr_score_thr=0.7))
    evaluators = (cfg.val_evaluator, cfg.test_evaluator)
    assert [part.attr_score_thr for part in (*evaluators, cfg.visualizer)] == [0.7] * 3


@pytest.mark.parametrize(
    'work_dir, expected',
    [(None, 'work_dirs/mask-rcnn_r50_attr_focal'), ('/tmp/here', '/tmp/here')],
)
def test_work_dir(load, work_dir, expected):
    assert load(work_dir=work_dir).work_dir == expected


def test_predictions_are_dumped_before_a_metric_can_fail(load):
    cfg = load()
    dump_to(cfg, 'p.pkl')
    assert [m.type for m in cfg.test_evaluator] == [
        'DumpRunLengthResults',
        'F1SegmMetric',
    ]


def test_a_test_run_keeps_its_predictions(load):
    cfg = load(work_dir='runs/x')
    keep_predictions(cfg)
    assert cfg.test_evaluator.outfile_prefix == 'runs/x/predictions'


@pytest.mark.parametrize('prefix', ['elsewhere', None])
def test_what_was_said_of_predictions_stands(load, prefix):
    cfg = load()
    cfg.test_evaluator.outfile_prefix = prefix
    keep_predictions(cfg)
    assert cfg.test_evaluator.outfile_prefix == prefix


def test_the_first_of_several_metrics_keeps_them(load):
    cfg = load(work_dir='x')
    own = cfg.test_evaluator
    cfg.test_evaluator = [dict(type='CocoMetric'), own, dict(own)]
    keep_predictions(cfg)
    kept = [metric.get('outfile_prefix') for metric in cfg.test_evaluator]
    assert kept == [None, 'x/predictions', None]


def test_pictures_go_where_the_flag_says(load, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cfg = load()
    draw_to(cfg, 'pictures')
    hook = cfg.default_hooks.visualization
    assert hook.draw
    assert hook.test_out_dir == str(tmp_path / 'pictures')


@pytest.mark.parametrize(
    'name',
    ['mask-rcnn_r50_attr_focal', 'toy/mask-rcnn_r18_attr_focal']
    + ['toy/mask-rcnn_r18_attr_memorise'],
)
def test_tta_has_the_scale_of_testing(load, name):
    cfg = load(name=name)
    (resize,) = [s for s in cfg.test_pipeline if s.type == 'DecodeResize']
    use_tta(cfg)
    assert cfg.model.type == 'AttrTTAModel'
    assert cfg.test_dataloader.dataset.pipeline[1].transforms[0] == [resize]


def test_tta_without_its_parts():
    with pytest.raises(ValueError, match='--tta needs tta_model and tta_pipeline'):
        use_tta(Config(dict(model=dict(type='MaskRCNN'))))


@pytest.mark.skipif(torch.cuda.is_available(), reason='there is a GPU')
def test_amp_without_a_gpu(load):
    with pytest.raises(ValueError, match='--amp needs a GPU'):
        use_amp(load())


@pytest.fixture
def data(tmp_path):
    """An empty data root that has all files, and its overrides."""
    (tmp_path / 'annotations').mkdir()
    (tmp_path / 'train').mkdir()
    for part in ('train', 'val'):
        (tmp_path / f'annotations/{part}.json').write_text('{}')
    return tmp_path


@pytest.mark.parametrize(
    'missing, parts, message',
    [
        ('annotations/val.json', ('train', 'val'), r'val.json is missing \(val\)'),
        ('annotations/train.json', ('train', 'val'), r'train.json is missing \(train'),
        (
            'train',
            ('test',),
            r'train is missing \(test\); make it with python tools/pr',
        ),
        ('annotations/train.json', ('test',), None),
        (None, ('train', 'val', 'test'), None),
    ],
)
def test_missing_data_is_named(load, data, missing, parts, message):
    cfg = load(dict(data_root=str(data), load_from=None))
    if missing:
        path = data / missing
        path.rmdir() if path.is_dir() else path.unlink()
    if message is None:
        check_files(cfg, parts)
        return
    with pytest.raises(FileNotFoundError, match=message):
        check_files(cfg, parts)


def test_missing_data_of_several_is_named(load, data):
    cfg = concat(load(dict(data_root=str(data), load_from=None)), str(data), str(data))
    check_files(cfg, ('train',))
    files = data / 'annotations/train.json', data / 'train'
    assert dataset_files(cfg, ('train',)) == [files, files]
    cfg = concat(load(dict(data_root=str(data), load_from=None)), str(data), '/no')
    with pytest.raises(FileNotFoundError, match='^/no/annotations/train.json is miss'):
        check_files(cfg, ('train',))


def test_missing_checkpoint_is_named(load, data):
    cfg = load(dict(data_root=str(data), load_from='/no/such.pth'))
    with pytest.raises(FileNotFoundError, match='no checkpoint /no/such.pth'):
        check_files(cfg, ('test',))


def test_missing_config_is_named(load):
    with pytest.raises(FileNotFoundError, match='no config .*nothing.py'):
        load(name='nothing')


FASHIONPEDIA = 'configs/_base_/datasets/fashionpedia.py'


@pytest.mark.parametrize(
    'options, root_dir',
    [({}, 'data/fashionpedia/'), (dict(data_root='/mnt/f'), '/mnt/f/')],
    ids=['where its config says', 'elsewhere'],
)
def test_another_data_set_with_the_same_sizes(load, root, options, root_dir):
    options = dict(options, dataset=str(root / FASHIONPEDIA))
    cfg = load(options, name='ablations/fig3_mask-rcnn_r50_torchvision')
    train, val = cfg.train_dataloader.dataset, cfg.val_dataloader.dataset
    assert train.data_root == val.data_root == root_dir
    assert train.ann_file == 'instances_attributes_train2020.json'
    assert (train.data_prefix.img, val.data_prefix.img) == ('train/', 'test/')
    assert cfg.test_dataloader.dataset.ann_file == val.ann_file
    assert cfg.test_evaluator.ann_file == root_dir + val.ann_file
    assert cfg.val_evaluator.train_ann_file == root_dir + train.ann_file
    assert val.pipeline[1].scale == (600, 400)


@pytest.mark.parametrize(
    'options, counted',
    [
        (dict(data_root='/mnt/x'), '/mnt/x/annotations/train.json'),
        (
            dict(dataset=FASHIONPEDIA),
            'data/fashionpedia/instances_attributes_train2020.json',
        ),
    ],
    ids=['data_root', 'dataset'],
)
def test_what_the_model_counts_moves_too(load, root, monkeypatch, options, counted):
    monkeypatch.chdir(root)
    cfg = load(options, name='toy/heads/mask-rcnn_r18_attr_pairs')
    assert cfg.model.roi_head.bbox_head.attr_head.pairs == counted
    cfg = load(options, name='toy/heads/mask-rcnn_r18_attr_class-balanced')
    assert cfg.model.roi_head.bbox_head.attr_head.loss_attr.ann_file == counted


def test_unknown_data_set_is_named(load):
    with pytest.raises(FileNotFoundError, match=r'no config nowhere.py \(dataset=\)'):
        load(dict(dataset='nowhere.py'))


def test_bad_pictures_are_passed_over_everywhere(load):
    cfg = load(dict(on_bad_image='skip'), name='mask-rcnn_r50_attr_focal_lsj-copypaste')
    loaders = (cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader)
    for loader in loaders:
        (dataset,) = dataset_configs(loader.dataset).values()
        assert dataset.on_bad_image == 'skip'
    assert 'on_bad_image' not in cfg
