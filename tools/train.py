"""Train a config.

python tools/train.py configs/mask-rcnn_x101_attr_focal.py [--work-dir DIR] [--amp]
    [--resume [CHECKPOINT]] [--auto-scale-lr] [--cfg-options KEY=VALUE ...]
python tools/train.py --replay WORK_DIR/bad_batch_123.pth

A loss that is not finite stops a run and leaves such a file: the batch is run alone,
with the same random numbers, and each loss and bad gradient is named.
"""

import argparse
import sys
from tempfile import gettempdir

from mmengine.config import Config, DictAction
from mmengine.runner import Runner

from projects.fashion_attr.apis import (
    check_checkpoint,
    check_files,
    failure,
    load_config,
    replay,
    replayed_config,
    resume_from,
    use_amp,
)


def parse_args() -> argparse.Namespace:
    """The flags of mmdet's own tools/train.py."""
    parser = argparse.ArgumentParser(description='Train a detector with attributes')
    parser.add_argument('config', nargs='?', help='config file')
    parser.add_argument('--work-dir', help='folder for logs and checkpoints')
    parser.add_argument('--amp', action='store_true', help='mixed precision')
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        help='go on from this checkpoint, or, without a path, from the latest one '
        'of the work dir',
    )
    parser.add_argument(
        '--replay', metavar='FILE', help='run the batch again that left this file'
    )
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help='scale the learning rate with the total batch size',
    )
    parser.add_argument(
        '--cfg-options', nargs='+', action=DictAction, help='KEY=VALUE overrides'
    )
    parser.add_argument(
        '--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none'
    )
    # torchrun and torch.distributed.launch pass it in either spelling.
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)
    args = parser.parse_args()
    if bool(args.config) == bool(args.replay):
        parser.error('give a config, or --replay FILE, which has its own')
    return args


def build_config(args: argparse.Namespace) -> Config:
    """The config with every flag applied; see projects.fashion_attr.apis."""
    cfg = load_config(args)
    if args.amp:
        use_amp(cfg)
    if args.auto_scale_lr:
        cfg.auto_scale_lr.enable = True
    if args.resume:
        resume_from(cfg, args.resume)
    check_files(cfg, ('train', 'val'))
    return cfg


def main() -> None:
    """Build the runner and train."""
    args = parse_args()
    try:
        if args.replay:
            print(replay(args.replay, replayed_config(args)))
            return
        cfg = build_config(args)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {failure(error, gettempdir())}')
    try:
        runner = Runner.from_cfg(cfg)
        if cfg.get('resume'):
            check_checkpoint(runner.model, cfg.load_from, resumed=True)
        runner.train()
    except (OSError, FloatingPointError) as error:
        sys.exit(f'\nerror: {failure(error, cfg.work_dir)}')  # below the progress bar


if __name__ == '__main__':
    main()
