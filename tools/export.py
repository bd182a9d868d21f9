"""Write a trained network as one ONNX program, attributes included.

python tools/export.py CONFIG CHECKPOINT --out model.onnx [--thresholds thresholds.json]

The file runs without mmdet, with onnxruntime (projects.fashion_attr.apis.exported), and
holds the taxonomy, the thresholds, the picture's size and normalisation. Then:

python tools/predict.py IMAGES --exported model.onnx --out DIR
"""

import argparse
import sys
from pathlib import Path

try:
    from projects.fashion_attr.apis import failure
    from projects.fashion_attr.apis.export import ExportRequest, run_export
except ModuleNotFoundError as error:
    sys.exit(f'error: {error.name} is missing: pip install -r requirements/export.txt')


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('config', help='config of the run')
    parser.add_argument('checkpoint', help='.pth of tools/train.py')
    parser.add_argument('--out', type=Path, required=True, help='file to write, .onnx')
    parser.add_argument(
        '--thresholds',
        type=Path,
        help='file of tools/calibrate_thresholds.py to put into it (default: the '
        "config's attr_score_thr)",
    )
    return parser.parse_args()


def main() -> None:
    """Export."""
    args = parse_args()
    try:
        run_export(ExportRequest(**vars(args)))
    except (OSError, ValueError) as error:
        line = failure(
            error, args.out, 'name another file with --out', 'give the command again'
        )
        sys.exit(f'error: {line}')


if __name__ == '__main__':
    main()
