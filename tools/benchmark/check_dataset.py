"""Measure what tools/check_dataset.py takes and how its hashes tell pictures apart.

python tools/benchmark/check_dataset.py KAGGLE_FOLDER [--others FOLDER] [--json OUT]

In one run: rows a second beside reading them plainly; pictures a second decoded
scaled beside in full; the search for near-duplicates among random hashes beside brute
force; bits that differ between each picture and altered versions of it, beside those
between different pictures. All in one process: seconds are of CPU time.
"""

import argparse
import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance

from projects.fashion_attr.datasets.checks.fingerprint import NEAR, fingerprint
from projects.fashion_attr.datasets.checks.near_duplicates import nearest
from projects.fashion_attr.datasets.checks.pictures import look_at
from projects.fashion_attr.datasets.checks.rows import check_rows
from projects.fashion_attr.datasets.kaggle_csv import read_train_csv

FULL_ROWS, FULL_PICTURES = 333_401, 45_623  # of the competition


def encoded(picture: Image.Image, quality: int) -> Image.Image:
    """The picture as a JPEG of this quality gives it back."""
    buffer = io.BytesIO()
    picture.save(buffer, 'JPEG', quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue()))


def scaled(picture: Image.Image, factor: float) -> Image.Image:
    """The picture at another size."""
    size = [max(round(n * factor), 1) for n in picture.size]
    return picture.resize(size, Image.Resampling.BICUBIC)


def cropped(picture: Image.Image, share: float) -> Image.Image:
    """Without this share of the width and height at each edge."""
    w, h = picture.size
    x, y = int(w * share), int(h * share)
    return picture.crop((x, y, w - x, h - y))


VERSIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    'JPEG quality 75': lambda p: encoded(p, 75),
    'JPEG quality 30': lambda p: encoded(p, 30),
    'JPEG quality 10': lambda p: encoded(p, 10),
    'half the size': lambda p: scaled(p, 0.5),
    '300 pixels wide': lambda p: scaled(p, 300 / p.width),
    '1.5 times the size, quality 60': lambda p: encoded(scaled(p, 1.5), 60),
    'grey': lambda p: p.convert('L'),
    '1.2 times as bright': lambda p: ImageEnhance.Brightness(p).enhance(1.2),
    '1% cropped at each edge': lambda p: cropped(p, 0.01),
    '2% cropped at each edge': lambda p: cropped(p, 0.02),
    '5% cropped at each edge': lambda p: cropped(p, 0.05),
    'mirrored': lambda p: p.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
}


