"""From the flags of tools/train.py and tools/test.py to the config of a run."""

import argparse
import os
from collections.abc import Iterator
from pathlib import Path

import torch
from mmdet.utils import setup_cache_size_limit_of_dynamo
from mmengine.config import Config, ConfigDict

from ..datasets.sound_pictures import known_way
from ..ops import describe, install
from .moved_data import dataset_configs, moved_to_dataset, moved_to_folder
from .own_taxonomy import use_taxonomy
from .processes import use_processes
from .safe_checkpoints import load_safely, read_checkpoint

_EVALUATORS = ('val_evaluator', 'test_evaluator')
_OWN_METRICS = ('F1SegmMetric', 'SegmMetric')


def load_config(args: argparse.Namespace) -> Config:
    """The config of a run with the overrides of the command line.

    Four overrides reach every place that the config has built from them:
    ``data_root=DIR/``, ``dataset=CONFIG``, which takes the files that another
    config of a data set names, ``attr_score_thr=T`` and ``on_bad_image=skip``.
    ``taxonomy=FILE``, here or in the config, sizes network and data for categories
    and attributes of one's own.

    Args:
        args (argparse.Namespace): ``config``, ``work_dir``, ``cfg_options``,
            ``launcher`` and ``local_rank`` as tools/train.py parses them.

    Returns:
        Config: With ``work_dir`` decided: the flag, else the config's own, else
        ``work_dirs/<name of the config>``.

    Raises:
        FileNotFoundError: If there is no such config, or none for ``dataset``, or no
            such taxonomy.
        ValueError: If ``FASHION_ATTR_OPS`` is misspelt, the taxonomy not sound, or
            the launcher not the one that has started the process.
    """
    if not Path(args.config).is_file():
        raise FileNotFoundError(f'there is no config {args.config}')
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    setup_cache_size_limit_of_dynamo()
    load_safely()
    install()
    if os.environ.get('RANK', '0') == '0':
        print(describe())
    cfg = Config.fromfile(args.config)
    cfg.launcher = args.launcher
    if args.cfg_options:
        override(cfg, args.cfg_options)
    use_taxonomy(cfg)
    use_processes(cfg)
    if args.work_dir or not cfg.get('work_dir'):
        cfg.work_dir = args.work_dir or f'work_dirs/{Path(args.config).stem}'
    return cfg


def override(cfg: Config, options: dict) -> None:
    """Merge options, and some everywhere they count.

    mmengine would change ``data_root`` and ``attr_score_thr`` alone: dataset and
    metric got their values when the config was read. ``dataset`` names the config of
    another data set, whose files are taken.

    Args:
        cfg (Config): Changed in place.
        options (dict): Dotted keys and values, as ``--cfg-options`` gives them.

    Raises:
        FileNotFoundError: If there is no config ``dataset``.
        ValueError: If ``on_bad_image`` is neither 'error' nor 'skip'.
    """
    options, shortcuts = dict(options), {}
    root, other = options.pop('data_root', None), options.pop('dataset', None)
    if other is not None:
        shortcuts |= moved_to_dataset(cfg, other, root)
    elif root is not None:
        shortcuts |= moved_to_folder(cfg, root)
    if 'on_bad_image' in options:
        bad = known_way(options.pop('on_bad_image'))
        shortcuts |= {f'{place}.on_bad_image': bad for place in _own_datasets(cfg)}
    if 'attr_score_thr' in options:
        places = (*_EVALUATORS, 'visualizer')
        shortcuts |= {f'{p}.attr_score_thr': options['attr_score_thr'] for p in places}
    # What is said of one place comes after what is said of all.
    cfg.merge_from_dict(shortcuts | options)


def _own_datasets(cfg: Config) -> Iterator[str]:
    """Dotted keys of the data sets that read pictures as `SoundPictures` says."""
    for loader in ('train_dataloader', 'val_dataloader', 'test_dataloader'):
        if cfg.get(loader):
            datasets = dataset_configs(cfg[loader].dataset, f'{loader}.dataset')
            for place, dataset in datasets.items():
                if dataset.type.split('.')[-1] == 'IMaterialistDataset':
                    yield place


