"""What a run has come to, on one HTML page that needs no other file and no network.

python tools/report.py WORK_DIR [--out FILE] [--pictures N]

WORK_DIR is that of tools/train.py and tools/test.py. The page has the configuration,
loss curves, scores, thresholds, tables by category and attribute, where points are
lost, the best and the worst pictures, the environment and the commands that repeat
the run. What the work dir has not is named with the command that makes it.
"""

import argparse
import sys
from pathlib import Path

from projects.fashion_attr.apis.run_report import write_run_report


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('work_dir', type=Path, help='folder of the run')
    parser.add_argument(
        '--out', type=Path, help='the page (default: WORK_DIR/report.html)'
    )
    parser.add_argument(
        '--pictures',
        type=int,
        default=4,
        help='how many of the best and of the worst pictures (default: 4)',
    )
    return parser.parse_args()


def main() -> None:
    """Write the page, say what is missing in it and where it is."""
    args = parse_args()
    try:
        page, missing = write_run_report(args.work_dir, args.out, args.pictures)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    for line in missing:
        print(f'not in the report: {line}')
    print(f'{page}: {page.stat().st_size / 1e6:.1f} MB')


if __name__ == '__main__':
    main()
