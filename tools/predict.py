"""Find the garments of pictures, with masks and attributes, and write them to a file.

python tools/predict.py IMAGES [IMAGES ...] --checkpoint FILE [--config FILE] --out DIR
python tools/predict.py IMAGES [IMAGES ...] --exported model.onnx --out DIR
    [--format {json,coco,csv,parquet}] [--draw]
    [--score-thr T] [--attr-thr T | --thresholds thresholds.json]
    [--image-ids ANN_JSON] [--batch-size N] [--workers N] [--device DEVICE]
    [--overwrite]

IMAGES are pictures and folders of them. DIR holds afterwards

json      garments.jsonl, a line for each picture
coco      results.json, COCO results with attribute_ids and attr_scores, for
          tools/evaluate.py and the like, and images.json, which numbers the pictures
csv       garments.csv, a row for each garment
parquet   garments.parquet/, the same, masks as RLE and attributes as lists

and with --draw pictures/. A run that was stopped, however that was, goes on with the
same command. A picture that cannot be read is passed over and named in unreadable.txt.
"""

import argparse
import sys
from pathlib import Path

from projects.fashion_attr.apis import failure
from projects.fashion_attr.apis.prediction import (
    FORMATS,
    PredictRequest,
    run_prediction,
)
from projects.fashion_attr.apis.prediction.network import add_network_arguments


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('images', nargs='+', help='pictures, and folders of pictures')
    add_network_arguments(parser)
    parser.add_argument('--out', type=Path, required=True, help='folder to write to')
    parser.add_argument(
        '--format', choices=FORMATS, default='json', help='(default: json)'
    )
    parser.add_argument(
        '--image-ids',
        type=Path,
        metavar='ANN_JSON',
        help='look at the pictures that this annotation file lists, and give them its '
        'ids in coco, to be evaluated against it (default: all, numbered from 1)',
    )
    parser.add_argument(
        '--workers',
        type=int,
        default=2,
        help='threads that read pictures while the network runs (default: 2)',
    )
    parser.add_argument(
        '--draw', action='store_true', help='also write the pictures with the garments'
    )
    parser.add_argument(
        '--exif',
        choices=('turn', 'ignore'),
        help='turn pictures as EXIF says, boxes and masks with them, as people see '
        'them; or ignore it, as annotations and submissions do (default: turn; ignore '
        'for --format coco and with --image-ids)',
    )
    parser.add_argument('--overwrite', action='store_true', help='start anew in --out')
    return parser.parse_args()


def main() -> None:
    """Predict."""
    args = parse_args()
    try:
        run_prediction(PredictRequest(**vars(args)))
    except (OSError, ValueError) as error:
        go_on = 'the same command goes on from here'
        line = failure(error, args.out, 'name another folder with --out', go_on)
        sys.exit(f'error: {line}')
    except KeyboardInterrupt:
        sys.exit('\nstopped; the same command goes on from here')


if __name__ == '__main__':
    main()
