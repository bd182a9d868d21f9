"""Pictures of any size with blobs for masks, in the files that the dataset reads.

python tools/benchmark/make_pictures.py work_dirs/pictures --size 6000x4000 --images 4

Writes OUT/*.jpg and OUT/annotations.json. A picture is made of octaves of noise, each
weaker than the next coarser one as in photographs, of blobs for garments and of the
grain of a sensor; JPEG quality 90. Every blob is an object with its mask as RLE.
"""

import argparse
import json
from pathlib import Path

import cv2
import numpy as np
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS, label_descriptions

OBJECTS = (6, 8)
# Contrast of an octave of noise is its wavelength in pixels to this power.
SLOPE, CONTRAST = 0.9, 0.25
# Noise of the sensor, in grey levels.
GRAIN = 0.9
COARSEST = 1024


def main() -> None:
    """Write the pictures and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('out', type=Path, help='folder; made where absent')
    parser.add_argument(
        '--size', type=parse_size, default=(6000, 4000), metavar='HxW', help='in pixels'
    )
    parser.add_argument('--images', type=int, default=4)
    parser.add_argument(
        '--grain', type=float, default=GRAIN, help='more makes larger files'
    )
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    write_pictures(args.out, args.size, args.images, args.seed, args.grain)
    share = bytes_per_pixel(sorted(args.out.glob('*.jpg')), args.size)
    print(f'{args.images} pictures in {args.out}, {share:.3f} bytes a pixel')


def parse_size(text: str) -> tuple[int, int]:
    """(h, w) of '6000x4000'."""
    try:
        height, width = map(int, text.split('x'))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f'a size is HxW, got {text!r}') from error
    return height, width


def bytes_per_pixel(paths: list[Path], size: tuple[int, int]) -> float:
    """Mean share of a file in its pixels."""
    total = sum(path.stat().st_size for path in paths)
    return total / (len(paths) * size[0] * size[1])


def write_pictures(
    out: Path, size: tuple[int, int], images: int, seed: int, grain: float = GRAIN
) -> Path:
    """Write pictures and annotations.

    Args:
        out (Path): folder; made where absent.
        size (tuple[int, int]): (h, w) in pixels.
        images (int): number of pictures.
        seed (int): seed.
        grain (float): noise of the sensor, in grey levels.

    Returns:
        Path: the written annotations.json.
    """
    out.mkdir(parents=True, exist_ok=True)
    records, annotations = [], []
    for number in range(1, images + 1):
        rng = np.random.default_rng((seed, number))
        picture, masks = draw(rng, size, grain)
        name = f'{number:04d}.jpg'
        cv2.imwrite(str(out / name), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
        records.append(dict(id=number, file_name=name, height=size[0], width=size[1]))
        for mask in masks:
            ids = rng.choice(ATTRIBUTE_IDS, rng.integers(0, 7), replace=False)
            annotations.append(
                dict(
                    id=len(annotations) + 1,
                    image_id=number,
                    category_id=int(rng.integers(46)),
                    iscrowd=0,
                    attribute_ids=sorted(ids.tolist()),
                    **mask,
                )
            )
    path = out / 'annotations.json'
    document = dict(images=records, annotations=annotations, **label_descriptions())
    path.write_text(json.dumps(document))
    return path


def draw(rng: np.random.Generator, size: tuple[int, int], grain: float) -> tuple:
    """One picture.

    Returns:
        tuple[np.ndarray, list[dict]]: (h, w, 3) uint8, and of each mask
        ``segmentation``, ``bbox`` (xywh) and ``area``.
    """
    picture = 128 + noise(rng, size)[..., None] * rng.uniform(0.8, 1.2, 3)
    masks = []
    for _ in range(rng.integers(OBJECTS[0], OBJECTS[1] + 1)):
        mask = np.zeros(size, np.uint8)
        cv2.fillPoly(mask, [outline(rng, size)], 1)
        colour = rng.uniform(-60, 60, 3).astype(np.float32)
        picture[mask > 0] += colour
        rle = mask_utils.encode(np.asfortranarray(mask))
        box, area = mask_utils.toBbox(rle), mask_utils.area(rle)
        rle = dict(size=list(size), counts=rle['counts'].decode())
        masks.append(dict(segmentation=rle, bbox=box.tolist(), area=int(area)))
    picture += rng.standard_normal(size, np.float32)[..., None] * grain
    return np.uint8(np.clip(np.round(picture), 0, 255)), masks


def noise(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """(h, w) float32, octaves of noise around 0."""
    height, width = size
    total = np.zeros(size, np.float32)
    wavelength = 4
    while wavelength <= COARSEST:
        shape = height // wavelength + 2, width // wavelength + 2
        octave = rng.standard_normal(shape, np.float32)
        octave = cv2.resize(octave, (width, height), interpolation=cv2.INTER_CUBIC)
        total += octave * np.float32(CONTRAST * wavelength**SLOPE / 2)
        wavelength *= 2
    return total * np.float32(40 / max(total.std(), 40))


def outline(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """(200, 2) int32, a wavy closed curve (x, y) inside the picture."""
    angles = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    waves = sum(
        rng.uniform(0, 0.25 / k) * np.cos(k * angles + rng.uniform(0, 6.3))
        for k in range(1, 9)
    )
    radius = rng.uniform(0.05, 0.3) * min(size) * (1 + waves)
    centre = rng.uniform(0.25, 0.75, 2) * size[::-1]
    stretch = np.array([1.0, rng.uniform(1.0, 2.0)])
    curve = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radius[:, None]
    curve = centre + curve * stretch
    return np.int32(np.clip(curve, 0, np.array(size[::-1]) - 1))


if __name__ == '__main__':
    main()
