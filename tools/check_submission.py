"""Find everything that is wrong with a submission, and score it where that is possible.

python tools/check_submission.py submission.csv --images DIR [--ann FILE]
python tools/check_submission.py submission.csv --gt VAL_JSON

--images is the folder of the pictures that the submission answers for. With --gt, a
COCO JSON or train.csv, a sound one is scored by the competition's metric.

Exit code 1 if there are faults or a file cannot be read, 0 if not, 2 for a wrong
command.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from projects.fashion_attr.evaluation.functional.submission_size import LONGEST_EDGE
from projects.fashion_attr.evaluation.submission.check_run import (
    CheckRequest,
    check_file,
)
from projects.fashion_attr.evaluation.submission.faults import SHOWN
from projects.fashion_attr.evaluation.submission.segments import NO_OVERLAP


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line, and refuse what does not go together."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('submission', type=Path, help='CSV file')
    parser.add_argument('--images', type=Path, help='folder of the pictures')
    parser.add_argument(
        '--ann', type=Path, help='COCO JSON: of the folder, its images alone count'
    )
    parser.add_argument('--gt', type=Path, help='COCO JSON or train.csv to score it by')
    parser.add_argument(
        '--no-overlap',
        choices=NO_OVERLAP,
        default='class',
        help='between segments of one class, or between all (default: class)',
    )
    parser.add_argument(
        '--longest-edge',
        type=int,
        default=LONGEST_EDGE,
        help=f'of the masks, in pixels (default: {LONGEST_EDGE}); 0: as the pictures',
    )
    parser.add_argument(
        '--max-shown',
        type=int,
        default=SHOWN,
        help=f'faults to print (default: {SHOWN})',
    )
    args = parser.parse_args(argv)
    if args.images is None and args.gt is None:
        parser.error('give --images DIR, or --gt FILE, or both')
    if args.ann is not None and args.images is None:
        parser.error('--ann says which pictures of --images count')
    if args.longest_edge < 0 or args.max_shown < 0:
        parser.error('--longest-edge and --max-shown are 0 or more')
    return args


def main(argv: Sequence[str] | None = None) -> None:
    """Check, and say what is wrong."""
    args = parse_args(argv)
    try:
        checked = check_file(CheckRequest(**vars(args)), print)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    sys.exit(1 if checked.faults else 0)


if __name__ == '__main__':
    main()
