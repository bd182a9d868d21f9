"""Draw the losses and scores logged in a work dir, joining resumed runs.

python tools/plot_losses.py work_dirs/mask-rcnn_r50_attr_focal [--out losses.png]
"""

import argparse
import sys
from pathlib import Path

from projects.fashion_attr.engine.hooks.loss_curves import (
    draw_loss_curves,
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
    scalars = read_scalars(args.work_dir)
    if not scalars.num_files:
        sys.exit(f'no */vis_data/scalars.json under {args.work_dir}: not a work dir?')
    if scalars.num_broken:
        print(f'passed over {scalars.num_broken} broken lines')
    draw_loss_curves(scalars, out)
    print(out)


if __name__ == '__main__':
    main()
