"""A ``train.csv`` of Kaggle's size and shape, drawn at random, without pictures.

What is known of the full file (333,401 rows of 45,623 pictures; heights 269 to 8,688
and widths 151 to 10,717 pixels; 206,410 rows with 1 to 14 attributes, 3.7 on average;
59,448 sleeves and 112 leg warmers as the commonest and rarest category) is met exactly
at full size and in proportion below it. What is not known is modelled:

- The sizes of pictures are log-normal, after 12 real pictures (medians 1,450 x 930
  pixels, standard deviations of the logarithms 0.57 and 0.62, correlation 0.75).
- The masks follow 46 real rows, see `Kind`. A mask has one run in each column of its
  box, and another where the column is cut by a gap: 1.4 runs a column in garments, up
  to 2.4, 1.14 in sleeves, 1.1 in what is smaller. The real rows, of larger pictures
  than most, have 555 runs on average (14 to 2,809), 11.8 characters of CSV and 2.9 of
  COCO's compressed code a run; the rows drawn here have 490, 11.3 and 3.1.
- The order of the categories between the commonest and the rarest is a guess, and so
  are their numbers: they fall off along one smooth curve.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from ..structures.rle import merge_runs
from .annotations import atomic_writer
from .kaggle_csv import COLUMNS
from .taxonomy import ATTRIBUTE_IDS, MAX_ATTRIBUTES_PER_OBJECT

IMAGES, ROWS = 45_623, 333_401
ROWS_WITH_ATTRIBUTES, MEAN_ATTRIBUTES = 206_410, 3.7
COMMONEST, RAREST = 59_448, 112  # rows of sleeves, of leg warmers
# Category ids, commonest first: shoe, neckline, pocket, dress, ... after the sleeve.
CATEGORIES_BY_COUNT = (
    31, 23, 33, 32, 10, 1, 28, 6, 35, 24, 4, 29, 0, 19, 8, 34, 13, 21, 42, 36, 7, 14, 9,
    38, 18, 43, 22, 15, 37, 25, 2, 27, 39, 11, 3, 16, 17, 5, 30, 40, 41, 44, 45, 26, 12,
    20,
)  # fmt: skip
LAST_GARMENT = 12  # ids 0 to 12 are whole garments
SLEEVE = 31
_OTHER_ATTRIBUTES = 1.3  # a row of what is no garment has 1, 2 or 3, on average
_GARMENT_ATTRIBUTES = 5  # garments of the real rows have 5 to 9, all of them some
_GAPS = ((0.35, 0.08), (0.7, 0.06))  # middle and half thickness, shares of a column


class Kind(NamedTuple):
    """How large masks of a kind are, as shares of the picture, and how often cut."""

    width: float  # median of the box
    width_spread: float  # standard deviation of the logarithm
    height: float
    height_spread: float
    cuts: float  # mean of runs in a column beyond the first


GARMENT = Kind(0.59, 0.55, 0.64, 0.5, 0.4)
SLEEVES = Kind(0.175, 0.7, 0.25, 0.65, 0.14)
SMALL = Kind(0.17, 1.2, 0.065, 0.85, 0.1)


def write_train_csv(
    path: str | Path,
    images: int = IMAGES,
    rows: int | None = None,
    seed: int = 0,
    progress: bool = True,
) -> None:
    """Write the file; it appears as a whole or not at all.

    Args:
        path (str | Path): the file; its folder exists.
        images (int): pictures it tells of.
        rows (int | None): masks in all; in Kaggle's proportion, 7.3 a picture, where
            None.
        seed (int): the same seed gives the same bytes.
        progress (bool): whether to show a progress bar.

    Raises:
        ValueError: if there are no pictures, or fewer rows than pictures.
    """
    rows = round(images * ROWS / IMAGES) if rows is None else rows
    if not 1 <= images <= rows:
        raise ValueError(
            f'a picture has one row at least, got {images:,} images and {rows:,} rows'
        )
    bar = tqdm(total=rows, desc=f'writing {Path(path).name}', disable=not progress)
    with atomic_writer(path) as file, bar:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(COLUMNS)
        for cells in synthetic_rows(images, rows, seed):
            writer.writerow(cells)
            bar.update()


def synthetic_rows(images: int, rows: int, seed: int) -> Iterator[tuple]:
    """The rows of the file.

    Args:
        images (int): pictures, one at least.
        rows (int): masks, as many as pictures at least.
        seed (int): the same seed gives the same rows.

    Yields:
        tuple: cells in the order of ``COLUMNS``; rows of a picture follow each other,
        the pictures' ids rise.
    """
    rng = np.random.default_rng(seed)
    names = sorted(rng.bytes(16).hex() for _ in range(images))
    categories = category_ids(rng, rows)
    attributes = attribute_cells(rng, attribute_numbers(rng, categories))
    row = 0
    for name, size, masks in zip(
        names, picture_sizes(rng, images), masks_per_picture(rng, images, rows),
        strict=True,
    ):  # fmt: skip
        h, w = size.tolist()
        for category in categories[row : row + masks].tolist():
            runs = blob_runs(rng, (h, w), kind_of(category))
            pixels = ' '.join(map(str, (runs + [1, 0]).ravel().tolist()))
            yield name, pixels, h, w, category, attributes[row]
            row += 1


def picture_sizes(rng: np.random.Generator, images: int) -> np.ndarray:
    """(images, 2) int64 heights and widths in pixels."""
    normal = rng.standard_normal((images, 2))
    normal[:, 1] = 0.75 * normal[:, 0] + np.sqrt(1 - 0.75**2) * normal[:, 1]
    sizes = np.array([1450, 930]) * np.exp(normal * [0.57, 0.62])
    return np.clip(sizes.round(), [269, 151], [8688, 10717]).astype(np.int64)


def masks_per_picture(rng: np.random.Generator, images: int, rows: int) -> np.ndarray:
    """(images,) int64 numbers of at least 1 that sum to `rows`."""
    weights = rng.gamma(4.0, size=images)
    return 1 + rng.multinomial(rows - images, weights / weights.sum())


def category_counts() -> np.ndarray:
    """(46,) int64 rows of each of ``CATEGORIES_BY_COUNT`` in the full file."""
    place = np.linspace(1, 0, len(CATEGORIES_BY_COUNT))
    low, high = 1.0, 4.0  # the larger the power, the shorter the curve's head
    for _ in range(60):
        power = (low + high) / 2
        counts = (RAREST * (COMMONEST / RAREST) ** place**power).round()
        low, high = (power, high) if counts.sum() > ROWS else (low, power)
    counts[1] += ROWS - counts.sum()  # what rounding leaves
    return counts.astype(np.int64)


def category_ids(rng: np.random.Generator, rows: int) -> np.ndarray:
    """(rows,) int64 category ids, in the full file's proportions."""
    until = (category_counts().cumsum() * (rows / ROWS)).round().astype(np.int64)
    ids = np.repeat(CATEGORIES_BY_COUNT, np.diff(until, prepend=0))
    return rng.permutation(ids)


