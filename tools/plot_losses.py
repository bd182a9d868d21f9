"""Draw the losses and scores logged in a work dir, joining resumed runs.

python tools/plot_losses.py work_dirs/mask-rcnn_r50_attr_focal [--out losses.png]
"""

import argparse
import sys
from pathlib import Path

# First: the hooks beside the curves import mmdet, which wants its ops in place.
import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.engine.hooks.loss_curves import (
    RunScalars,
    draw_loss_curves,
    loss_names,
    read_scalars,
)


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description='Draw loss curves of a work dir')
    parser.add_argument('work_dir', help='folder that training wrote to')
    parser.add_argument('--out', help='picture (default: WORK_DIR/loss_curves.png)')
    return parser.parse_args()


def main() -> None:
    """Read, draw, say where."""
    args = parse_args()
    out = Path(args.out or Path(args.work_dir) / 'loss_curves.png')
    try:
        scalars = read_scalars(args.work_dir)
        _check(scalars, args.work_dir)
        draw_loss_curves(scalars, out)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    if scalars.num_broken:
        print(f'passed over {scalars.num_broken} broken lines')
    print(out)


def _check(scalars: RunScalars, work_dir: str) -> None:
    logs = f'*/vis_data/scalars.json under {work_dir}'
    if not scalars.num_files:
        raise ValueError(f'no {logs}: not a work dir?')
    if not loss_names(scalars.train):
        raise ValueError(
            f'no loss in {scalars.num_files} {logs}: training logs one every '
            'default_hooks.logger.interval iterations'
        )


if __name__ == '__main__':
    main()
