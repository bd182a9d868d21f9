"""Small predictions, pictures and submissions for tests."""

import json
import pickle
from pathlib import Path

import numpy as np
import torch
from kaggle_files import write_csv, write_picture
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_ID_TO_INDEX
from projects.fashion_attr.evaluation.functional.kaggle_files import SUBMISSION_COLUMNS


def encode(mask: np.ndarray) -> dict:
    """COCO's RLE of a mask, as a JSON file has it."""
    rle = mask_utils.encode(np.asfortranarray(mask.astype(np.uint8)))
    return dict(size=list(mask.shape), counts=rle['counts'].decode())


def box_mask(size, top, left, bottom, right) -> np.ndarray:
    """A mask with a filled box."""
    mask = np.zeros(size, np.uint8)
    mask[top:bottom, left:right] = 1
    return mask


def result(image_id, mask, score=0.9, category=31, attributes=None, **fields) -> dict:
    """A COCO result; attributes by their scores, {id: score}."""
    scores = [0.0] * len(ATTRIBUTE_ID_TO_INDEX)
    for attribute, value in (attributes or {}).items():
        scores[ATTRIBUTE_ID_TO_INDEX[attribute]] = value
    return dict(
        image_id=image_id,
        category_id=category,
        score=score,
        attr_scores=scores,
        segmentation=encode(mask),
        **fields,
    )


def write_lines(path: Path, results) -> Path:
    """One result a line, as F1SegmMetric writes them."""
    lines = ',\n'.join(json.dumps(r) for r in results)
    path.write_text(f'[\n{lines}\n]' if results else '[]')
    return path


def write_dump(path: Path, by_picture: dict[str, list[dict]]) -> Path:
    """As tools/test.py --out writes them; pictures by path."""
    samples = [
        dict(img_path=name, img_id=n, pred_instances=_instances(results))
        for n, (name, results) in enumerate(by_picture.items())
    ]
    path.write_bytes(pickle.dumps(samples))
    return path


def _instances(results) -> dict:
    rows = [r['attr_scores'] for r in results]
    return dict(
        labels=torch.tensor([r['category_id'] for r in results], dtype=torch.long),
        scores=torch.tensor([r['score'] for r in results]),
        attr_scores=torch.tensor(rows).reshape(-1, len(ATTRIBUTE_ID_TO_INDEX)),
        masks=[
            dict(r['segmentation'], counts=r['segmentation']['counts'].encode())
            for r in results
        ],
    )


def write_pictures(folder: Path, sizes: dict[str, tuple[int, int]]) -> Path:
    """A folder of pictures of these (h, w)."""
    for name, (height, width) in sizes.items():
        write_picture(folder / f'{name}.jpg', height, width)
    return folder


def write_images(path: Path, sizes: dict[str, tuple[int, int]], **tables) -> Path:
    """A COCO file whose images have these names and (h, w), ids from 1."""
    images = [
        dict(id=n, file_name=f'{name}.jpg', height=h, width=w)
        for n, (name, (h, w)) in enumerate(sizes.items(), start=1)
    ]
    path.write_text(json.dumps(dict(images=images, annotations=[]) | tables))
    return path


def write_rows(path: Path, rows) -> Path:
    """A submission."""
    return write_csv(path, rows, SUBMISSION_COLUMNS)
