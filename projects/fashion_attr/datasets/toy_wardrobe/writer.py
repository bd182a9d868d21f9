"""Writes a toy wardrobe in the layout of the Kaggle competition."""

import csv
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from ..annotations import atomic_writer
from ..taxonomy import label_descriptions
from .marker import claim_folder, picture_id, picture_rng
from .scene import sample_scene

COLUMNS = ('ImageId', 'EncodedPixels', 'Height', 'Width', 'ClassId', 'AttributesIds')
DEFAULT_SIZE = (224, 320)
Row = tuple[str, str, int, int, int, str]


def write_wardrobe(
    out: str | Path,
    images: int,
    seed: int = 0,
    size: tuple[int, int] = DEFAULT_SIZE,
    workers: int = 1,
) -> Path:
    """Draw pictures and write ``train.csv``, ``label_descriptions.json``, ``train/``.

    Picture i depends on ``(seed, i)`` and ``size`` alone: neither ``images`` nor
    ``workers`` changes a byte of it. The folder is marked as a toy wardrobe's; a
    wardrobe written to it before is replaced, other data is not.

    Args:
        out (str | Path): Folder to write to; made where absent.
        images (int): Number of pictures.
        seed (int): Seed.
        size (tuple[int, int]): Least and greatest longest edge in pixels.
        workers (int): Processes to draw with.

    Returns:
        Path: The written ``train.csv``.

    Raises:
        ValueError: if ``images``, ``seed``, ``size`` or ``workers`` make no sense, or
            if ``out`` holds data that is no toy wardrobe.
        OSError: if something cannot be written.
    """
    _check(images, seed, size, workers)
    out = Path(out)
    claim_folder(out, images, seed, size)
    folder = out / 'train'
    folder.mkdir(exist_ok=True)
    (out / 'label_descriptions.json').write_text(json.dumps(label_descriptions()))
    table = out / 'train.csv'
    draw = partial(draw_picture, folder=folder, seed=seed, size=size)
    with atomic_writer(table) as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(COLUMNS)
        rows = _in_order(draw, images, workers)
        for picture_rows in tqdm(rows, total=images, desc='toy wardrobe', unit='img'):
            writer.writerows(picture_rows)
    return table


def _check(images, seed, size, workers) -> None:
    if images < 1:
        raise ValueError(f'--images should be at least 1, got {images}')
    if seed < 0:
        raise ValueError(f'--seed should be 0 or more, got {seed}')
    if len(size) != 2 or not 64 <= size[0] <= size[1]:
        raise ValueError(
            '--size should be two longest edges, 64 <= least <= greatest, got '
            + ' '.join(map(str, size))
        )
    if workers < 1:
        raise ValueError(f'--workers should be at least 1, got {workers}')


def _in_order(draw, images, workers) -> Iterator[list[Row]]:
    if workers == 1:
        yield from map(draw, range(images))
        return
    # Not by fork: the caller may have threads, whose locks a fork would keep for ever.
    context = get_context('spawn')
    with ProcessPoolExecutor(workers, context, cv2.setNumThreads, (1,)) as pool:
        yield from pool.map(draw, range(images), chunksize=8)


def draw_picture(
    index: int, folder: Path, seed: int, size: tuple[int, int]
) -> list[Row]:
    """Draw picture ``index``, write it to ``folder`` and return its rows."""
    rng = picture_rng(seed, index)
    image_id = picture_id(rng)
    scene = sample_scene(rng, size)
    path = folder / f'{image_id}.jpg'
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 96))]
    if not cv2.imwrite(str(path), scene.picture[..., ::-1], quality):
        raise OSError(f'{path} could not be written')
    height, width = scene.picture.shape[:2]
    return [
        (image_id, encode_mask(a.mask), height, width, a.category_id,
         ','.join(map(str, a.attribute_ids)))
        for a in scene.annotations
    ]  # fmt: skip


def encode_mask(mask: np.ndarray) -> str:
    """Kaggle's run-length code of a mask.

    Args:
        mask (np.ndarray): (H, W) bool.

    Returns:
        str: 'start length start length ...' over columns, starts from 1.
    """
    flat = np.concatenate([[0], mask.ravel(order='F').astype(np.int8), [0]])
    edges = np.flatnonzero(np.diff(flat)) + 1
    runs = edges.reshape(-1, 2)
    runs[:, 1] -= runs[:, 0]
    return ' '.join(map(str, runs.ravel()))
