"""Find everything that is wrong with a copy of the data.

python tools/check_dataset.py data/imaterialist [--json OUT.json]
python tools/check_dataset.py --ann TRAIN.json VAL.json --images DIR
python tools/check_dataset.py data/imaterialist --only 'rle-*' row-duplicate
python tools/check_dataset.py --list-checks

Exit code 1 if there are errors, 0 if not, 2 for a wrong command or where OUT.json
could not be written.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from projects.fashion_attr.datasets.checks.check import (
    CheckReport,
    Options,
    check_coco_files,
    check_kaggle_folder,
)
from projects.fashion_attr.datasets.checks.codes import CHECKS, checks_table, matching
from projects.fashion_attr.datasets.checks.fingerprint import NEAR
from projects.fashion_attr.datasets.checks.report import table_lines, write_json
from projects.fashion_attr.datasets.taxonomy import FASHIONPEDIA
from projects.fashion_attr.datasets.taxonomy_file import read_taxonomy


def build_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(
        description='Finds everything that is wrong with a copy of iMaterialist '
        "(Fashion) 2020, as Kaggle's folder, or of Fashionpedia, as JSON files: rows, "
        'masks, labels, pictures, duplicates and leaks between train and val.',
        epilog='exit code: 1 if there are errors, 0 if not, 2 for a wrong command or '
        'where OUT could not be written',
    )
    parser.add_argument('data_root', nargs='?', help='folder with train.csv and train/')
    parser.add_argument(
        '--ann',
        nargs='+',
        metavar='JSON',
        help='in place of data_root: Fashionpedia / COCO files, a side each',
    )
    parser.add_argument('--images', metavar='DIR', help='the pictures of --ann')
    parser.add_argument(
        '--taxonomy',
        metavar='FILE',
        help="categories and attributes of one's own (default: Fashionpedia's)",
    )
    parser.add_argument('--json', type=Path, metavar='OUT', help='write all findings')
    parser.add_argument(
        '--max-examples', type=int, default=3, help='shown of each kind (default 3)'
    )
    parser.add_argument(
        '--only', nargs='+', metavar='CODE', help="look for these alone, as 'rle-*'"
    )
    parser.add_argument('--skip', nargs='+', metavar='CODE', default=[])
    parser.add_argument(
        '--no-pictures', action='store_true', help='open no picture: much quicker'
    )
    parser.add_argument(
        '--near',
        type=int,
        default=NEAR,
        metavar='BITS',
        help='pictures look alike when at most this many of 256 bits of their hashes '
        f'differ (default {NEAR})',
    )
    parser.add_argument(
        '--workers',
        type=int,
        default=os.cpu_count(),
        help='processes (default: one a core; 0: no further process)',
    )
    parser.add_argument(
        '--list-checks', action='store_true', help='print all codes and end'
    )
    return parser


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line, and refuse what does not go together."""
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.list_checks:
        return args
    if (args.data_root is None) == (args.ann is None):
        parser.error("give Kaggle's folder, or --ann with --images")
    if (args.ann is None) != (args.images is None):
        parser.error('--ann and --images go together')
    if min(args.workers, args.max_examples, args.near) < 0:
        parser.error('--workers, --max-examples and --near are 0 or more')
    if args.json and (fault := _json_fault(args.json)):
        parser.error(f'--json {args.json}: {fault}')
    try:
        args.codes = matching(args.only or list(CHECKS)) - matching(args.skip)
        args.labels = read_taxonomy(args.taxonomy) if args.taxonomy else FASHIONPEDIA
    except (OSError, ValueError) as error:
        parser.error(str(error))
    return args


def _json_fault(path: Path) -> str:
    """Why a file cannot be written, as far as can be told before a long run."""
    if path.is_dir():
        return 'it is a folder; name a file in it'
    if not path.parent.is_dir():
        return 'its folder is absent'
    if not os.access(path.parent, os.W_OK):
        return 'its folder cannot be written to'
    return ''


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv (Sequence[str] | None): arguments; those of the process where None.

    Returns:
        int: the exit code.
    """
    args = parse_args(argv)
    if args.list_checks:
        print(checks_table())
        return 0
    options = Options(
        args.codes,
        not args.no_pictures,
        args.workers,
        args.near,
        progress=True,
        taxonomy=args.labels,
    )
    try:
        if args.ann:
            report = check_coco_files(args.ann, args.images, options)
        else:
            report = check_kaggle_folder(args.data_root, options)
    except OSError as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    try:
        print(*table_lines(report, args.max_examples), sep='\n', flush=True)
    finally:  # neither a full disk nor a closed pipe loses both
        written = _write(report, args.json)
    return 1 if report.findings.has_errors else 0 if written else 2


def _write(report: CheckReport, path: Path | None) -> bool:
    try:
        if path:
            write_json(report, path)
    except OSError as error:
        print(f'error: --json {path} could not be written: {error}', file=sys.stderr)
        return False
    return True


if __name__ == '__main__':
    sys.exit(main())
