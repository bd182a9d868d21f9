"""Measure predict_catalog's throughput by number of workers, all in one run.

python tools/benchmark/catalog.py INPUT --checkpoint FILE [--config FILE]
python tools/benchmark/catalog.py INPUT --exported FILE
    [--growth 1 2] [--repeat N] [--part-size N] [--batch-size N] [--readers N]
    [--device {cpu,cuda}] [--address HOST:PORT] [--json OUT]

Each number of workers does the whole input, in turns. Pictures a second are counted
from the first part's start to the last one's end; starting up (Ray, processes, the
network) is told apart. Growth is that of the first number of workers.
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

from projects.fashion_attr.apis.catalog import CatalogRequest, run_catalog
from projects.fashion_attr.apis.prediction.network import add_network_arguments


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('input', help='folder of pictures, or list.parquet')
    add_network_arguments(parser)
    parser.add_argument(
        '--growth', type=int, nargs='+', default=[1, 2], metavar='WORKERS'
    )
    parser.add_argument('--repeat', type=int, default=1, help='the best run counts')
    parser.add_argument('--part-size', type=int, default=32)
    parser.add_argument('--readers', type=int, default=2)
    parser.add_argument('--address', help='of a Ray cluster (default: this machine)')
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def main() -> None:
    """Run, print and write."""
    args = parse_args()
    best: dict[int, dict] = {}
    for _ in range(args.repeat):
        for workers in args.growth:
            found = measured(args, workers)
            before = best.setdefault(workers, found)
            if found['pictures_per_second'] > before['pictures_per_second']:
                best[workers] = found
    first = best[args.growth[0]]['pictures_per_second']
    for workers, found in best.items():
        found['growth'] = found['pictures_per_second'] / first
        each = ', '.join(f'{speed:.2f}' for speed in found['per_worker'])
        print(
            f'{workers} workers: {found["pictures_per_second"]:.2f} pictures/s '
            f'({each} each), x{found["growth"]:.2f}; start-up '
            f'{found["start_up_seconds"]:.1f} s'
        )
    if args.json is not None:
        about = dict(input=args.input, cores=len(os.sched_getaffinity(0)))
        args.json.write_text(json.dumps(about | dict(workers=best), indent=1) + '\n')


def measured(args: argparse.Namespace, workers: int) -> dict:
    """A run into a folder that is removed again."""
    given = vars(args).copy()
    for name in ('growth', 'repeat', 'json'):
        del given[name]
    with tempfile.TemporaryDirectory() as out:
        request = CatalogRequest(**given, out=out, workers=workers)
        began = time.time()
        figures = run_catalog(request, say=lambda line: None)
    return dict(
        pictures=figures.pictures,
        failed=figures.failed,
        seconds=figures.seconds,
        pictures_per_second=figures.per_second,
        per_worker=figures.speeds,
        start_up_seconds=min(chunk.began for chunk in figures.chunks) - began,
    )


if __name__ == '__main__':
    main()
