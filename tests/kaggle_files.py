"""Writes small folders like Kaggle's, and samples like the dataset's, for tests."""

import csv
import json
from pathlib import Path

import numpy as np
from PIL import Image

from projects.fashion_attr.datasets.kaggle_csv import COLUMNS
from projects.fashion_attr.datasets.taxonomy import label_descriptions

HEIGHT, WIDTH = 12, 10  # of every picture


def row(image_id, pixels='1 30', height=HEIGHT, width=WIDTH, category=0, attributes=''):
    """One row of train.csv, as text."""
    return [image_id, pixels, str(height), str(width), str(category), attributes]


def write_csv(path: Path, rows, columns=COLUMNS) -> Path:
    """Write a train.csv."""
    with open(path, 'w', newline='') as file:
        csv.writer(file).writerows([columns, *rows])
    return path


def write_picture(path: Path, height=HEIGHT, width=WIDTH, **kwargs) -> None:
    """Write a JPEG of one colour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new('RGB', (width, height), 'navy').save(path, **kwargs)


def good_rows(n: int = 6) -> list[list[str]]:
    """Rows of n pictures with two objects each, the second without attributes."""
    rows = []
    for i in range(n):
        rows.append(row(f'{i:04d}', '2 3 7 4', category=i % 2, attributes='115,136'))
        rows.append(row(f'{i:04d}', '50 24', category=31))
    return rows


def write_folder(root: Path, rows=None, pictures=None) -> Path:
    """Write train.csv, label_descriptions.json and train/*.jpg."""
    rows = good_rows() if rows is None else rows
    root.mkdir(parents=True, exist_ok=True)
    write_csv(root / 'train.csv', rows)
    (root / 'label_descriptions.json').write_text(json.dumps(label_descriptions()))
    (root / 'train').mkdir(exist_ok=True)
    for name in {r[0] for r in rows} if pictures is None else pictures:
        write_picture(root / 'train' / f'{name}.jpg')
    return root


def decode_kaggle(text: str, size: tuple[int, int]) -> np.ndarray:
    """Slow oracle of the run-length code: paint the runs."""
    flat = np.zeros(size[0] * size[1], np.uint8)
    values = [int(v) for v in text.split()]
    for start, length in zip(values[::2], values[1::2], strict=True):
        flat[start - 1 : start - 1 + length] = 1
    return flat.reshape(size, order='F')