def main() -> None:
    """Measure, print, and write the figures."""
    args = parse_args()
    pictures = sorted((args.root / 'train').glob('*.jpg'))
    others = sorted(args.others.rglob('*.jpg'))[:400] if args.others else []
    figures = dict(
        rows=measure_rows(args.root / 'train.csv', args.repeat),
        pictures=measure_pictures(pictures, args.repeat),
        search=measure_search(args.hashes, args.seed),
        versions=measure_versions(pictures),
        different=measure_different(pictures),
    )
    if others:
        figures['different_others'] = measure_different(others)
    report(figures)
    if args.json is not None:
        args.json.write_text(json.dumps(figures, indent=1) + '\n')


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('root', type=Path, help='with train.csv and train/*.jpg')
    parser.add_argument(
        '--others', type=Path, help='more pictures, all different: 400 at most'
    )
    parser.add_argument('--hashes', type=int, default=46_000, help='in the search')
    parser.add_argument('--repeat', type=int, default=5, help='the best counts')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def best_seconds(function: Callable, repeat: int) -> float:
    """The least CPU time of several runs."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        function()
        times.append(time.process_time() - start)
    return min(times)


def measure_rows(path: Path, repeat: int) -> dict:
    """Rows a second, read alone, and read and checked."""
    rows = list(read_train_csv(path))
    reading = best_seconds(lambda: list(read_train_csv(path)), repeat)
    checking = best_seconds(lambda: check_rows((path.name, rows)), repeat)
    per_second = len(rows) / (reading + checking)
    return dict(
        rows=len(rows),
        read_per_second=len(rows) / reading,
        checked_per_second=per_second,
        full_set_cpu_seconds=FULL_ROWS / per_second,
    )


def measure_pictures(paths: list[Path], repeat: int) -> dict:
    """Pictures a second, looked at, and decoded in full."""
    ours = best_seconds(lambda: [look_at(path) for path in paths], repeat)
    full = best_seconds(lambda: [Image.open(p).load() for p in paths], repeat)
    return dict(
        pictures=len(paths),
        per_second=len(paths) / ours,
        in_full_per_second=len(paths) / full,
        ratio=full / ours,
        full_set_cpu_seconds=FULL_PICTURES * ours / len(paths),
    )


def measure_search(number: int, seed: int) -> dict:
    """Seconds for all pairs of random hashes, and for brute force on some."""
    hashes = np.random.default_rng(seed).integers(0, 2**64, (number, 4), np.uint64)
    ours = best_seconds(lambda: nearest(hashes, hashes, NEAR, 0), 1)
    some = hashes[:: max(number // 50, 1)]

    def brute() -> list[int]:
        return [int(np.bitwise_count(hashes ^ h).sum(axis=1).min()) for h in some]

    plain = best_seconds(brute, 1) / len(some) * number / 2
    return dict(hashes=number, seconds=ours, brute_seconds=plain, ratio=plain / ours)


def measure_versions(paths: list[Path]) -> dict[str, dict]:
    """Bits between each picture and its altered versions."""
    found: dict[str, list[int]] = {name: [] for name in VERSIONS}
    for path in paths:
        original = prints_of(path)
        with Image.open(path) as picture:
            picture = picture.convert('RGB')
        for name, change in VERSIONS.items():
            grey = np.asarray(change(picture).convert('L'))
            # A mirrored picture is found by the mirrored hash.
            print_ = fingerprint(grey)[int(name == 'mirrored')]
            found[name].append(int(np.bitwise_count(original ^ print_).sum()))
    return {name: summary(bits) for name, bits in found.items()}


def prints_of(path: Path) -> np.ndarray:
    """The hash of a file, as the check makes it."""
    return look_at(path).prints[0]


def summary(bits: list[int]) -> dict:
    """Median, greatest, and the share that is found."""
    bits = np.array(bits)
    return dict(
        median=float(np.median(bits)),
        most=int(bits.max()),
        found=float((bits <= NEAR).mean()),
    )


def measure_different(paths: list[Path]) -> dict:
    """Bits between different pictures."""
    prints = np.array([prints_of(path) for path in paths])
    bits = np.bitwise_count(prints[:, None] ^ prints).sum(axis=2)
    pairs = bits[np.triu_indices(len(prints), 1)]
    return dict(
        pictures=len(paths),
        pairs=len(pairs),
        least=int(pairs.min()),
        median=float(np.median(pairs)),
    )


def report(figures: dict) -> None:
    """Print the figures."""
    rows, pictures, search = (figures[k] for k in ('rows', 'pictures', 'search'))
    print(
        f'rows: {rows["checked_per_second"]:,.0f}/s checked '
        f'({rows["read_per_second"]:,.0f}/s read alone); {FULL_ROWS:,} would take '
        f'{rows["full_set_cpu_seconds"]:.0f} s of CPU (extrapolated)'
    )
    print(
        f'pictures: {pictures["per_second"]:,.0f}/s, decoded in full '
        f'{pictures["in_full_per_second"]:,.0f}/s (ratio {pictures["ratio"]:.1f}); '
        f'{FULL_PICTURES:,} would take {pictures["full_set_cpu_seconds"]:.0f} s of CPU '
        '(extrapolated)'
    )
    print(
        f'near-duplicates of {search["hashes"]:,} hashes: {search["seconds"]:.1f} s, '
        f'brute force {search["brute_seconds"]:.1f} s (ratio {search["ratio"]:.1f})'
    )
    print('| version | median bits | most | found |\n|---|---|---|---|')
    for name, row in figures['versions'].items():
        print(f'| {name} | {row["median"]:.0f} | {row["most"]} | {row["found"]:.0%} |')
    for key in ('different', 'different_others'):
        if key in figures:
            print(
                '{}: {pairs:,} pairs, least {least}, median {median}'.format(
                    key, **figures[key]
                )
            )


if __name__ == '__main__':
    main()
