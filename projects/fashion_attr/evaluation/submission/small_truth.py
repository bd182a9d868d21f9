"""Ground truth at the size of a submission, and segments as predictions for it."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from pycocotools import mask as mask_utils

from projects.fashion_attr.structures.reading import read_segments
from projects.fashion_attr.structures.rle import compress_counts, runs_to_counts

from ..functional.columns import attribute_matrix
from ..functional.ground_truth import GroundTruth
from ..functional.masks import mask_areas
from ..functional.predictions import Predictions
from ..functional.submission_size import LONGEST_EDGE, scaled_size
from .segments import Segment, resize_nearest


def at_submission_size(
    gt: GroundTruth, longest_edge: int = LONGEST_EDGE
) -> GroundTruth:
    """The same ground truth with masks as a submission has them.

    Args:
        gt (GroundTruth): with masks.
        longest_edge (int): of the masks, in pixels; 0: they stay.

    Returns:
        GroundTruth: objects without a pixel left are left out.

    Raises:
        ValueError: if there are no masks, or one is not sound.
    """
    if gt.masks is None:
        raise ValueError('the ground truth has no masks')
    if not longest_edge:
        return gt
    sizes = [scaled_size(size, longest_edge) for size in gt.image_sizes.tolist()]
    masks: list[dict] = [{}] * len(gt.masks)
    order = np.argsort(gt.image, kind='stable')
    bounds = np.searchsorted(gt.image[order], np.arange(len(sizes) + 1))
    for image, size in enumerate(sizes):
        rows = order[bounds[image] : bounds[image + 1]].tolist()
        old = tuple(gt.image_sizes[image].tolist())
        segments = read_segments([gt.masks[row] for row in rows], old)
        for row, runs in zip(rows, resize_nearest(segments, size).runs(), strict=True):
            masks[row] = compress_counts(runs_to_counts(runs, size), size)
    return replace(
        gt,
        image_sizes=np.array(sizes, np.int64).reshape(-1, 2),
        masks=tuple(masks),
        boxes=mask_utils.toBbox(masks) if masks else gt.boxes,
        areas=mask_areas(masks).astype(np.float64),
    ).without_empty()


def as_predictions(
    gt: GroundTruth, segments: Iterable[tuple[int, list[Segment]]]
) -> Predictions:
    """Segments as what the metric reads.

    Args:
        gt (GroundTruth): at the size of the segments.
        segments (Iterable): index of an image of the ground truth and its segments.

    Returns:
        Predictions: in that order.

    Raises:
        ValueError: if the ground truth lacks a category or attribute.
    """
    images, masks, kept = [], [], []
    for image, some in segments:
        size = tuple(gt.image_sizes[image].tolist())
        for segment in some:
            images.append(image)
            masks.append(compress_counts(runs_to_counts(segment.runs, size), size))
            kept.append(segment._replace(runs=None))  # the mask has them
    names = [f'ImageId {gt.image_names[image]}' for image in images]
    return Predictions.from_arrays(
        gt,
        gt.image_ids[images] if images else [],
        [segment.category_id for segment in kept],
        [segment.score for segment in kept],
        attribute_matrix([s.attribute_ids for s in kept], gt.attribute_ids, names),
        masks=masks,
    )
