"""Time FashionInferencer beside mmdet's DetInferencer, both in one run.

python tools/benchmark/predict.py IMAGES --checkpoint FILE [--config FILE]
    [--batch-size N] [--workers N] [--repeat N] [--device DEVICE] [--json OUT]

DetInferencer gives boxes, labels, scores and masks as RLE; ours those and attributes.
Both give everything that the network finds, then ours what reaches 0.3, which the
network is told of. The masks of both are checked to be equal.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

# First: mmdet wants its ops in place.
import projects.fashion_attr.plugin  # noqa: F401

# isort: split
import torch
from mmdet.apis import DetInferencer

from projects.fashion_attr.apis.inferencer import FashionInferencer, list_pictures
from projects.fashion_attr.models.memory_layout import lay_out_for_testing

BASE = 'DetInferencer'


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('images', help='folder of pictures')
    parser.add_argument('--checkpoint', required=True)
    parser.add_argument('--config', help="(default: the checkpoint's own)")
    parser.add_argument('--batch-size', type=int, default=1)
    parser.add_argument('--workers', type=int, default=2)
    parser.add_argument('--repeat', type=int, default=3, help='the best run counts')
    parser.add_argument('--device')
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def main() -> None:
    """Time both in turns, print pictures a second and the ratio."""
    args = parse_args()
    paths = [picture.source for picture in list_pictures(args.images)]
    theirs = DetInferencer(
        args.config, args.checkpoint, args.device, show_progress=False
    )
    ours = FashionInferencer(args.config, args.checkpoint, args.device)
    options = dict(batch_size=args.batch_size, workers=args.workers)
    ways: dict[str, Callable] = {
        BASE: lambda: theirs(paths, args.batch_size, no_save_vis=True)['predictions'],
        'ours, all': lambda: ours(paths, score_thr=0.0, **options),
        'ours, from 0.3': lambda: ours(paths, **options),
    }
    # In one layout masks are equal to the bit; timed is what each side has of itself.
    lay_out_for_testing(theirs.model)
    check_equal(*(ways[name]() for name in (BASE, 'ours, all')))
    theirs.model.to(memory_format=torch.contiguous_format)
    taken = {name: [] for name in ways}
    for _ in range(args.repeat):
        for name, way in ways.items():
            taken[name].append(timed(way))
    best = {name: tuple(map(min, zip(*t, strict=True))) for name, t in taken.items()}
    report(args, len(paths), best)


def check_equal(theirs: list[dict], ours: list) -> None:
    """Stop where the masks of one side are not those of the other."""
    for n, (wanted, result) in enumerate(zip(theirs, ours, strict=True)):
        found = [garment.mask for garment in result.garments]
        if sorted(map(str, found)) != sorted(map(str, wanted['masks'])):
            raise SystemExit(f'picture {n}: the masks differ')


def timed(way: Callable) -> tuple[float, float]:
    """Seconds of wall and of processor that a run takes."""
    wall, processor = time.perf_counter(), time.process_time()
    way()
    return time.perf_counter() - wall, time.process_time() - processor


def report(
    args: argparse.Namespace, number: int, best: dict[str, tuple[float, float]]
) -> None:
    """Print the figures side by side, and write them where asked."""
    print(f'{number} pictures, batches of {args.batch_size}, best of {args.repeat}')
    figures = {}
    for name, (wall, processor) in best.items():
        figures[name] = dict(
            pictures_per_second=number / wall,
            pictures_per_processor_second=number / processor,
            ratio=best[BASE][1] / processor,
        )
        print(
            f'{name:<16} {number / wall:7.2f} pictures/s   {number / processor:7.2f} '
            f'pictures a second of processor   {figures[name]["ratio"]:5.2f} x {BASE}'
        )
    if args.json is not None:
        given = dict(images=args.images, number=number, batch_size=args.batch_size)
        args.json.write_text(json.dumps(given | dict(figures=figures), indent=1) + '\n')


if __name__ == '__main__':
    main()
