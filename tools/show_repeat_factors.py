"""Show what thresholds for RepeatFactorSampler would do, before training with them.

python tools/show_repeat_factors.py data/imaterialist/annotations/train.json \
    --category-thr 0.01 --attr-thr 0.001

Needs the annotation file alone. Prints how long an epoch becomes, and how often
labels are shown in it, the rarest ones first.
"""

import argparse
import sys

from projects.fashion_attr.apis.repeat_table import repeat_table
from projects.fashion_attr.datasets.imaterialist import IMaterialistDataset
from projects.fashion_attr.datasets.samplers import RepeatFactorSampler
from projects.fashion_attr.evaluation.functional.markdown import markdown_table


def parse_args(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('ann_file', help='training annotations, as prepared')
    for name, what in (('category', 'category'), ('attr', 'attribute')):
        parser.add_argument(
            f'--{name}-thr',
            type=float,
            metavar='SHARE',
            help=f'share of the pictures below which a {what} is rare',
        )
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Print the table."""
    args = parse_args(argv)
    try:
        dataset = IMaterialistDataset(
            ann_file=args.ann_file,
            data_prefix=dict(img=''),
            filter_cfg=dict(filter_empty_gt=True),
        )
        sampler = RepeatFactorSampler(dataset, args.category_thr, args.attr_thr, seed=0)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    print(markdown_table(repeat_table(sampler)))


if __name__ == '__main__':
    main()
