"""Whether a checkpoint is of the network, and of a run that can go on."""

import re
from typing import Any

from torch import nn

from .safe_checkpoints import BadCheckpoint, read_checkpoint

_WRAPPERS = re.compile(r'^(module\.)+')


def check_fit(model: nn.Module, checkpoint: dict[str, Any], name: str) -> None:
    """Refuse weights of another network, of which mmengine takes what fits.

    Args:
        model (nn.Module): wrapped or not.
        checkpoint (dict[str, Any]): of mmengine, or a bare state dict.
        name (str): of the checkpoint, for people.

    Raises:
        BadCheckpoint: if a weight is missing, or of another shape.
    """
    given = _bare(checkpoint.get('state_dict', checkpoint))
    own = _bare(model.state_dict())
    wrong = [
        weight
        for weight, value in own.items()
        if weight not in given or given[weight].shape != value.shape
    ]
    if wrong:
        raise BadCheckpoint(
            f'config and checkpoint do not belong together: {len(wrong)} of the '
            f"network's {len(own)} weights, such as {wrong[0]}, are missing in {name} "
            'or of another shape there; its own config lies beside it'
        )


def check_checkpoint(model: nn.Module, path: str | None, resumed: bool = False) -> None:
    """See that what a test reads, or training goes on from, is whole and fits.

    Not for weights that training begins with: COCO's know no attributes.

    Args:
        model (nn.Module): that will get it, wrapped or not.
        path (str | None): of the checkpoint; URLs are left to mmengine.
        resumed (bool): whether training goes on from it.

    Raises:
        BadCheckpoint: if it is of another network, or has no place in a run.
    """
    if path is None or '://' in path:
        return
    checkpoint = read_checkpoint(path, mmap=True)
    missing = {'meta', 'optimizer', 'param_schedulers'} - set(checkpoint)
    if resumed and missing:
        raise BadCheckpoint(
            f'{path} has weights, and no {", ".join(sorted(missing))} to go on with: '
            f'begin with them by --cfg-options load_from={path} in place of --resume'
        )
    check_fit(model, checkpoint, path)


def _bare(weights: dict[str, Any]) -> dict[str, Any]:
    """By the names that they have without wrappers."""
    return {_WRAPPERS.sub('', name): value for name, value in weights.items()}
