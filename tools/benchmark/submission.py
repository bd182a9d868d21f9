"""Time and memory of a submission, beside decoded masks, in one run.

python tools/benchmark/submission.py [--images 3200] [--detections 100]
    [--plain 5] [--json OUT]

Ours indexes a file of COCO results, writes all rows and checks them, once for a quarter
of the pictures and once for all, each in a process of its own, so that the growth of
its memory shows. The plain way decodes the masks of the first pictures, resizes them
with numpy and gives each pixel to the best of its class; ours does these too, and both
have to agree. Data are random ellipses in pictures of 2000 x 1500 pixels; every
detection counts, whatever its score.
"""

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS
from projects.fashion_attr.evaluation.functional.submission_size import scaled_size
from projects.fashion_attr.evaluation.submission.check import check_submission
from projects.fashion_attr.evaluation.submission.prediction_files import (
    open_predictions,
)
from projects.fashion_attr.evaluation.submission.segments import Rules, make_segments
from projects.fashion_attr.evaluation.submission.write import write_submission
from projects.fashion_attr.structures.rle import compress_counts, runs_to_counts

SIZE = 2000, 1500
SHAPES = 300  # different masks and rows of scores; detections draw from them


def main() -> None:
    """Make the data, run both ways, print the figures."""
    args = parse_args()
    with tempfile.TemporaryDirectory(dir=args.dir) as folder:
        path = Path(folder) / 'results.json'
        figures = dict(images=args.images, detections=args.detections)
        write_results(path, max(args.images // 4, 1), args)
        figures['quarter'] = apart(run, path)
        write_results(path, args.images, args)
        figures['whole'] = apart(run, path)
        figures['plain'] = side_by_side(path, min(args.plain, args.images))
    report(figures)
    if args.json is not None:
        args.json.write_text(json.dumps(figures, indent=1) + '\n')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--images', type=int, default=3200)
    parser.add_argument('--detections', type=int, default=100, help='an image')
    parser.add_argument('--plain', type=int, default=5, help='images done plainly')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--dir', help='for the data: 7 KB a detection, and the CSV')
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def write_results(path: Path, num_images: int, args: argparse.Namespace) -> None:
    """Write random COCO results, one a line."""
    rng = np.random.default_rng(args.seed)
    texts = [json.dumps(shape)[1:] for shape in shapes(rng)]
    with open(path, 'w') as file:
        separator = '[\n'
        for image in range(num_images):
            for score in rng.random(args.detections):
                text = texts[rng.integers(SHAPES)]
                head = f'{{"image_id": "{image:06d}", "score": {score:.6f}, '
                file.write(separator + head + text)
                separator = ',\n'
        file.write('\n]')


def shapes(rng: np.random.Generator) -> Iterator[dict]:
    """What detections have beside their image and score."""
    for _ in range(SHAPES):
        scores = rng.random(len(ATTRIBUTE_IDS), np.float32) ** 20
        yield dict(
            category_id=int(rng.choice([0, 6, 10, 23, 23, 31, 31, 31, 32, 33])),
            attr_scores=scores.tolist(),
            segmentation=ellipse(rng),
        )


def ellipse(rng: np.random.Generator) -> dict:
    """RLE of a random ellipse inside the picture."""
    radius_y, radius_x = rng.uniform(20, 400, 2)
    y, x = rng.uniform(402, SIZE[0] - 402), rng.uniform(402, SIZE[1] - 402)
    columns = np.arange(int(x - radius_x) + 1, int(x + radius_x))
    half = radius_y * np.sqrt(1 - ((columns - x) / radius_x) ** 2)
    top, bottom = (y - half).astype(int), (y + half).astype(int)
    runs = np.stack([columns * SIZE[0] + top, bottom - top + 1], axis=1)
    return compress_counts(runs_to_counts(runs, SIZE), SIZE)


def apart(function: Callable, *args) -> dict:
    """The function's answer, from a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context('spawn')) as pool:
        return pool.submit(function, *args).result()


def run(path: Path) -> dict:
    """Index, write and check; seconds, CPU seconds and peak memory."""
    peaks = dict(imports=peak_mib())
    predictions, indexing = timed(lambda: open_predictions(path))
    peaks['indexed'] = peak_mib()
    sizes = dict.fromkeys(sorted(predictions.image_ids), SIZE)
    out = path.with_suffix('.csv')
    written, writing = timed(
        lambda: write_submission(out, sizes, predictions, Rules(), 0)
    )
    peaks['written'] = peak_mib()
    checked, checking = timed(lambda: check_submission(out, sizes))
    peaks['checked'] = peak_mib()
    if checked.faults:
        raise SystemExit(checked.faults[0].text(out.name))
    return dict(
        images=len(sizes),
        json_mb=path.stat().st_size / 1e6,
        rows=written.segments,
        covered=written.covered,
        csv_mb=out.stat().st_size / 1e6,
        peak_mib=peaks,
        seconds=dict(indexing=indexing, writing=writing, checking=checking),
    )


def timed(function: Callable) -> tuple:
    """The function's answer, and its CPU and elapsed seconds."""
    start, cpu = time.perf_counter(), time.process_time()
    answer = function()
    return answer, dict(
        cpu=time.process_time() - cpu, elapsed=time.perf_counter() - start
    )


def peak_mib() -> float:
    """The most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def side_by_side(path: Path, num_images: int) -> dict:
    """CPU seconds of the segments of some pictures, ours and plain."""
    predictions, seconds = open_predictions(path), dict(ours=0.0, plain=0.0)
    for name in sorted(predictions.image_ids)[:num_images]:
        results = predictions.results(name)
        ours, took = timed(
            lambda r=results: make_segments(r, SIZE, Rules(), 'ours').kept
        )
        seconds['ours'] += took['cpu']
        plain, took = timed(lambda r=results: plain_masks(r))
        seconds['plain'] += took['cpu']
        if [encoded(s.runs) for s in ours] != plain:
            raise SystemExit(f'ImageId {name}: ours and plain differ')
    return dict(images=num_images, **seconds, ratio=seconds['plain'] / seconds['ours'])


def encoded(runs: np.ndarray) -> str:
    """COCO's code of runs, to compare with pycocotools' of decoded masks."""
    size = scaled_size(SIZE)
    return compress_counts(runs_to_counts(runs, size), size)['counts']


def plain_masks(results: list[dict]) -> list[str]:
    """COCO's codes of the masks left, best first, from decoded masks."""
    size = scaled_size(SIZE)
    rows, columns = (
        np.arange(new) * old // new for new, old in zip(size, SIZE, strict=True)
    )
    taken, codes = {}, []
    for result in sorted(results, key=lambda r: -r['score']):
        mask = mask_utils.decode(result['segmentation'])[rows][:, columns].astype(bool)
        union = taken.setdefault(result['category_id'], np.zeros(size, bool))
        left = mask & ~union
        union |= mask
        if left.any():
            code = mask_utils.encode(np.asfortranarray(left.astype(np.uint8)))
            codes.append(code['counts'].decode())
    return codes


def report(figures: dict) -> None:
    """Print the figures."""
    print(
        f'{figures["images"]:,} pictures of {SIZE[0]} x {SIZE[1]} x '
        f'{figures["detections"]} detections'
    )
    for name in ('quarter', 'whole'):
        part = figures[name]
        print(
            f'{part["images"]:,} pictures, {part["json_mb"]:,.0f} MB of JSON: '
            f'{part["rows"]:,} rows, {part["csv_mb"]:,.0f} MB of CSV; peak RSS in MiB: '
            + ', '.join(f'{k} {v:.0f}' for k, v in part['peak_mib'].items())
        )
        for step, took in part['seconds'].items():
            print(f'  {step:<9} {took["cpu"]:8.1f} s CPU {took["elapsed"]:8.1f} s')
    plain = figures['plain']
    print(
        f'segments of {plain["images"]} pictures, equal: ours {plain["ours"]:.2f} s '
        f'CPU, plain on decoded masks {plain["plain"]:.2f} s: '
        f'{plain["ratio"]:.1f} x ours'
    )


if __name__ == '__main__':
    main()
