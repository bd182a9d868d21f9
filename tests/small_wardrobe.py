"""A set of 3 pictures and 5 objects whose every count can be worked out by hand."""

import json
from pathlib import Path

import cv2
import numpy as np

# Names that HTML, plotly and commas could spoil.
CATEGORIES = ('shirt, blouse', 'bag & <wallet>', 'shoe')
ATTRIBUTES = ('symmetrical', 'letters, numbers', '<b>bold</b> & "dot"', 'never')


def small_wardrobe() -> dict:
    """Pictures a (3 objects), b (2) and c (none), as a COCO file.

    Returns:
        dict: category ids 0, 1, 5 and attribute ids 0, 3, 6, 9.
    """
    rows = [  # picture, category, attributes, area
        (1, 0, [0, 3, 3], 200),
        (1, 0, [0], 1024),
        (1, 0, [0], 10000),
        (2, 1, [6, 3], 9216),
        (2, 5, [], 20000),
    ]
    sizes = {1: (100, 200), 2: (200, 100), 3: (100, 200)}
    return dict(
        images=[
            dict(id=i, file_name=f'{"_abc"[i]}.jpg', height=h, width=w)
            for i, (h, w) in sizes.items()
        ],
        annotations=[
            dict(
                id=n,
                image_id=image,
                category_id=category,
                attribute_ids=attributes,
                area=area,
                bbox=[0, 0, 20, 10],
                segmentation=[[0, 0, 20, 0, 20, 10, 0, 10]],
                iscrowd=0,
            )
            for n, (image, category, attributes, area) in enumerate(rows, start=1)
        ],
        categories=[
            dict(id=i, name=name, supercategory='upperbody')
            for i, name in zip((0, 1, 5), CATEGORIES, strict=True)
        ],
        attributes=[
            dict(id=3 * i, name=name, supercategory=('first', 'second')[i % 2])
            for i, name in enumerate(ATTRIBUTES)
        ],
    )


def write_small_wardrobe(folder: Path) -> Path:
    """Write the set as ``folder/train.json`` with its pictures; gives the file."""
    coco = small_wardrobe()
    for n, image in enumerate(coco['images']):
        pixels = np.full((image['height'], image['width'], 3), 60 * n + 60, np.uint8)
        cv2.imwrite(str(folder / image['file_name']), pixels)
    file = folder / 'train.json'
    file.write_text(json.dumps(coco))
    return file