def attribute_numbers(rng: np.random.Generator, categories: np.ndarray) -> np.ndarray:
    """How many attributes each row has.

    Args:
        rng (np.random.Generator): source of chance.
        categories (np.ndarray): (N,) category ids.

    Returns:
        np.ndarray: (N,) int64: garments have many, most other rows few or none.
    """
    with_some = round(len(categories) * ROWS_WITH_ATTRIBUTES / ROWS)
    garment = categories <= LAST_GARMENT
    garments = int(garment.sum())
    numbers = np.zeros(len(categories), np.int64)
    others = rng.permutation(np.flatnonzero(~garment))[: max(with_some - garments, 0)]
    numbers[others] = 1 + rng.binomial(2, (_OTHER_ATTRIBUTES - 1) / 2, len(others))
    wanted = (with_some * MEAN_ATTRIBUTES - numbers.sum()) / max(garments, 1)
    room = MAX_ATTRIBUTES_PER_OBJECT - _GARMENT_ATTRIBUTES
    share = np.clip((wanted - _GARMENT_ATTRIBUTES) / room, 0, 1)
    numbers[garment] = _GARMENT_ATTRIBUTES + rng.binomial(room, share, garments)
    return numbers


def attribute_cells(rng: np.random.Generator, numbers: np.ndarray) -> list[str]:
    """Cells of AttributesIds with (N,) numbers of different ids, by Zipf's law."""
    popularity = 1 / np.arange(1, len(ATTRIBUTE_IDS) + 1)
    drawn = rng.choice(
        rng.permutation(ATTRIBUTE_IDS),
        (len(numbers), 2 * MAX_ATTRIBUTES_PER_OBJECT),
        p=popularity / popularity.sum(),
    ).tolist()
    return [
        ','.join(map(str, sorted(_first(ids, n, rng)))) if n else ''
        for ids, n in zip(drawn, numbers.tolist(), strict=True)
    ]


