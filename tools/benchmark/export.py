"""Hold an exported network against PyTorch's, and time both in one run.

python tools/benchmark/export.py CONFIG CHECKPOINT EXPORTED IMAGES [IMAGES ...]
    [--number N] [--repeat N] [--threads N] [--tolerance T] [--json OUT]

EXPORTED is what tools/export.py made of CONFIG and CHECKPOINT. Each picture is decoded
once, then both find everything in it, masks as RLE, in turns; the best run counts. The
ratio is PyTorch's time over the exported network's (above 1: the exported is faster).
Stops with an error where both find other garments, or where boxes (pixels), scores or
attribute scores differ by more than the tolerance.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from pycocotools import mask as mask_utils

from projects.fashion_attr.apis.inferencer import (
    Backend,
    MMDetBackend,
    RawPrediction,
    list_pictures,
)
from projects.fashion_attr.apis.inferencer.exported_backend import ExportedBackend

VALUES = ('boxes', 'scores', 'attr_scores')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('config')
    parser.add_argument('checkpoint')
    parser.add_argument('exported', help='file of tools/export.py')
    parser.add_argument('images', nargs='+', help='pictures, and folders of pictures')
    parser.add_argument(
        '--number', type=int, help='take so many, evenly (default: all)'
    )
    parser.add_argument('--repeat', type=int, default=3, help='the best run counts')
    parser.add_argument('--threads', type=int, default=1, help='of either side')
    parser.add_argument(
        '--tolerance', type=float, default=1e-3, help='largest difference allowed'
    )
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def main() -> None:
    """Compare, time, print and write."""
    args = parse_args()
    torch.set_num_threads(args.threads)
    try:
        sides = dict(
            torch=MMDetBackend(args.config, args.checkpoint, 'cpu'),
            exported=ExportedBackend(args.exported, 'cpu', args.threads),
        )
        pictures = list_pictures(args.images)
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')
    chosen = evenly(pictures, args.number or len(pictures))
    rows = [measure(sides, picture.source, args.repeat) for picture in chosen]
    for row in rows:
        print(line(row))
    figures = summary(rows) | dict(threads=args.threads, repeat=args.repeat)
    print(
        f'{figures["pictures"]} pictures, {args.threads} threads: PyTorch '
        f'{figures["wall"]["torch"]:.2f} s, exported {figures["wall"]["exported"]:.2f} '
        f's, ratio {figures["ratio"]["wall"]:.2f}; processor '
        f'{figures["processor"]["torch"]:.2f} and '
        f'{figures["processor"]["exported"]:.2f} s, ratio '
        f'{figures["ratio"]["processor"]:.2f}'
    )
    if args.json is not None:
        args.json.write_text(json.dumps(figures | dict(rows=rows), indent=1) + '\n')
    check(rows, args.tolerance)


def evenly(items: list, number: int) -> list:
    """So many items, from the first to the last."""
    places = np.linspace(0, len(items) - 1, min(number, len(items))).round()
    return [items[int(place)] for place in places]


def measure(sides: dict[str, Backend], path: str, repeat: int) -> dict:
    """Both on one picture: what they find, how far apart, and seconds."""
    image = sides['exported'].load(path)
    found, taken = {}, {name: [] for name in sides}
    for _ in range(repeat):
        for name, side in sides.items():
            start = time.perf_counter(), time.process_time()
            # The pipeline of a config takes arrays too: resizing counts on either side.
            (found[name],) = side.predict([side.load(image)])
            end = time.perf_counter(), time.process_time()
            taken[name].append([b - a for a, b in zip(start, end, strict=True)])
    best = {name: np.min(runs, axis=0).tolist() for name, runs in taken.items()}
    return dict(
        picture=path,
        size=list(image.shape[:2]),
        garments=len(found['torch']),
        differences=differences(*found.values()),
        wall={name: seconds[0] for name, seconds in best.items()},
        processor={name: seconds[1] for name, seconds in best.items()},
    )


def differences(ours: RawPrediction, other: RawPrediction) -> dict | None:
    """Largest differences, and how many pixels of masks; None: other garments."""
    if ours.labels.tolist() != other.labels.tolist():
        return None
    apart = {
        name: float(np.abs(a - b).max(initial=0))
        for name in VALUES
        if (a := getattr(ours, name)) is not None
        and (b := getattr(other, name)) is not None
    }
    if ours.masks is not None:
        pairs = zip(ours.masks, other.masks, strict=True)
        # Pixels of either mask that are not in both.
        apart['mask_pixels'] = sum(
            int(mask_utils.area(mask_utils.merge([*pair])))
            - int(mask_utils.area(mask_utils.merge([*pair], intersect=True)))
            for pair in pairs
        )
    return apart


def summary(rows: list[dict]) -> dict:
    """Sums of seconds, ratios and the largest differences."""
    figures = dict(pictures=len(rows), ratio={})
    for clock in ('wall', 'processor'):
        sums = {name: sum(row[clock][name] for row in rows) for name in rows[0][clock]}
        figures[clock] = sums
        figures['ratio'][clock] = sums['torch'] / sums['exported']
    alike = [row['differences'] for row in rows if row['differences'] is not None]
    figures['largest'] = {
        name: max(apart[name] for apart in alike) for name in (alike or [{}])[0]
    }
    return figures


def line(row: dict) -> str:
    """One picture in words."""
    height, width = row['size']
    apart = row['differences'] or {}
    told = ', '.join(f'{name} {value:.2g}' for name, value in apart.items())
    return (
        f'{width:5} x {height:5} {row["garments"]:4} garments   '
        f'{1000 * row["processor"]["torch"]:7.0f} '
        f'{1000 * row["processor"]["exported"]:7.0f} ms   {told or "OTHER GARMENTS"}'
    )


def check(rows: list[dict], tolerance: float) -> None:
    """Stop where both sides are not equal."""
    for row in rows:
        apart = row['differences']
        if apart is None:
            sys.exit(f'error: {row["picture"]}: both find other garments')
        for name in VALUES:
            if apart.get(name, 0) > tolerance:
                sys.exit(
                    f'error: {row["picture"]}: {name} differ by {apart[name]:.2g}, '
                    f'more than {tolerance:g}'
                )


if __name__ == '__main__':
    main()
