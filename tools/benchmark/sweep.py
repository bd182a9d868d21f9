"""Time a sweep of attribute and class thresholds over random predictions.

python tools/benchmark/sweep.py [--images 2000] [--detections 100] [--json OUT]

Overlaps included; reading a file and drawing the picture not. One setting is
checked to be what evaluate_coco_f1 gives.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.taxonomy import label_descriptions
from projects.fashion_attr.evaluation.functional import (
    GroundTruth,
    Predictions,
    evaluate_coco_f1,
)
from projects.fashion_attr.evaluation.functional.sweep import sweep

SIDE = 512  # of an image, in pixels


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--images', type=int, default=2000)
    parser.add_argument('--objects', type=int, default=8, help='objects an image')
    parser.add_argument('--detections', type=int, default=100, help='an image')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def main() -> None:
    """Make the data, time the sweep, check one setting."""
    args = parse_args()
    gt, predictions = scored_predictions(
        args.images, args.objects, args.detections, args.seed
    )
    start = time.perf_counter()
    swept = sweep(gt, predictions)
    seconds = time.perf_counter() - start
    score, attr_thr, score_thr = swept.best
    cut = predictions.with_threshold(attr_thr)
    alone = evaluate_coco_f1(gt, cut, ['segm'], score_thr=score_thr)['segm']['f1AP']
    if alone != score:
        raise SystemExit(f'f1AP {score} in the sweep, {alone} alone')
    settings = swept.f1ap.size
    print(
        f'{args.images} images x {args.objects} objects x {args.detections} '
        f'detections: {settings} settings in {seconds:.1f} s; best f1AP {score:.3f}'
    )
    if args.json is not None:
        figures = dict(vars(args), json=None, settings=settings, seconds=seconds)
        args.json.write_text(json.dumps(figures, indent=1) + '\n')


def scored_predictions(
    images: int, objects: int, detections: int, seed: int
) -> tuple[GroundTruth, Predictions]:
    """Ellipses, and detections that are variants of them.

    A detection follows its object in place, class and attributes, the less so the
    lower its score.

    Args:
        images (int): number of images, 512 x 512.
        objects (int): objects in each.
        detections (int): detections in each.
        seed (int): of the random numbers.

    Returns:
        tuple[GroundTruth, Predictions]: with masks and ``attr_scores``.
    """
    rng = np.random.default_rng(seed)
    labels = label_descriptions()
    annotations, columns = [], {name: [] for name in ('image', 'label', 'score')}
    masks, attr_scores = [], []
    for image in range(1, images + 1):
        shapes = rng.uniform(8, 75, (objects, 4))
        shapes[:, :2] = rng.uniform(80, SIDE - 80, (objects, 2))
        categories = rng.integers(0, 46, objects)
        truth = rng.random((objects, 294)) < 4 / 294
        annotations += _annotations(image, shapes, categories, truth, len(annotations))
        owner = np.arange(detections) % objects
        score = rng.random(detections)
        spread = 0.25 * (1 - score[:, None])
        moved = shapes[owner] * (1 + spread * rng.normal(0, 0.6, (detections, 4)))
        masks += ellipses(moved)
        noise = rng.normal(0, 0.12, (detections, 294)) + 0.1 + 0.5 * truth[owner]
        attr_scores.append(noise.clip(0, 1).astype(np.float32))
        wrong = rng.random(detections) < 0.3
        label = np.where(wrong, rng.integers(0, 46, detections), categories[owner])
        for name, values in (('label', label), ('score', score)):
            columns[name].append(values)
        columns['image'].append(np.full(detections, image))
    sizes = [dict(id=i + 1, height=SIDE, width=SIDE) for i in range(images)]
    gt = GroundTruth.from_coco(dict(images=sizes, annotations=annotations, **labels))
    ids, label, score = (np.concatenate(part) for part in columns.values())
    scores = np.concatenate(attr_scores)
    return gt, Predictions.from_arrays(
        gt, ids, label, score, scores >= 0.4, masks=masks, attr_scores=scores
    )


def ellipses(shapes: np.ndarray) -> list[dict]:
    """Compressed RLE of ellipses, as polygons of 32 corners.

    Args:
        shapes (np.ndarray): (N, 4) centre y, x and radii y, x in pixels.

    Returns:
        list[dict]: N of ``size`` and compressed ``counts``.
    """
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    corners = shapes[:, None, 1::-1] + circle * shapes[:, None, :1:-1]
    polygons = corners.clip(0, SIDE).reshape(len(shapes), -1).tolist()
    return mask_utils.frPyObjects(polygons, SIDE, SIDE)


def _annotations(image, shapes, categories, truth, first_id) -> list[dict]:
    ids = np.array([a['id'] for a in label_descriptions()['attributes']])
    return [
        dict(
            id=first_id + n,
            image_id=image,
            category_id=int(categories[n]),
            iscrowd=0,
            segmentation=mask,
            attribute_ids=ids[truth[n]].tolist(),
        )
        for n, mask in enumerate(ellipses(shapes))
    ]


if __name__ == '__main__':
    main()
