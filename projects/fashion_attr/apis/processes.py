"""Several processes that train or test together."""

import os

import torch.distributed
from mmengine.config import Config
from mmengine.device import get_device

_TORCHRUN = ('RANK', 'WORLD_SIZE', 'MASTER_ADDR', 'MASTER_PORT')


def use_processes(cfg: Config) -> None:
    """Join the processes that a launcher has started, where mmengine would not.

    On GPUs mmengine does all of it. On CPUs the group is made here, with gloo:
    mmengine would ask for a GPU first.

    Args:
        cfg (Config): With ``launcher``; changed in place.

    Raises:
        ValueError: If nothing has launched this process, or the launcher needs GPUs.
    """
    if cfg.launcher == 'none':
        return
    missing = [name for name in _TORCHRUN if name not in os.environ]
    if cfg.launcher == 'pytorch' and missing:
        raise ValueError(
            f'--launcher pytorch: {", ".join(missing)} are not set; start it with '
            'tools/dist_train.sh or tools/dist_test.sh, or torchrun'
        )
    if get_device() != 'cpu':
        return
    if cfg.launcher != 'pytorch':
        raise ValueError(
            f'--launcher {cfg.launcher} needs GPUs, and torch sees none; on CPUs: '
            '--launcher pytorch'
        )
    if not torch.distributed.is_initialized():
        torch.distributed.init_process_group('gloo')
    cfg.model_wrapper_cfg = dict(
        type='MMDistributedDataParallel',
        device_ids=None,
        broadcast_buffers=False,
        find_unused_parameters=cfg.get('find_unused_parameters', False),
    )
