"""Find the garments of millions of pictures, on all cores or GPUs, as Parquet.

python tools/predict_catalog.py INPUT --checkpoint FILE [--config FILE] --out DIR
python tools/predict_catalog.py INPUT --exported model.onnx --out DIR
    [--path-column NAME] [--carry COLUMN ...] [--root DIR]
    [--score-thr T] [--attr-thr T | --thresholds thresholds.json]
    [--workers N] [--batch-size N] [--readers N] [--device {cpu,cuda}]
    [--address HOST:PORT] [--part-size N] [--retry-failed] [--overwrite]

INPUT is a folder of pictures, looked through at any depth, or a Parquet list of paths
or URIs, whose name ends in .parquet (a file, or a folder of them). INPUT, DIR and what
a list names may be in an object store: s3://, gs://, file:// and others.

DIR/pictures.parquet/ holds afterwards a row for each picture: its path, what else a
list says of it, width, height, status and error, and lists of garments with masks as
RLE and attributes as lists. A picture that cannot be read has a row, too.

A run that was stopped, however that was, goes on with the same command; no picture is
done twice or left out, and those that have come since are added.

Needs Ray: pip install -r requirements/catalog.txt
"""

import argparse
import sys

from projects.fashion_attr.apis import failure
from projects.fashion_attr.apis.catalog import CatalogRequest, run_catalog
from projects.fashion_attr.apis.prediction.network import add_network_arguments


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('input', help='folder of pictures, or list.parquet')
    parser.add_argument('--out', required=True, help='folder to write to')
    add_network_arguments(parser)
    parser.add_argument(
        '--path-column', default='path', help='of a list (default: path)'
    )
    parser.add_argument(
        '--carry',
        nargs='*',
        metavar='COLUMN',
        help='columns of a list to write beside the predictions (default: all)',
    )
    parser.add_argument(
        '--root',
        help="folder that a list's relative paths start from (default: the list's own)",
    )
    parser.add_argument(
        '--workers',
        type=int,
        help='processes that predict (default: one for each GPU, else for each core)',
    )
    parser.add_argument(
        '--readers',
        type=int,
        default=2,
        help='threads of a worker that read pictures ahead (default: 2)',
    )
    parser.add_argument(
        '--part-size',
        type=int,
        default=256,
        help='pictures of a part, which is what a worker loses when it is killed; a '
        'small catalogue has smaller ones (default: 256)',
    )
    parser.add_argument(
        '--address',
        help='of a Ray cluster: HOST:PORT or ray://HOST:PORT (default: this machine '
        'alone)',
    )
    parser.add_argument(
        '--retry-failed',
        action='store_true',
        help='also do those again that could not be read',
    )
    parser.add_argument('--overwrite', action='store_true', help='start anew in --out')
    args = parser.parse_args()
    args.carry = args.carry if args.carry is None else tuple(args.carry)
    return args


def main() -> None:
    """Predict."""
    args = parse_args()
    try:
        run_catalog(CatalogRequest(**vars(args)))
    except (OSError, ValueError) as error:
        go_on = 'the same command goes on from here'
        line = failure(error, args.out, 'name another folder with --out', go_on)
        sys.exit(f'error: {line}')
    except KeyboardInterrupt:
        sys.exit('\nstopped; the same command goes on from here')


if __name__ == '__main__':
    main()
