"""Evaluate predictions by any of the three protocols, without a model.

python tools/evaluate.py GT PREDICTIONS --protocol {coco_f1,kaggle,fashionpedia}
    [--iou-type segm bbox] [--pairs {diagonal,grid}] [--mean {image,class}]
    [--attr-thr T] [--score-thr T] [--train TRAIN_JSON] [--json OUT]
    [--empty-boxes {error,keep}]
    [--tables [OUT_DIR]] [--sweep [OUT_DIR]]

GT is a COCO / Fashionpedia JSON or Kaggle's CSV; PREDICTIONS are COCO results with
attribute_ids or attr_scores, as F1SegmMetric(outfile_prefix=...) writes them, or a
Kaggle submission.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

from projects.fashion_attr.evaluation.functional.protocols import PROTOCOLS
from projects.fashion_attr.evaluation.functional.report import Request, run


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('gt', type=Path, help='COCO JSON or Kaggle CSV')
    parser.add_argument('predictions', type=Path, help='COCO results or submission')
    parser.add_argument('--protocol', choices=PROTOCOLS, default='coco_f1')
    parser.add_argument(
        '--iou-type',
        nargs='+',
        choices=['segm', 'bbox'],
        help='(default: both; for the sweep segm)',
    )
    parser.add_argument('--pairs', choices=['diagonal', 'grid'])
    parser.add_argument('--mean', choices=['image', 'class'], help='for kaggle')
    parser.add_argument(
        '--attr-thr',
        default='0.4',
        help='least attribute score, or thresholds.json of calibrate_thresholds.py '
        '(default: 0.4)',
    )
    parser.add_argument('--score-thr', type=float, default=0.0)
    parser.add_argument(
        '--empty-boxes',
        choices=['error', 'keep'],
        default='error',
        help='refuse boxes without area, or keep them as false positives '
        '(default: error)',
    )
    parser.add_argument(
        '--train', type=Path, help='training JSON, for the constant predictor'
    )
    parser.add_argument('--json', type=Path, help='write the scores here')
    parser.add_argument(
        '--tables',
        type=Path,
        nargs='?',
        const=Path('tables'),
        metavar='OUT_DIR',
        help='also scores by category, supercategory and attribute and what each '
        'kind of error costs, printed and in OUT_DIR (default: tables)',
    )
    parser.add_argument(
        '--sweep',
        type=Path,
        nargs='?',
        const=Path('sweep'),
        metavar='OUT_DIR',
        help='also f1AP over a grid of attribute and class thresholds, as table and '
        'picture in OUT_DIR (default: sweep); needs attr_scores',
    )
    return parser.parse_args()


def show(text: str) -> None:
    """Print Markdown: drawn on a terminal, as it is to a file or a pipe."""
    if sys.stdout.isatty():
        Console().print(Markdown(text))
    else:
        print(text)


def main() -> None:
    """Evaluate, and print what there is to read."""
    try:
        run(Request(**vars(parse_args())), show)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')


if __name__ == '__main__':
    main()
