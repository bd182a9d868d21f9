"""The batch whose loss was not finite, once more and alone."""

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from mmdet.registry import MODELS
from mmengine.config import Config
from mmengine.device import get_device
from mmengine.registry import init_default_scope
from mmengine.runner import Runner
from mmengine.utils import import_modules_from_strings
from torch import Tensor, nn

from .run_config import check_files, load_config
from .safe_checkpoints import read_checkpoint

_KEYS = {'config', 'epoch', 'iter', 'pictures', 'draws', 'seed', 'state_dict'}
# Parameters that are named; one NaN spreads to most others.
_NAMED = 10


def replayed_config(args: argparse.Namespace) -> Config:
    """The config of a run that left a batch behind.

    Args:
        args (argparse.Namespace): As tools/train.py parses them, with ``replay``;
            ``cfg_options`` are applied on top.

    Returns:
        Config: Whose data are where they were, or where ``cfg_options`` say.

    Raises:
        FileNotFoundError: If the file or the data are not there.
        ValueError: If the file is not of this kind.
    """
    text = _read(args.replay)['config']
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, 'config.py')
        path.write_text(text)
        flags = vars(args) | dict(
            config=str(path), work_dir=str(Path(args.replay).parent)
        )
        cfg = load_config(argparse.Namespace(**flags))
    cfg.load_from = None
    check_files(cfg, ('train',))
    return cfg


def replay(file: str, cfg: Config) -> str:
    """Run a batch forward and backward as in the step that failed.

    Args:
        file (str): ``bad_batch_<iter>.pth`` of a run.
        cfg (Config): See ``replayed_config``.

    Returns:
        str: The pictures, each loss, and the parameters whose gradients are not
        finite.

    Raises:
        ValueError: If the data are not what they were.
    """
    from ..engine.loops.bad_batch import picture_names
    from ..engine.loops.seeded_train_loop import seeded_dataloader

    content = _read(file)
    import_modules_from_strings(**cfg.custom_imports)
    init_default_scope(cfg.get('default_scope', 'mmdet'))
    loader = dict(cfg.train_dataloader, num_workers=0, persistent_workers=False)
    loader = Runner.build_dataloader(seeded_dataloader(loader), seed=0)
    try:
        pictures = [loader.dataset[tuple(draw)] for draw in content['draws']]
    except IndexError:
        raise _moved(file, content, 'have fewer') from None
    batch = loader.collate_fn(pictures)
    names = picture_names(batch)
    if [Path(n).name for n in names] != [Path(n).name for n in content['pictures']]:
        raise _moved(file, content, f'have {", ".join(names)} in their place')
    model = MODELS.build(cfg.model).to(get_device())
    model.load_state_dict(content['state_dict'])
    losses = _losses(model, batch, content['seed'])
    total = sum(losses.values())
    if total.requires_grad:
        total.backward()
    return '\n'.join(_report(content, names, losses, model))


def _moved(file: str, content: Mapping[str, Any], what: str) -> ValueError:
    return ValueError(
        f'{file} was left by {", ".join(content["pictures"])}, but the data {what}; '
        'give the annotations of the run with --cfg-options data_root=DIR'
    )


def _losses(model: nn.Module, batch: Any, seed: int) -> dict[str, Tensor]:
    """Scalars of the step, with the step's random numbers."""
    from ..datasets.seeded_dataset import seed_all

    model.train()
    seed_all(seed)
    losses = model(**model.data_preprocessor(batch, True), mode='loss')
    flat = {}
    for name, value in losses.items():
        parts = value if isinstance(value, list | tuple) else [value]
        flat[name] = sum(part.mean() for part in parts)
    return {name: value for name, value in flat.items() if 'loss' in name}


def _report(
    content: Mapping[str, Any],
    names: list[str],
    losses: Mapping[str, Tensor],
    model: nn.Module,
) -> Iterator[str]:
    yield f'epoch {content["epoch"]}, iteration {content["iter"]}'
    yield from (f'picture: {name}' for name in names)
    for name, loss in losses.items():
        yield f'{name}: {loss.item():.6g}{_mark(loss)}'
    gradients = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    bad = [name for name, grad in gradients.items() if _mark(grad)]
    yield from (f'gradient not finite: {name}' for name in bad[:_NAMED])
    if len(bad) > _NAMED:
        yield f'gradient not finite: {len(bad) - _NAMED} more of {len(gradients)}'
    if all(not _mark(loss) for loss in losses.values()):
        yield 'all losses are finite: data, code or machine differ from that of the run'


def _mark(value: Tensor) -> str:
    return '' if torch.isfinite(value).all() else '  <-- not finite'


def _read(file: str) -> dict[str, Any]:
    if not Path(file).is_file():
        raise FileNotFoundError(f'there is no {file} to replay')
    content = read_checkpoint(file)
    if not isinstance(content, dict) or not content.keys() >= _KEYS:
        raise ValueError(
            f'{file} is not what a loss that is not finite leaves; give the file '
            'that the message of the run names: WORK_DIR/bad_batch_<iteration>.pth'
        )
    return content