def _first(ids: list[int], n: int, rng: np.random.Generator) -> list[int]:
    """The first n different ids, topped up where there are not as many."""
    found = list(dict.fromkeys(ids))
    if len(found) < n:
        rest = np.setdiff1d(ATTRIBUTE_IDS, found)
        found += rng.permutation(rest)[: n - len(found)].tolist()
    return found[:n]


def kind_of(category_id: int) -> Kind:
    """How masks of a category are drawn."""
    if category_id <= LAST_GARMENT:
        return GARMENT
    return SLEEVES if category_id == SLEEVE else SMALL


def blob_runs(
    rng: np.random.Generator, size: tuple[int, int], kind: Kind
) -> np.ndarray:
    """A wavy blob, cut by gaps, as runs.

    Args:
        rng (np.random.Generator): source of chance.
        size (tuple[int, int]): (h, w) of the picture in pixels.
        kind (Kind): how large, and how often cut.

    Returns:
        np.ndarray: (R, 2) int64 runs, starts from 0, one at least.
    """
    h, w = size
    spread = rng.standard_normal(2) * [kind.height_spread, kind.width_spread]
    box = np.clip(np.array([kind.height, kind.width]) * np.exp(spread), 0.003, 1)
    rows, columns = np.maximum((box * size).astype(np.int64), 2)
    place = rng.random(2)
    left, middle = int(place[1] * (w - columns)), place[0] * (h - rows) + rows / 2
    u = np.linspace(-1, 1, columns + 2)[1:-1]
    waves = np.sin(u * rng.uniform(1, 9, (2, 1)) + rng.uniform(0, 6, (2, 1)))
    half = rows / 2 / 1.12 * np.sqrt(1 - u**2) * (1 + 0.12 * waves)
    top = np.clip((middle - half[0]).astype(np.int64), 0, h - 1)
    bottom = np.clip((middle + half[1]).astype(np.int64), top + 1, h)
    cuts = _cuts(rng, (u + 1) / 2, kind.cuts)
    edges = np.stack([top, *(top + (bottom - top) * cuts).astype(np.int64), bottom])
    edges = edges.T + (left + np.arange(columns))[:, None] * h
    runs = np.stack([edges[:, ::2], edges[:, 1::2] - edges[:, ::2]], axis=2)
    runs = runs.reshape(-1, 2)
    return merge_runs(runs[runs[:, 1] > 0])


def _cuts(rng: np.random.Generator, place: np.ndarray, mean: float) -> np.ndarray:
    """Where the gaps of each column start and end, as shares of its height.

    A column out of a gap's reach has it too, of no thickness: one shape for all.

    Args:
        rng (np.random.Generator): source of chance.
        place (np.ndarray): (C,) places of the columns, 0 to 1 from left to right.
        mean (float): of the gaps in a column.

    Returns:
        np.ndarray: (4, C) start and end of one gap, start and end of the other.
    """
    cuts = rng.exponential(mean)
    ends = []
    for middle, thickness in _GAPS:
        share, cuts = min(cuts, 1.0), max(cuts - 1, 0.0)
        start = rng.random() * (1 - share)
        inside = (place >= start) & (place < start + share)
        ends += [middle - thickness * inside, middle + thickness * inside]
    return np.stack(ends)
