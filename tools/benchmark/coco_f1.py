"""Time the F1-masked metric beside pycocotools, both in one run.

python tools/benchmark/coco_f1.py [--images 300] [--json OUT]

Ours is AP and f1AP of segm and bbox at all ten thresholds, from lists of dicts;
pycocotools' is AP alone, with and without its loadRes. Data are random ellipses
and attribute sets; the AP of both is checked to be equal.
"""

import argparse
import contextlib
import copy
import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from pycocotools import mask as mask_utils
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from projects.fashion_attr.datasets.taxonomy import (
    ATTRIBUTE_IDS,
    label_descriptions,
)
from projects.fashion_attr.evaluation.functional import evaluate_coco_f1

IOU_TYPES = ('segm', 'bbox')
SIDE = 512


def main() -> None:
    """Make the data, time both, print the ratio."""
    args = parse_args()
    gt, results = synthetic(args.images, args.objects, args.detections, args.seed)
    seconds = {'ours': [], 'pycocotools': [], 'pycocotools_with_loadres': []}
    for _ in range(args.repeat):
        ours, took = timed(lambda: evaluate_coco_f1(gt, results))
        seconds['ours'].append(took)
        theirs, took, took_all = pycocotools_ap(gt, results)
        seconds['pycocotools'].append(took)
        seconds['pycocotools_with_loadres'].append(took_all)
    for iou_type in IOU_TYPES:
        difference = abs(ours[iou_type]['AP'] - theirs[iou_type])
        if difference > 1e-12:
            raise SystemExit(f'{iou_type} AP differs by {difference}')
    report(args, {name: min(times) for name, times in seconds.items()}, ours)


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--images', type=int, default=300)
    parser.add_argument('--objects', type=int, default=8, help='objects an image')
    parser.add_argument('--detections', type=int, default=30, help='an image')
    parser.add_argument('--repeat', type=int, default=3, help='the best run counts')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def synthetic(images: int, objects: int, detections: int, seed: int) -> tuple:
    """Random ground truth and detections that are variants of it.

    Args:
        images (int): number of images, 512 x 512.
        objects (int): objects in each.
        detections (int): detections in each.
        seed (int): of the random numbers.

    Returns:
        tuple[dict, list[dict]]: COCO ground truth and COCO results.
    """
    rng = np.random.default_rng(seed)
    annotations, results = [], []
    for image in range(1, images + 1):
        shapes = [random_ellipse(rng) for _ in range(objects)]
        labels = [random_labels(rng) for _ in range(objects)]
        for shape, (category, attributes) in zip(shapes, labels, strict=True):
            fields = dict(image_id=image, category_id=category, iscrowd=0)
            fields |= dict(id=len(annotations) + 1, attribute_ids=attributes)
            annotations.append(as_entry(shape, **fields))
        for n in range(detections):
            category, attributes = labels[n % objects]
            shape = shapes[n % objects] * rng.normal(1, 0.04, 4)
            changed = {int(i) for i in rng.choice(ATTRIBUTE_IDS, rng.integers(0, 3))}
            fields = dict(image_id=image, category_id=category, score=rng.random())
            fields['attribute_ids'] = sorted(changed ^ set(attributes))
            results.append(as_entry(shape, **fields))
            del results[-1]['area']
    images = [dict(id=i + 1, height=SIDE, width=SIDE) for i in range(images)]
    return dict(images=images, annotations=annotations, **label_descriptions()), results


def random_ellipse(rng: np.random.Generator) -> np.ndarray:
    """(4,) centre y, x and radii y, x in pixels."""
    return np.append(rng.uniform(80, SIDE - 80, 2), rng.uniform(8, 75, 2))


def random_labels(rng: np.random.Generator) -> tuple[int, list[int]]:
    """A category, and up to six attributes or, for every third object, none."""
    count = rng.integers(1, 7) * (rng.random() > 1 / 3)
    attributes = rng.choice(ATTRIBUTE_IDS, count, replace=False)
    return int(rng.integers(0, 46)), sorted(attributes.tolist())


def as_entry(shape: np.ndarray, **fields) -> dict:
    """An annotation or result with the ellipse's RLE, area and box (xywh)."""
    y, x = np.ogrid[:SIDE, :SIDE]
    mask = ((y - shape[0]) / shape[2]) ** 2 + ((x - shape[1]) / shape[3]) ** 2 <= 1
    rle = mask_utils.encode(np.asfortranarray(mask.astype(np.uint8)))
    fields['segmentation'] = dict(size=rle['size'], counts=rle['counts'].decode())
    fields['bbox'] = mask_utils.toBbox(rle).tolist()
    fields['area'] = float(mask.sum())
    return fields


def timed(function: Callable) -> tuple:
    """The function's answer and the seconds it took."""
    start = time.perf_counter()
    answer = function()
    return answer, time.perf_counter() - start


def pycocotools_ap(gt: dict, results: list[dict]) -> tuple:
    """AP of segm and bbox by COCOeval.

    Returns:
        tuple[dict, float, float]: AP by IoU type, seconds of evaluate and
        accumulate alone, and with loadRes.
    """
    ap, seconds, seconds_all = {}, 0.0, 0.0
    with contextlib.redirect_stdout(io.StringIO()):
        for iou_type in IOU_TYPES:
            coco = COCO()
            coco.dataset = copy.deepcopy(gt)
            coco.createIndex()
            given = copy.deepcopy(results)
            if iou_type == 'segm':  # else loadRes takes the box's area for the mask's
                for result in given:
                    del result['bbox']
            loaded, loading = timed(lambda c=coco, g=given: c.loadRes(g))
            evaluator = COCOeval(coco, loaded, iou_type)
            _, evaluating = timed(evaluator.evaluate)
            _, accumulating = timed(evaluator.accumulate)
            evaluator.summarize()
            ap[iou_type] = float(evaluator.stats[0])
            seconds += evaluating + accumulating
            seconds_all += loading + evaluating + accumulating
    return ap, seconds, seconds_all


def report(args: argparse.Namespace, seconds: dict[str, float], scores: dict) -> None:
    """Print the figures side by side, and write them where asked."""
    print(
        f'{args.images} images x {args.objects} objects x {args.detections} '
        f'detections, best of {args.repeat}; AP equal, '
        f'segm AP {scores["segm"]["AP"]:.3f}, f1AP {scores["segm"]["f1AP"]:.3f}'
    )
    ratios = {name: took / seconds['ours'] for name, took in seconds.items()}
    for name, took in seconds.items():
        print(f'{name:<26} {took:8.3f} s   {ratios[name]:6.1f} x ours')
    if args.json is not None:
        figures = dict(vars(args), json=None, seconds=seconds, ratios=ratios)
        args.json.write_text(json.dumps(figures, indent=1) + '\n')


if __name__ == '__main__':
    main()
