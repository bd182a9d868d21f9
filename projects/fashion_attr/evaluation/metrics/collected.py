"""What a test run keeps of each picture: small, and ready to be evaluated.

Letters: n detections of one picture, N of all, L attributes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.bad_images import BAD_IMAGE
from projects.fashion_attr.evaluation.functional.ground_truth import GroundTruth
from projects.fashion_attr.evaluation.functional.predictions import (
    Predictions,
    above_threshold,
)


def collect(data_sample: Mapping, with_masks: bool = True) -> dict:
    """Reduce one picture's prediction to arrays and run-length masks.

    Args:
        data_sample (Mapping): ``img_id`` and ``pred_instances`` with bboxes
            (n, 4) xyxy in pixels, scores (n,), labels (n,), attr_scores (n, L)
            and masks: (n, H, W) bool, or n RLE.
        with_masks (bool): keep the masks.

    Returns:
        dict: img_id, labels, scores, boxes (n, 4) xywh float64, attr_scores
        float32 and masks (list of RLE, or None).

    Raises:
        ValueError: if the prediction lacks attr_scores or masks.
    """
    instances = found_in(data_sample)
    needed = ('attr_scores', 'masks') if with_masks else ('attr_scores',)
    for name in needed:
        if name not in instances:
            raise ValueError(
                f'image {data_sample["img_id"]}: pred_instances have no {name!r}, '
                f'only {sorted(instances.keys())}'
            )
    boxes = as_numpy(instances['bboxes']).astype(np.float64).reshape(-1, 4)
    boxes[:, 2:] -= boxes[:, :2]
    return dict(
        img_id=int(data_sample['img_id']),
        labels=as_numpy(instances['labels']).astype(np.int64),
        scores=as_numpy(instances['scores']).astype(np.float64),
        boxes=boxes,
        attr_scores=as_numpy(instances['attr_scores']).astype(np.float32),
        masks=encode_masks(instances['masks']) if with_masks else None,
    )


def found_in(data_sample: Mapping) -> Mapping:
    """The predictions for a picture; none where it could not be read.

    The network was then given a grey picture in its place; the objects of the ground
    truth are missed.

    Args:
        data_sample (Mapping): with ``pred_instances``, by name.

    Returns:
        Mapping: by name, each of n detections.
    """
    instances = data_sample['pred_instances']
    if not data_sample.get(BAD_IMAGE):
        return instances
    return {name: instances[name][:0] for name in instances.keys()}  # noqa: SIM118


def encode_masks(masks: Any) -> list[dict]:
    """Masks as compressed RLE, one at a time so that memory stays that of one.

    Args:
        masks (Any): (n, H, W) array or tensor of 0 and 1, RunLengthMasks, or a list
            of RLE or of (H, W) masks.

    Returns:
        list[dict]: n compressed RLE.
    """
    if hasattr(masks, 'to_rle'):
        return masks.to_rle()
    encoded = []
    for mask in masks:
        if not isinstance(mask, dict):
            mask = np.asfortranarray(as_numpy(mask).astype(np.uint8))
            mask = mask_utils.encode(mask)
        encoded.append(mask)
    return encoded


def as_numpy(value: Any) -> np.ndarray:
    """A tensor on any device, or anything array-like, as a numpy array."""
    if hasattr(value, 'detach'):
        value = value.detach().cpu()
        if value.is_floating_point():
            value = value.float()  # numpy knows no bfloat16
    return np.asarray(value)


def without_duplicates(collected: Sequence[dict]) -> list[dict]:
    """The first entry of each picture: several workers pad their last batch."""
    first = {}
    for entry in collected:
        first.setdefault(entry['img_id'], entry)
    return list(first.values())


def to_predictions(
    collected: Sequence[dict],
    gt: GroundTruth,
    category_ids: Sequence[int],
    attr_thr: float | np.ndarray,
) -> Predictions:
    """Join what was collected.

    Boxes that the model has shrunk to nothing are kept as false positives.

    Args:
        collected (Sequence[dict]): entries made by :func:`collect`.
        gt (GroundTruth): what the detections are to be compared with.
        category_ids (Sequence[int]): category id of each label.
        attr_thr (float | np.ndarray): least attribute score, see
            ``above_threshold``.

    Returns:
        Predictions: of all pictures.

    Raises:
        ValueError: naming the detection that does not fit the ground truth.
    """
    ids = np.array(category_ids, np.int64)
    rows = np.searchsorted(gt.category_ids, ids)
    columns = len(gt.attribute_ids)
    attributes = [
        above_threshold(_checked(e, columns), rows[e['labels']], attr_thr)
        for e in collected
    ]
    image_ids = np.repeat(
        [e['img_id'] for e in collected], [len(e['labels']) for e in collected]
    )
    with_masks = gt.masks is not None
    return Predictions.from_arrays(
        gt,
        image_ids.astype(np.int64),
        _join(collected, 'labels', (0,), ids),
        _join(collected, 'scores', (0,)),
        np.concatenate([*attributes, np.zeros((0, columns), bool)]),
        boxes=_join(collected, 'boxes', (0, 4)),
        masks=[m for e in collected for m in e['masks']] if with_masks else None,
        empty_boxes='keep',
    )


def write_results(
    collected: Sequence[dict],
    predictions: Predictions,
    gt: GroundTruth,
    path: str | Path,
) -> None:
    """Write COCO results with attribute_ids and attr_scores, one line each.

    Args:
        collected (Sequence[dict]): entries made by :func:`collect`.
        predictions (Predictions): the same, joined.
        gt (GroundTruth): holds the ids.
        path (str | Path): file to write; its folder is made.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with open(path, 'w') as file:
        separator = '[\n'
        for result in _results(collected, predictions, gt):
            file.write(separator + json.dumps(result))
            separator = ',\n'
        file.write('[]' if separator == '[\n' else '\n]')


def _results(collected, predictions, gt) -> Iterator[dict]:
    scores = (row for entry in collected for row in entry['attr_scores'])
    for n, attr_scores in enumerate(scores):
        result = dict(
            image_id=int(gt.image_ids[predictions.image[n]]),
            category_id=int(gt.category_ids[predictions.category[n]]),
            score=float(predictions.scores[n]),
            bbox=predictions.boxes[n].tolist(),
            attribute_ids=gt.attribute_ids[predictions.attributes[n]].tolist(),
            attr_scores=attr_scores.tolist(),
        )
        if predictions.masks is not None:
            rle = predictions.masks[n]
            counts = rle['counts']
            counts = counts.decode() if isinstance(counts, bytes) else counts
            size = [int(side) for side in rle['size']]
            result['segmentation'] = dict(size=size, counts=counts)
        yield result


def _checked(entry: dict, columns: int) -> np.ndarray:
    scores = entry['attr_scores']
    if scores.shape != (len(entry['labels']), columns) or np.isnan(scores).any():
        raise ValueError(
            f'image {entry["img_id"]}: attr_scores of shape {scores.shape} for '
            f'{len(entry["labels"])} detections and {columns} attributes, '
            f'{int(np.isnan(scores).sum())} of them NaN'
        )
    return scores


def _join(collected, name: str, empty: tuple[int, ...], table=None) -> np.ndarray:
    parts = [e[name] if table is None else table[e[name]] for e in collected]
    # Not of floats: they would round ids above 2**53.
    return np.concatenate(parts) if parts else np.zeros(empty)
