"""A train.csv of Kaggle's size, drawn at random, without pictures -> OUT.

python tools/benchmark/make_train_csv.py work_dirs/full/train.csv       # 333,401 rows
python tools/benchmark/make_train_csv.py work_dirs/small/train.csv --images 1000
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from projects.fashion_attr.datasets.synthetic_csv import IMAGES, write_train_csv


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line.

    Args:
        argv (Sequence[str] | None): arguments; those of the process where None.
    """
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('out', type=Path, help='the file; its folder is made')
    parser.add_argument(
        '--images', type=int, default=IMAGES, help=f'pictures (default {IMAGES})'
    )
    parser.add_argument('--rows', type=int, help='masks (default: 7.3 a picture)')
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args(argv)
    try:
        args.out.parent.mkdir(parents=True, exist_ok=True)
        write_train_csv(args.out, args.images, args.rows, args.seed)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')


if __name__ == '__main__':
    main()
