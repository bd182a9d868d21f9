"""From the flags of tools/train.py and tools/test.py to the config of a run."""

import argparse
import os
from pathlib import Path

from mmdet.utils import setup_cache_size_limit_of_dynamo
from mmengine.config import Config

from ..ops import describe, install


def load_config(args: argparse.Namespace) -> Config:
    """The config of a run with the overrides of the command line.

    Args:
        args (argparse.Namespace): ``config``, ``work_dir``, ``cfg_options``,
            ``launcher`` and ``local_rank`` as tools/train.py parses them.

    Returns:
        Config: With ``work_dir`` decided: the flag, else the config's own, else
        ``work_dirs/<name of the config>``.

    Raises:
        FileNotFoundError: If there is no such config.
    """
    os.environ.setdefault('LOCAL_RANK', str(args.local_rank))
    setup_cache_size_limit_of_dynamo()
    install()
    if os.environ.get('RANK', '0') == '0':
        print(describe())
    cfg = Config.fromfile(args.config)
    cfg.launcher = args.launcher
    if args.cfg_options:
        cfg.merge_from_dict(args.cfg_options)
    if args.work_dir or not cfg.get('work_dir'):
        cfg.work_dir = args.work_dir or f'work_dirs/{Path(args.config).stem}'
    return cfg


def draw_to(cfg: Config, folder: str) -> None:
    """Let a test run draw ground truth beside prediction.

    Args:
        cfg (Config): Changed in place.
        folder (str): Where the pictures go, from the current directory (mmdet's
            hook alone would put it under the run's time stamp).
    """
    hook = cfg.default_hooks.setdefault(
        'visualization', dict(type='DetVisualizationHook')
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
    cfg.test_evaluator = [*metrics, dict(type='DumpDetResults', out_file_path=file)]


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
