"""Measure the memory of collecting and evaluating a test run.

python tools/benchmark/collect_memory.py [--images 2000] [--detections 100]
    [--json OUT]

F1SegmMetric gets boolean masks and 294 attribute scores, picture by picture, as a
model gives them. Peaks are of the whole process, with torch and mmdet loaded; what
these alone take is printed beside.
"""

import argparse
import json
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path

# First: mmdet wants its ops in place.
import projects.fashion_attr.plugin  # noqa: F401

# isort: split
import numpy as np
import torch
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.taxonomy import CATEGORY_NAMES, label_descriptions
from projects.fashion_attr.evaluation.metrics import F1SegmMetric

NUM_ATTRIBUTES = 294


def parse_args() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--images', type=int, default=2000)
    parser.add_argument('--detections', type=int, default=100, help='an image')
    parser.add_argument('--objects', type=int, default=8, help='objects an image')
    parser.add_argument('--side', type=int, default=512, help='of an image, in pixels')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--json', type=Path, help='also write the figures here')
    return parser.parse_args()


def main() -> None:
    """Collect, evaluate, print the peaks."""
    args = parse_args()
    rng = np.random.default_rng(args.seed)
    shapes = ellipses(rng, args.side, max(args.detections, args.objects))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'val.json'
        path.write_text(json.dumps(ground_truth(rng, args, shapes)))
        metric = F1SegmMetric(str(path))
    metric.dataset_meta = dict(classes=CATEGORY_NAMES)
    peaks = dict(before=peak_mib())
    for sample in samples(rng, args, shapes):
        metric.process(None, [sample])
    peaks['collected'] = peak_mib()
    scores = metric.evaluate(args.images)
    peaks['evaluated'] = peak_mib()
    print(
        f'{args.images} images x {args.detections} detections x {NUM_ATTRIBUTES} '
        f'scores, segm AP {scores["fashion/segm_AP"]:.3f}; peak RSS in MiB: '
        + ', '.join(f'{name} {value:.0f}' for name, value in peaks.items())
    )
    if args.json is not None:
        figures = dict(vars(args), json=None, peak_mib=peaks)
        args.json.write_text(json.dumps(figures, indent=1) + '\n')


def peak_mib() -> float:
    """Peak resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ellipses(rng: np.random.Generator, side: int, count: int) -> torch.Tensor:
    """(count, side, side) bool, random ellipses."""
    y, x = np.ogrid[:side, :side]
    masks = np.empty((count, side, side), bool)
    for n in range(count):
        cy, cx = rng.uniform(0.2 * side, 0.8 * side, 2)
        ry, rx = rng.uniform(0.03 * side, 0.2 * side, 2)
        masks[n] = ((y - cy) / ry) ** 2 + ((x - cx) / rx) ** 2 <= 1
    return torch.from_numpy(masks)


def ground_truth(rng, args: argparse.Namespace, shapes: torch.Tensor) -> dict:
    """COCO JSON: the first ellipses in every image."""
    ids = [a['id'] for a in label_descriptions()['attributes']]
    rles = mask_utils.encode(np.asfortranarray(shapes.numpy().transpose(1, 2, 0)))
    annotations = [
        dict(
            id=image * args.objects + n,
            image_id=image + 1,
            category_id=int(rng.integers(0, len(CATEGORY_NAMES))),
            iscrowd=0,
            segmentation=dict(size=rle['size'], counts=rle['counts'].decode()),
            attribute_ids=sorted(rng.choice(ids, 4, replace=False).tolist()),
        )
        for image in range(args.images)
        for n, rle in enumerate(rles[: args.objects])
    ]
    size = dict(height=args.side, width=args.side)
    images = [dict(id=image + 1, **size) for image in range(args.images)]
    return dict(images=images, annotations=annotations, **label_descriptions())


def samples(rng, args: argparse.Namespace, shapes: torch.Tensor) -> Iterator[dict]:
    """What a model gives, one picture at a time."""
    count = args.detections
    corners = torch.from_numpy(rng.uniform(0, args.side / 2, (count, 2)))
    boxes = torch.cat([corners, corners + args.side / 4], dim=1).float()
    for image in range(args.images):
        labels = rng.integers(0, len(CATEGORY_NAMES), count)
        instances = dict(
            bboxes=boxes,
            scores=torch.from_numpy(rng.random(count, np.float32)),
            labels=torch.from_numpy(labels),
            masks=shapes[:count].clone(),
            attr_scores=torch.from_numpy(
                rng.random((count, NUM_ATTRIBUTES), np.float32)
            ),
        )
        yield dict(img_id=image + 1, pred_instances=instances)


if __name__ == '__main__':
    main()
