"""The file that a batch without a finite loss leaves behind."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from mmengine.dist import get_rank
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner, weights_to_cpu

from ...datasets.seeded_dataset import Draw
from ...datasets.whole_file import whole_file
from .finite_loss import NonFiniteLoss


def save_bad_batch(
    runner: Runner,
    error: NonFiniteLoss,
    data_batch: Any,
    draws: Sequence[Draw],
    seed: int,
) -> NonFiniteLoss:
    """Write ``<work dir>/bad_batch_<iter>.pth``, all that it takes to see it again.

    Args:
        runner (Runner): Whose weights are those before the step.
        error (NonFiniteLoss): What was seen.
        data_batch (Any): What the data loader gave.
        draws (Sequence[tuple[int, int]]): Index and seed of each picture.
        seed (int): Of the step.

    Returns:
        NonFiniteLoss: That names place, pictures, file and way out.
    """
    names = picture_names(data_batch)
    process = f'_process_{get_rank()}' if get_rank() else ''
    path = Path(runner.work_dir, f'bad_batch_{runner.iter + 1}{process}.pth')
    model = runner.model
    content = dict(
        config=runner.cfg.pretty_text,
        epoch=runner.epoch + 1,
        iter=runner.iter + 1,
        pictures=names,
        draws=[tuple(map(int, draw)) for draw in draws],
        seed=seed,
        state_dict=weights_to_cpu(
            (model.module if is_model_wrapper(model) else model).state_dict()
        ),
    )
    try:
        with whole_file(path) as half:
            torch.save(content, half)
        way_out = f'with: python tools/train.py --replay {path}'
    except (OSError, RuntimeError) as fault:  # which of them a full disk is
        way_out = f'where there is room for {path} ({fault})'
    return NonFiniteLoss(
        f'{error} in epoch {runner.epoch + 1}, iteration {runner.iter + 1}, with '
        f'{", ".join(names)}; see which loss it is, and whose gradients, {way_out}'
    )


def picture_names(data_batch: Any) -> list[str]:
    """File names of a batch's pictures.

    Args:
        data_batch (Any): With ``data_samples``, as mmdet's packing transforms give.

    Returns:
        list[str]: Or image ids, where there are no files.
    """
    samples = data_batch['data_samples']
    return [str(s.get('img_path') or s.get('img_id')) for s in samples]
