"""Choose attribute thresholds on half of a validation set, judge them on the other.

python tools/calibrate_thresholds.py GT PREDICTIONS --out thresholds.json
    [--iou-type {segm,bbox}] [--min-count N] [--margin SE] [--seed N]
    [--empty-boxes {error,keep}]

PREDICTIONS are COCO results with attr_scores, as F1SegmMetric(outfile_prefix=...)
writes them. Then: F1SegmMetric(attr_score_thr='thresholds.json'), or
tools/evaluate.py --attr-thr thresholds.json.
"""

import argparse
import sys
from pathlib import Path

from projects.fashion_attr.evaluation.functional.calibration_report import (
    CalibrationRequest,
    run_calibration,
)


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('gt', type=Path, help='COCO JSON or Kaggle CSV')
    parser.add_argument('predictions', type=Path, help='COCO results with attr_scores')
    parser.add_argument('--out', type=Path, required=True, help='thresholds to write')
    parser.add_argument('--iou-type', choices=['segm', 'bbox'], default='segm')
    parser.add_argument(
        '--min-count',
        type=int,
        default=30,
        help='samples with an attribute, true or predicted, before its threshold may '
        'differ (default: 30)',
    )
    parser.add_argument(
        '--margin',
        type=float,
        default=1.0,
        help='standard errors that a change has to gain in cross-validation '
        '(default: 1)',
    )
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
    parser.add_argument('--seed', type=int, default=0, help='of the split in halves')
    return parser.parse_args()


def main() -> None:
    """Fit, report, write."""
    try:
        run_calibration(CalibrationRequest(**vars(parse_args())), print)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')


if __name__ == '__main__':
    main()
