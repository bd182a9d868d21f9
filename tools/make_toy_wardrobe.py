"""Draw a toy wardrobe in the layout of the Kaggle competition.

python tools/make_toy_wardrobe.py data/toy_wardrobe --images 700 --seed 0
"""

import argparse
import sys
from pathlib import Path

from projects.fashion_attr.apis import failure
from projects.fashion_attr.datasets.toy_wardrobe import write_wardrobe


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument(
        'out',
        help='folder for train.csv, label_descriptions.json, train/; an earlier toy '
        'wardrobe in it is replaced, other data is not touched',
    )
    parser.add_argument('--images', type=int, default=700, help='number of pictures')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument(
        '--size', type=int, nargs='+', default=[224, 320], metavar='PIXELS',
        help='longest edge, or its least and greatest value (default: 224 320)',
    )  # fmt: skip
    parser.add_argument('--workers', type=int, default=1, help='processes to draw with')
    args = parser.parse_args(argv)
    if len(args.size) > 2:
        parser.error(f'--size takes one or two numbers, got {args.size}')
    return args


def main(argv: list[str] | None = None) -> None:
    """Write the wardrobe and say where it is."""
    args = parse_args(argv)
    size = (args.size[0], args.size[-1])
    try:
        table = write_wardrobe(args.out, args.images, args.seed, size, args.workers)
    except (OSError, ValueError) as error:
        line = failure(error, args.out, 'name another folder', 'give the command again')
        sys.exit(f'error: {line}')
    print(f'wrote {args.images} pictures and {table}')
    if (Path(args.out) / 'annotations').exists():
        print('its annotations/ are older: run tools/prepare_imaterialist.py again')


if __name__ == '__main__':
    main()
