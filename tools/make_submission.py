"""Write a submission to iMaterialist (Fashion) 2020, read it back and check it.

python tools/make_submission.py PREDICTIONS --images DIR --out submission.csv
    [--thresholds thresholds.json] [--train-ann TRAIN_JSON]
    [--choose-score-thr VAL_PREDICTIONS --val-ann VAL_JSON | --score-thr T]

PREDICTIONS are what tools/test.py --out has written (.pkl), or COCO results with
attr_scores, as F1SegmMetric(outfile_prefix=...) writes them (.json), with --ann FILE,
the annotation file that was predicted on. Exit code 1 where anything is wrong.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from projects.fashion_attr.apis import failure
from projects.fashion_attr.evaluation.functional.attribute_scores import ATTR_THR
from projects.fashion_attr.evaluation.functional.submission_size import LONGEST_EDGE
from projects.fashion_attr.evaluation.submission.run import (
    SCORE_THR,
    SubmissionRequest,
    make_submission,
)
from projects.fashion_attr.evaluation.submission.segments import NO_OVERLAP


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('predictions', type=Path, help='.pkl, or COCO results')
    parser.add_argument(
        '--images', type=Path, required=True, help='folder of the pictures'
    )
    parser.add_argument('--out', type=Path, required=True, help='CSV file to write')
    parser.add_argument(
        '--ann',
        type=Path,
        help='COCO JSON that was predicted on: answer for its images alone; needed '
        'where predictions call pictures by number',
    )
    parser.add_argument(
        '--thresholds',
        default=str(ATTR_THR),
        help='least attribute score, or thresholds.json of calibrate_thresholds.py '
        f'(default: {ATTR_THR})',
    )
    parser.add_argument(
        '--train-ann',
        type=Path,
        help='training JSON or train.csv: classes that never have attributes there '
        'get none',
    )
    parser.add_argument(
        '--no-overlap',
        choices=NO_OVERLAP,
        default='class',
        help='between segments of one class, or between all; the higher score keeps '
        'the pixels (default: class)',
    )
    parser.add_argument(
        '--longest-edge',
        type=int,
        default=LONGEST_EDGE,
        help=f'of the masks, in pixels (default: {LONGEST_EDGE}); 0: as the pictures',
    )
    _add_threshold(parser)
    parser.add_argument('--json', type=Path, help='write settings and counts here')
    return parser.parse_args(argv)


def _add_threshold(parser: argparse.ArgumentParser) -> None:
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        '--score-thr',
        type=float,
        default=SCORE_THR,
        help=f'least score of a segment (default: {SCORE_THR})',
    )
    group.add_argument(
        '--choose-score-thr',
        type=Path,
        metavar='VAL_PREDICTIONS',
        help="choose it: the one with the competition's highest score on these "
        'predictions, by --val-ann',
    )
    parser.add_argument(
        '--val-ann',
        type=Path,
        help='their COCO JSON, or with a .pkl their rows of train.csv',
    )
    parser.add_argument(
        '--keep-best',
        action='store_true',
        help='where a picture has no segment of that score, take its best one',
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Write, check, report."""
    args = parse_args(argv)
    request = SubmissionRequest(**vars(args), progress=sys.stderr.isatty())
    try:
        checked = make_submission(request, print)
    except (OSError, ValueError) as error:
        line = failure(
            error, args.out, 'name another file with --out', 'give the command again'
        )
        sys.exit(f'error: {line}')
    sys.exit(1 if checked.faults else 0)


if __name__ == '__main__':
    main()
