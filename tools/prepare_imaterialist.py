"""Kaggle's train.csv and pictures -> annotations/{train,val}.json.

python tools/prepare_imaterialist.py data/imaterialist
python tools/prepare_imaterialist.py data/imaterialist --paper 5000
python tools/prepare_imaterialist.py data/shop --taxonomy data/shop/taxonomy.json
"""

import argparse
import os
import sys
from collections.abc import Sequence

from projects.fashion_attr.apis import failure
from projects.fashion_attr.datasets.kaggle_folder import ON_ERROR
from projects.fashion_attr.datasets.prepare import (
    DEFAULT_VAL,
    PAPER_SUBSETS,
    prepare,
)
from projects.fashion_attr.datasets.taxonomy import FASHIONPEDIA
from projects.fashion_attr.datasets.taxonomy_file import read_taxonomy


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        description='Checks the rows and pictures of iMaterialist (Fashion) 2020, '
        'splits them by picture with rare labels on both sides and writes '
        'DATA_ROOT/annotations/{train,val}.json in the format of Fashionpedia. Of a '
        'picture only the header is read: one that is cut off after it passes. '
        'A run that was ended in the middle is continued by the next one.'
    )
    parser.add_argument(
        'data_root', help='folder with train.csv, train/ and label_descriptions.json'
    )
    parser.add_argument(
        '--val', type=int, help=f'images for validation (default {DEFAULT_VAL})'
    )
    parser.add_argument(
        '--train', type=int, help='images to train on (default: all the others)'
    )
    parser.add_argument('--seed', type=int, default=0, help='of the split (default 0)')
    parser.add_argument(
        '--paper',
        type=int,
        choices=PAPER_SUBSETS,
        help="one of the paper's subsets in place of --train and --val: "
        + ', '.join(f'{t} train + {v} val' for t, v in PAPER_SUBSETS.values()),
    )
    parser.add_argument(
        '--taxonomy',
        metavar='FILE',
        help="categories and attributes of one's own, as in label_descriptions.json "
        "(default: Fashionpedia's)",
    )
    parser.add_argument(
        '--on-error',
        choices=ON_ERROR,
        default='stop',
        help='at a bad row: stop (default), or skip it and list it in '
        'annotations/skipped_rows.csv; an unclosed quote stops in any case',
    )
    parser.add_argument(
        '--workers',
        type=int,
        default=_cores(),
        help='processes that convert rows (default: the cores this one may use); the '
        'files written are the same',
    )
    parser.add_argument(
        '--no-pictures',
        action='store_true',
        help='look at nothing in train/: missing, unreadable and wrongly sized '
        'pictures go unnoticed',
    )
    return parser


def _cores() -> int:
    """Cores this process may use."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line.

    Args:
        argv (Sequence[str] | None): arguments; those of the process where None.
    """
    parser = build_parser()
    args = parser.parse_args(argv)
    train, val = args.train, DEFAULT_VAL if args.val is None else args.val
    if args.paper:
        if args.train is not None or args.val is not None:
            parser.error('--paper fixes --train and --val: pass it without them')
        train, val = PAPER_SUBSETS[args.paper]
    try:
        taxonomy = read_taxonomy(args.taxonomy) if args.taxonomy else FASHIONPEDIA
        report = prepare(
            args.data_root,
            val,
            train,
            args.seed,
            args.on_error,
            workers=args.workers,
            check_pictures=not args.no_pictures,
            taxonomy=taxonomy,
        )
    except (OSError, ValueError) as error:
        line = failure(
            error,
            args.data_root,
            'annotations are written beside the data: copy it, or link to it from a '
            'folder of your own',
            'the same command goes on where it stopped',
        )
        sys.exit(f'error: {line}')
    print(*report.lines(), sep='\n')


if __name__ == '__main__':
    main()
