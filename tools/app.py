"""Serve a page in the browser: a picture in, its garments with attributes out.

python tools/app.py [--checkpoint FILE] [--config FILE]
    [--score-thr T] [--attr-thr T | --thresholds thresholds.json]
    [--port N] [--host ADDRESS] [--max-mb N] [--max-megapixels N] [--device DEVICE]

The page is at http://127.0.0.1:7860 and can be had from this machine alone, unless
--host says other (0.0.0.0: from everywhere; there is no password). It needs no network.
Without --checkpoint it shows what `make demo` has learnt.
"""

import argparse
import sys
from pathlib import Path

from projects.fashion_attr.apis.app import AppRequest, UploadLimits, run_app


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        '--checkpoint', help=".pth of tools/train.py (default: the demo's)"
    )
    parser.add_argument('--config', help="(default: the checkpoint's own)")
    parser.add_argument(
        '--score-thr',
        type=float,
        default=AppRequest.score_thr,
        help='class threshold to begin with (default: %(default)s)',
    )
    attributes = parser.add_mutually_exclusive_group()
    attributes.add_argument(
        '--attr-thr',
        type=float,
        help="attribute threshold to begin with (default: the config's attr_score_thr)",
    )
    attributes.add_argument(
        '--thresholds',
        type=Path,
        help='file of tools/calibrate_thresholds.py, in place of --attr-thr',
    )
    parser.add_argument(
        '--host', default=AppRequest.host, help='(default: %(default)s)'
    )
    parser.add_argument(
        '--port', type=int, help='(default: the first that is free from 7860 on)'
    )
    parser.add_argument(
        '--max-mb',
        type=float,
        default=UploadLimits.megabytes,
        help='largest file that is taken (default: %(default)s)',
    )
    parser.add_argument(
        '--max-megapixels',
        type=float,
        default=UploadLimits.megapixels,
        help='largest picture that is taken (default: %(default)s)',
    )
    parser.add_argument('--device', help='such as cpu (default: a GPU if there is one)')
    return parser.parse_args()


def main() -> None:
    """Serve."""
    args = vars(parse_args())
    try:
        limits = UploadLimits(args.pop('max_mb'), args.pop('max_megapixels'))
        run_app(AppRequest(**args, limits=limits))
    except (ImportError, OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    except KeyboardInterrupt:
        print()


if __name__ == '__main__':
    main()
