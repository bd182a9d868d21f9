"""A small random ground truth with scored results, and its files."""

import json
from pathlib import Path

import numpy as np
from pycocotools import mask as mask_utils

SIZE = (48, 64)


def scored_case(seed=0, num_images=6, num_attributes=6, miss=0.2, noise=0.35):
    """COCO ground truth, and results whose attr_scores follow the truth.

    Args:
        seed (int): of the random numbers.
        num_images (int): pictures, 1 to 4 objects each.
        num_attributes (int): attributes, with ids 0, 3, 6, ...
        miss (float): part of the objects without a detection.
        noise (float): spread of the attribute scores about .3 and .7.

    Returns:
        tuple[dict, list[dict]]: COCO JSON and COCO results.
    """
    rng = np.random.default_rng(seed)
    annotations, results = [], []
    for image in range(1, num_images + 1):
        for _ in range(rng.integers(1, 5)):
            y, x = rng.integers(0, (28, 44))
            height, width = rng.integers(6, 20, 2)
            truth = rng.random(num_attributes) < 0.4
            fields = dict(image_id=image, category_id=int(rng.integers(0, 3)))
            annotations.append(
                _entry(
                    (y, x, height, width),
                    **fields,
                    id=len(annotations),
                    area=float(height * width),
                    iscrowd=0,
                    attribute_ids=[3 * int(i) for i in np.flatnonzero(truth)],
                )
            )
            for _ in range(rng.integers(0 if rng.random() < miss else 1, 3)):
                moved = rng.integers(-2, 3, 4) + (y, x, height, width)
                scores = rng.normal(0.3 + 0.4 * truth, noise).clip(0.01, 0.99)
                results.append(
                    _entry(
                        tuple(np.maximum(moved, (0, 0, 1, 1))),
                        **fields,
                        score=float(rng.random()),
                        attr_scores=scores.astype(np.float32).tolist(),
                    )
                )
    return _coco(num_images, num_attributes, annotations), results


def write_case(folder: Path, seed=0, **options):
    """Write ``gt.json`` and ``results.json``; gives what is in them."""
    gt, results = scored_case(seed, **options)
    (folder / 'gt.json').write_text(json.dumps(gt))
    (folder / 'results.json').write_text(json.dumps(results))
    return gt, results


def _coco(num_images, num_attributes, annotations) -> dict:
    sizes = dict(height=SIZE[0], width=SIZE[1])
    return dict(
        images=[dict(id=i, **sizes) for i in range(1, num_images + 1)],
        annotations=annotations,
        categories=[
            dict(id=0, name='shirt, blouse', supercategory='upperbody'),
            dict(id=1, name='jacket', supercategory='upperbody'),
            dict(id=2, name='shoe', supercategory='legs and feet'),
        ],
        attributes=[
            dict(id=3 * i, name=f'attribute {i}') for i in range(num_attributes)
        ],
    )


def _entry(window, **fields) -> dict:
    """An annotation or result with the rectangle's RLE and box (xywh)."""
    y, x, height, width = (int(v) for v in window)
    mask = np.zeros(SIZE, np.uint8)
    mask[y : y + height, x : x + width] = 1
    rle = mask_utils.encode(np.asfortranarray(mask))
    counts = rle['counts'].decode()
    box = mask_utils.toBbox(rle).tolist()
    return dict(segmentation=dict(size=rle['size'], counts=counts), bbox=box, **fields)
