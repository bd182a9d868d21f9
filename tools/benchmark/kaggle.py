"""Time the competition's metric beside a plain one on decoded masks, in one run.

python tools/benchmark/kaggle.py [--images 3200] [--plain 20] [--json OUT]

Ours reads both CSV files and scores all images. The plain one decodes the masks of
the first images and loops over them and over the pairs of thresholds; ours scores
those images too, and both have to agree. Data are random ellipses in pictures whose
longest edge is 1024 pixels.
"""

import argparse
import json
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.kaggle_csv import COLUMNS
from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS
from projects.fashion_attr.evaluation.functional import GroundTruth, Predictions
from projects.fashion_attr.evaluation.functional.kaggle import evaluate_kaggle
from projects.fashion_attr.evaluation.functional.kaggle_files import (
    SUBMISSION_COLUMNS,
    read_kaggle_ground_truth,
    read_submission,
)

HEIGHT, WIDTH = 1024, 768


def main() -> None:
    """Make the data, time both, print the ratio."""
    args = parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ('train.csv', 'submission.csv')]
        write_files(*paths, args)
        gt, reading_gt = timed(lambda: read_kaggle_ground_truth(paths[0]))
        predictions, reading = timed(lambda: read_submission(paths[1], gt))
    result, scoring = timed(lambda: evaluate_kaggle(gt, predictions))
    ours, plain = side_by_side(gt, predictions, args.plain, args.repeat)
    figures = dict(
        images=args.images,
        objects=len(gt.image),
        segments=len(predictions.image),
        score=result['score'],
        seconds=dict(
            reading_ground_truth=reading_gt, reading_submission=reading, scoring=scoring
        ),
        scoring_peak_mib=peak_mib(lambda: evaluate_kaggle(gt, predictions)),
        subset=dict(
            images=min(args.plain, args.images),
            ours=ours,
            plain=plain,
            ratio=plain / ours,
        ),
    )
    report(figures)
    if args.json is not None:
        args.json.write_text(json.dumps(figures, indent=1) + '\n')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--images', type=int, default=3200)
    parser.add_argument('--objects', type=int, default=8, help='objects an image')
    parser.add_argument('--segments', type=int, default=12, help='predicted an image')
    parser.add_argument('--plain', type=int, default=20, help='images done plainly')
    parser.add_argument(
        '--repeat', type=int, default=3, help='the best of these counts'
    )
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def write_files(truth: Path, submission: Path, args: argparse.Namespace) -> None:
    """Write random ground truth, and a submission of variants of it."""
    rng = np.random.default_rng(args.seed)
    with open(truth, 'w') as truths, open(submission, 'w') as segments:
        truths.write(','.join(COLUMNS) + '\n')
        segments.write(','.join(SUBMISSION_COLUMNS) + '\n')
        for image in range(args.images):
            for row in image_rows(rng, args.objects, args.segments):
                kind, code, category, ids = row
                labels = f'{category},"{",".join(map(str, sorted(ids)))}"\n'
                if kind == 'object':
                    truths.write(f'{image:06d},{code},{HEIGHT},{WIDTH},{labels}')
                else:
                    segments.write(f'{image:06d},{code},{labels}')


def image_rows(rng, num_objects: int, num_segments: int) -> Iterator[tuple]:
    """Kind, code, class and attributes of the rows of one image."""
    objects = []
    for _ in range(num_objects):
        centre, radii = rng.uniform(260, 500, 2), rng.uniform(20, 180, 2)
        shape = np.append(centre, radii)
        ids = set(rng.choice(ATTRIBUTE_IDS, rng.integers(0, 7)).tolist())
        category = int(rng.choice([0, 6, 10, 23, 23, 31, 31, 31, 32, 33]))
        objects.append((shape, category, ids))
        yield 'object', ellipse_code(shape), category, ids
    for n in range(num_segments):
        shape, category, ids = objects[n % num_objects]
        changed = set(rng.choice(ATTRIBUTE_IDS, rng.integers(0, 3)).tolist())
        shape = shape + np.tile(shape[2:], 2) * rng.uniform(-0.1, 0.1, 4)
        yield 'segment', ellipse_code(shape), category, ids ^ changed


def ellipse_code(shape: np.ndarray) -> str:
    """Kaggle's code of an ellipse: centre y, x and radii y, x in pixels."""
    y, x, radius_y, radius_x = shape
    columns = np.arange(int(x - radius_x) + 1, int(x + radius_x))
    half = radius_y * np.sqrt(1 - ((columns - x) / radius_x) ** 2)
    top, bottom = (y - half).astype(int), (y + half).astype(int)
    runs = np.stack([columns * HEIGHT + top + 1, bottom - top + 1], axis=1)
    return ' '.join(map(str, runs.ravel().tolist()))


