"""A training that takes seconds: a narrow network, some toy pictures, a few steps."""

from pathlib import Path

from mmengine.config import Config
from tiny_run import ROOT, make_narrow

from projects.fashion_attr.apis.run_config import override
from projects.fashion_attr.datasets.prepare import prepare
from projects.fashion_attr.datasets.toy_wardrobe import write_wardrobe


def write_tiny_training(folder: Path, val: int = 2, **options) -> Path:
    """Write 22 pictures and ``training.py``, a config that learns from them.

    With 2 of them for validation an epoch has 10 steps; each leaves a
    checkpoint and a line in the log.

    Args:
        folder (Path): existing folder.
        val (int): pictures of the 22 that are not trained on.
        options: overrides of the config.

    Returns:
        Path: the config.
    """
    data = folder / 'wardrobe'
    write_wardrobe(data, 22, seed=3, size=(64, 80))
    prepare(data, val=val, progress=False)
    cfg = Config.fromfile(ROOT / 'configs/toy/mask-rcnn_r18_attr_focal.py')
    make_narrow(cfg.model)
    few = dict(num_workers=0, persistent_workers=False)
    loaders = {
        f'{part}_dataloader.{key}': value
        for part in ('train', 'val', 'test')
        for key, value in few.items()
    }
    often = dict(by_epoch=False, interval=1, max_keep_ckpts=2)
    hooks = {f'default_hooks.checkpoint.{key}': often[key] for key in often}
    small = {
        'data_root': str(data),
        'randomness.seed': 1,
        'train_dataloader.batch_size': 2,
        'train_cfg.max_epochs': 3,
        'train_cfg.val_interval': 3,
        'default_hooks.logger.interval': 1,
        'model.test_cfg.rcnn.max_per_img': 5,
    }
    override(cfg, loaders | hooks | small | options)
    cfg.dump(folder / 'training.py')
    return folder / 'training.py'