def use_amp(cfg: Config) -> None:
    """Train in mixed precision.

    Args:
        cfg (Config): Changed in place.

    Raises:
        ValueError: If there is no accelerator for it.
    """
    if not torch.cuda.is_available():
        raise ValueError('--amp needs a GPU, and torch sees none')
    cfg.optim_wrapper.type = 'AmpOptimWrapper'
    cfg.optim_wrapper.loss_scale = 'dynamic'


def draw_to(cfg: Config, folder: str) -> None:
    """Let a test run draw ground truth beside prediction.

    Args:
        cfg (Config): Changed in place.
        folder (str): Where the pictures go, from the current directory (mmdet's
            hook alone would put it under the run's time stamp).
    """
    hook = cfg.default_hooks.setdefault(
        'visualization', dict(type='AttrVisualizationHook')
    )
    hook.update(draw=True, test_out_dir=str(Path(folder).resolve()))


def dump_to(cfg: Config, file: str) -> None:
    """Let a test run write its predictions, masks as RLE, as a pickle.

    Args:
        cfg (Config): Changed in place.
        file (str): Path ending in .pkl or .pickle.
    """
    metrics = cfg.test_evaluator
    metrics = list(metrics) if isinstance(metrics, list) else [metrics]
    # First, so that predictions are kept even where a metric then fails.
    cfg.test_evaluator = [
        dict(type='DumpRunLengthResults', out_file_path=file),
        *metrics,
    ]


def keep_predictions(cfg: Config) -> None:
    """Let a test run leave ``<work dir>/predictions.results.json`` behind.

    What tools/report.py, tools/evaluate.py and tools/calibrate_thresholds.py read. A
    config or an override that says ``outfile_prefix``, None included, has its way.

    Args:
        cfg (Config): Changed in place.
    """
    metrics = cfg.test_evaluator
    for metric in metrics if isinstance(metrics, list) else [metrics]:
        if metric.get('type') in _OWN_METRICS and 'outfile_prefix' not in metric:
            metric.outfile_prefix = str(Path(cfg.work_dir, 'predictions'))
            return  # of several, the first


def use_tta(cfg: Config) -> None:
    """Put test-time augmentation around the model and the pictures.

    Args:
        cfg (Config): Changed in place; brings ``tta_model`` and ``tta_pipeline``.

    Raises:
        ValueError: If the config has none.
    """
    missing = [key for key in ('tta_model', 'tta_pipeline') if key not in cfg]
    if missing:
        raise ValueError(
            f'--tta needs {" and ".join(missing)} in the config, as in '
            'configs/_base_/datasets/imaterialist.py'
        )
    cfg.model = dict(cfg.tta_model, module=cfg.model)
    cfg.test_dataloader.dataset.pipeline = cfg.tta_pipeline


def check_files(cfg: Config, parts: tuple[str, ...]) -> None:
    """See that a run will find what it reads, before anything long begins.

    Args:
        cfg (Config): Of the run.
        parts (tuple[str, ...]): 'train', 'val' and 'test', as far as they will run.

    Raises:
        FileNotFoundError: Naming the annotations, pictures or checkpoint that are
            missing and the way to get them.
        ValueError: If the checkpoint was cut off, or is more than data.
    """
    for part in parts:
        for dataset in dataset_configs(cfg[f'{part}_dataloader'].dataset).values():
            _check_dataset(dataset, part)
    weights = cfg.get('load_from')
    if weights and '://' not in weights:
        read_checkpoint(weights, mmap=True)


def _check_dataset(dataset: ConfigDict, part: str) -> None:
    root = dataset.get('data_root') or ''
    for place in (dataset.ann_file, dataset.data_prefix.img):
        path = Path(root, place)
        if not path.exists():
            raise FileNotFoundError(
                f'{path} is missing ({part}); make it with '
                f'python tools/prepare_imaterialist.py {root or "DATA_ROOT"}, or '
                'name another place with --cfg-options data_root=DIR'
            )