def timed(function: Callable) -> tuple:
    """The function's answer and the seconds it took."""
    start = time.perf_counter()
    answer = function()
    return answer, time.perf_counter() - start


def peak_mib(function: Callable) -> float:
    """The most memory that Python and numpy held for the function, in MiB."""
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def side_by_side(
    gt: GroundTruth, predictions: Predictions, num_images: int, repeat: int
) -> tuple:
    """Seconds of ours and of the plain metric on the first images.

    Returns:
        tuple[float, float]: ours, plain; the best of some runs each.
    """
    gt, predictions = first_images(gt, predictions, num_images)
    seconds, plain_seconds = [], []
    for _ in range(repeat):
        plain, took = timed(lambda: plain_score(gt, predictions))
        plain_seconds.append(took)
        ours, took = timed(lambda: evaluate_kaggle(gt, predictions)['score'])
        seconds.append(took)
    if abs(ours - plain) > 1e-12:
        raise SystemExit(f'scores differ: ours {ours}, plain {plain}')
    return min(seconds), min(plain_seconds)


def first_images(gt: GroundTruth, predictions: Predictions, num_images: int) -> tuple:
    """Ground truth and predictions of the first images alone."""
    chosen = np.flatnonzero(predictions.image < num_images)
    columns = ('image', 'category', 'scores', 'boxes', 'attributes')
    some = replace(
        predictions,
        masks=tuple(predictions.masks[i] for i in chosen),
        **{name: getattr(predictions, name)[chosen] for name in columns},
    )
    return gt.subset(gt.image_ids[:num_images]), some


def plain_score(gt: GroundTruth, predictions: Predictions) -> float:
    """The score from decoded masks, image by image, pair by pair."""
    thresholds = np.arange(50, 100, 5) / 100
    scores = []
    for image in range(len(gt.image_ids)):
        dets = np.flatnonzero(predictions.image == image)
        truths = np.flatnonzero(gt.image == image)
        if not len(dets):
            scores.append(0.0)
            continue
        iou, f1 = plain_tables(gt, predictions, dets, truths)
        hits = [plain_hits(iou, f1, a, b) for a in thresholds for b in thresholds]
        scores.append(np.mean(hits) / len(dets))
    return float(np.mean(scores))


def plain_tables(gt: GroundTruth, predictions: Predictions, dets, truths) -> tuple:
    """IoU, 0 where the classes differ, and F1 of all pairs of an image."""
    masks = [mask_utils.decode(predictions.masks[d]).astype(bool) for d in dets]
    objects = [mask_utils.decode(gt.masks[t]).astype(bool) for t in truths]
    iou, f1 = np.zeros((2, len(dets), len(truths)))
    for i, d in enumerate(dets):
        for j, t in enumerate(truths):
            if predictions.category[d] == gt.category[t]:
                common = np.logical_and(masks[i], objects[j]).sum()
                iou[i, j] = common / np.logical_or(masks[i], objects[j]).sum()
            predicted, truth = predictions.attributes[d], gt.attributes[t]
            total = predicted.sum() + truth.sum()
            both = (predicted & truth).sum()
            f1[i, j] = 2 * both / total if truth.any() else 1
    return iou, f1


def plain_hits(iou: np.ndarray, f1: np.ndarray, iou_thr: float, f1_thr: float) -> int:
    """Hits of one image at one pair of thresholds; random shapes have no ties."""
    free, hits = np.ones(iou.shape[1], bool), 0
    for det in np.argsort(-iou.max(1, initial=0)):
        able = (iou[det] > iou_thr) & (f1[det] > f1_thr) & free
        if able.any():
            free[np.argmax(np.where(able, iou[det], -1))] = False
            hits += 1
    return hits


def report(figures: dict) -> None:
    """Print the figures side by side."""
    print(
        f'{figures["images"]:,} images of {HEIGHT} x {WIDTH}, '
        f'{figures["objects"]:,} objects, {figures["segments"]:,} segments, '
        f'score {figures["score"]:.4f}'
    )
    for name, took in figures['seconds'].items():
        print(f'{name.replace("_", " "):<24} {took:8.2f} s')
    print(f'memory in scoring {figures["scoring_peak_mib"]:15.2f} MiB at most')
    subset = figures['subset']
    print(
        f'{subset["images"]} images, scores equal: ours {subset["ours"]:.4f} s, '
        f'plain on decoded masks {subset["plain"]:.2f} s: {subset["ratio"]:.0f} x ours'
    )


if __name__ == '__main__':
    main()
