"""Test a checkpoint: the tables with and without F1, and pictures.

python tools/test.py CONFIG CHECKPOINT [--show-dir DIR] [--out PREDICTIONS.pkl]
    [--tta] [--work-dir DIR] [--cfg-options KEY=VALUE ...]

The work dir gets table.md, scores.json and predictions.results.json, which
tools/report.py makes a page of; --cfg-options test_evaluator.outfile_prefix=None
keeps no predictions.
"""

import argparse
import sys
from tempfile import gettempdir

from mmengine.config import Config, DictAction
from mmengine.runner import Runner

from projects.fashion_attr.apis import (
    check_checkpoint,
    check_files,
    draw_to,
    dump_to,
    failure,
    keep_predictions,
    load_config,
    use_tta,
)


def parse_args() -> argparse.Namespace:
    """The flags of mmdet's own tools/test.py."""
    parser = argparse.ArgumentParser(description='Test a detector with attributes')
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--work-dir', help='folder for logs and figures')
    parser.add_argument('--out', help='write all predictions to this .pkl file')
    parser.add_argument(
        '--show-dir', help='draw ground truth beside prediction into this folder'
    )
    parser.add_argument(
        '--tta', action='store_true', help="test-time augmentation (config's tta_*)"
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
    if args.out and not args.out.endswith(('.pkl', '.pickle')):
        parser.error(f'--out should end in .pkl or .pickle, got {args.out}')
    return args


def build_config(args: argparse.Namespace) -> Config:
    """The config with every flag applied; see projects.fashion_attr.apis."""
    cfg = load_config(args)
    cfg.load_from = args.checkpoint
    keep_predictions(cfg)
    if args.show_dir:
        draw_to(cfg, args.show_dir)
    if args.tta:
        use_tta(cfg)
    if args.out:
        dump_to(cfg, args.out)
    check_files(cfg, ('test',))
    return cfg


def main() -> None:
    """Build the runner and test."""
    args = parse_args()
    try:
        cfg = build_config(args)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {failure(error, gettempdir(), go_on="test again")}')
    try:
        runner = Runner.from_cfg(cfg)
        check_checkpoint(runner.model, cfg.load_from)
        runner.test()
    except OSError as error:
        elsewhere = 'name another place with --work-dir, --out or --show-dir'
        line = failure(error, cfg.work_dir, elsewhere, 'test again')
        sys.exit(f'\nerror: {line}')  # below the progress bar


if __name__ == '__main__':
    main()
