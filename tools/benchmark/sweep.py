"""Time a sweep of attribute and class thresholds over random predictions.

python tools/benchmark/sweep.py [--images 2000] [--detections 100] [--json OUT]

Overlaps included; reading a file and drawing the picture not. One setting is
checked to be what evaluate_coco_f1 gives.
"""

import argparse
import json
import time
from pathlib import Path

from scored_predictions import scored_predictions

from projects.fashion_attr.evaluation.functional import evaluate_coco_f1
from projects.fashion_attr.evaluation.functional.sweep import sweep


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--images', type=int, default=2000)
    parser.add_argument('--objects', type=int, default=8, help='objects an image')
    parser.add_argument('--detections', type=int, default=100, help='an image')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def main() -> None:
    """Make the data, time the sweep, check one setting."""
    args = parse_args()
    gt, predictions = scored_predictions(
        args.images, args.objects, args.detections, args.seed
    )
    start = time.perf_counter()
    swept = sweep(gt, predictions)
    seconds = time.perf_counter() - start
    score, attr_thr, score_thr = swept.best
    cut = predictions.with_threshold(attr_thr)
    alone = evaluate_coco_f1(gt, cut, ['segm'], score_thr=score_thr)['segm']['f1AP']
    if alone != score:
        raise SystemExit(f'f1AP {score} in the sweep, {alone} alone')
    settings = swept.f1ap.size
    print(
        f'{args.images} images x {args.objects} objects x {args.detections} '
        f'detections: {settings} settings in {seconds:.1f} s; best f1AP {score:.3f}'
    )
    if args.json is not None:
        figures = dict(vars(args), json=None, settings=settings, seconds=seconds)
        args.json.write_text(json.dumps(figures, indent=1) + '\n')


if __name__ == '__main__':
    main()
