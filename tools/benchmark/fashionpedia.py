"""Time the protocol of Fashionpedia beside the published FPEval, both in one run.

python tools/benchmark/fashionpedia.py [--images 1158] [--json OUT]

Both evaluate segm and bbox, with and without reading the lists of dicts: ours from
``GroundTruth`` and ``Predictions``, FPEval's ``run()``. Data are random ellipses and
attribute sets; all figures of both are checked to be equal. Seconds are of the CPU,
for FPEval takes so long that other work would get into its way. FPEval comes with
``pip install fashionpedia==1.1``; without it, ours is timed alone.
"""

import argparse
import contextlib
import copy
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from coco_f1 import IOU_TYPES, synthetic

from projects.fashion_attr.evaluation.functional.fashionpedia import (
    evaluate_fashionpedia,
)
from projects.fashion_attr.evaluation.functional.ground_truth import GroundTruth
from projects.fashion_attr.evaluation.functional.predictions import Predictions


def main() -> None:
    """Make the data, time both, print the ratio."""
    args = parse_args()
    gt, results = synthetic(args.images, args.objects, args.detections, args.seed)
    runs = [ours(gt, results) for _ in range(args.repeat)]
    scores = runs[0][0]
    seconds = {
        'ours': min(run for _, run, _ in runs),
        'ours_with_reading': min(total for _, _, total in runs),
    }
    try:
        import_fpeval()
    except ImportError as error:
        print(f'FPEval is not here ({error}): pip install fashionpedia==1.1')
    else:
        theirs, seconds['FPEval'], seconds['FPEval_with_reading'] = fpeval(gt, results)
        check_equal(scores, theirs)
    report(args, seconds, scores)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--images', type=int, default=1158)
    parser.add_argument('--objects', type=int, default=8, help='objects an image')
    parser.add_argument('--detections', type=int, default=30, help='an image')
    parser.add_argument('--repeat', type=int, default=3, help='ours: the best counts')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def timed(function: Callable) -> tuple:
    """The function's answer and the CPU seconds that it took."""
    start = time.process_time()
    answer = function()
    return answer, time.process_time() - start


def ours(gt: dict, results: list[dict]) -> tuple[dict, float, float]:
    """What this project says of segm and bbox.

    Returns:
        tuple[dict, float, float]: figures by IoU type, seconds from the containers,
        and with reading the dicts.
    """
    truth, reading = timed(lambda: GroundTruth.from_coco(gt))
    predictions, loading = timed(lambda: Predictions.from_coco(results, truth))
    figures, running = timed(lambda: evaluate_fashionpedia(truth, predictions))
    return figures, running, reading + loading + running


def import_fpeval() -> tuple[type, type]:
    """The classes Fashionpedia and FPEval of the published package.

    Returns:
        tuple[type, type]: both classes.

    Raises:
        ImportError: if the package, or something that it needs, is not installed.
    """
    # This script bears the package's name and would be found in its place.
    here = Path(__file__).resolve().parent
    sys.path[:] = [p for p in sys.path if Path(p).resolve() != here]
    # The package asks for a name that numpy dropped in 1.24.
    np.float = float
    from fashionpedia.fp import Fashionpedia
    from fashionpedia.fp_eval import FPEval

    return Fashionpedia, FPEval


def fpeval(gt: dict, results: list[dict]) -> tuple[dict, float, float]:
    """What FPEval says of segm and bbox.

    Returns:
        tuple[dict, float, float]: figures by IoU type, seconds of run() alone, and
        with reading the dicts.
    """
    fashionpedia, evaluator_type = import_fpeval()
    figures, seconds, seconds_all = {}, 0.0, 0.0
    for iou_type in IOU_TYPES:
        truth = fashionpedia()
        truth.dataset, given = copy.deepcopy((gt, results))
        with contextlib.redirect_stdout(io.StringIO()):
            _, indexing = timed(truth.createIndex)
            loaded, loading = timed(lambda t=truth, g=given: t.loadRes(g))
            evaluator = evaluator_type(truth, loaded, iou_type)
            _, running = timed(evaluator.run)
        figures[iou_type] = dict(
            iou_f1=evaluator.results, iou=evaluator.resultDet, f1=evaluator.resultF1
        )
        seconds += running
        seconds_all += indexing + loading + running
    return figures, seconds, seconds_all


def check_equal(scores: dict, theirs: dict) -> None:
    """Stop where a figure is missing or differs by more than 1e-9."""
    for iou_type, kinds in theirs.items():
        for kind, figures in kinds.items():
            for name, value in figures.items():
                difference = abs(scores[iou_type][kind][name] - value)
                if difference > 1e-9:
                    raise SystemExit(
                        f'{iou_type} {kind} {name} differs by {difference}'
                    )


def report(args: argparse.Namespace, seconds: dict[str, float], scores: dict) -> None:
    """Print the figures side by side, and write them where asked."""
    equal = 'all figures equal, ' if 'FPEval' in seconds else ''
    print(
        f'{args.images} images x {args.objects} objects x {args.detections} '
        f'detections; {equal}segm AP {scores["segm"]["iou_f1"]["AP"]:.3f}'
    )
    ratios = {
        name.replace('FPEval', 'ratio'): took / seconds[name.replace('FPEval', 'ours')]
        for name, took in seconds.items()
        if name.startswith('FPEval')
    }
    for name, took in seconds.items():
        print(f'{name:<20} {took:8.3f} CPU s')
    for name, ratio in ratios.items():
        print(f'{name:<20} {ratio:8.1f} times as fast')
    if args.json is not None:
        figures = dict(vars(args), json=None, seconds=seconds, ratios=ratios)
        args.json.write_text(json.dumps(figures, indent=1) + '\n')


if __name__ == '__main__':
    main()
