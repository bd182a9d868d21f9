"""Predictions as arrays, checked against the ground truth they answer.

Letters: N detections, L attributes, K categories.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets import coco_annotation

from .columns import as_boxes, attribute_matrix, check_boxes, index_of
from .ground_truth import GroundTruth
from .masks import check_masks

ATTR_THR = 0.4  # the paper's attribute threshold


@dataclass(frozen=True)
class Predictions:
    """Detections with masks, boxes and attribute sets, in the order given.

    Attributes:
        image (np.ndarray): (N,) index into the ground truth's ``image_ids``.
        category (np.ndarray): (N,) index into its ``category_ids``.
        scores (np.ndarray): (N,) float64.
        boxes (np.ndarray): (N, 4) float64, xywh in pixels.
        masks (tuple[dict, ...] | None): N compressed RLE, None without masks.
        attributes (np.ndarray): (N, L) bool.
    """

    image: np.ndarray
    category: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray
    masks: tuple[dict, ...] | None
    attributes: np.ndarray

    @classmethod
    def from_arrays(
        cls,
        gt: GroundTruth,
        image_ids: Sequence[int],
        category_ids: Sequence[int],
        scores: Sequence[float],
        attributes: np.ndarray,
        boxes: Sequence[Sequence[float]] | None = None,
        masks: Sequence[dict] | None = None,
        empty_boxes: str = 'error',
    ) -> 'Predictions':
        """Check columns of values and index them by the ground truth.

        Args:
            gt (GroundTruth): what the detections are to be compared with.
            image_ids (Sequence[int]): N image ids.
            category_ids (Sequence[int]): N category ids.
            scores (Sequence[float]): N scores.
            attributes (np.ndarray): (N, L) bool.
            boxes (Sequence | None): (N, 4) xywh in pixels; None: the masks' own.
            masks (Sequence[dict] | None): N compressed RLE.
            empty_boxes (str): ``'error'`` refuses boxes without area, ``'keep'``
                lets them stand as the false positives they are.

        Returns:
            Predictions: the detections as arrays.

        Raises:
            ValueError: naming the detection with an unknown image or category
                id, a score that is NaN or infinite, a box without area or a
                mask of another size than the image.
        """
        names = [f'prediction {n} (image_id {i})' for n, i in enumerate(image_ids)]
        image = index_of(image_ids, gt.image_ids, 'image_id', names)
        category = index_of(category_ids, gt.category_ids, 'category_id', names)
        scores = np.asarray(scores, np.float64).reshape(-1)
        if not np.isfinite(scores).all():
            first = int(np.flatnonzero(~np.isfinite(scores))[0])
            raise ValueError(f'{names[first]}: score is {scores[first]}')
        if masks is not None:
            masks = tuple(masks)
            check_masks(masks, gt.image_sizes[image], names)
        if boxes is None:
            boxes = mask_utils.toBbox(list(masks)) if masks else []
        elif empty_boxes == 'error':
            check_boxes(as_boxes(boxes), names)
        return cls(image, category, scores, as_boxes(boxes), masks, attributes)

    @classmethod
    def from_coco(
        cls,
        results: Sequence[dict],
        gt: GroundTruth,
        attr_thr: float | np.ndarray = ATTR_THR,
        with_masks: bool = True,
    ) -> 'Predictions':
        """Read a list of COCO results.

        Args:
            results (Sequence[dict]): image_id, category_id, score, ``bbox``
                (xywh; may be absent where there is a mask), ``segmentation``
                and ``attr_scores`` (L floats) or else ``attribute_ids``.
            gt (GroundTruth): what the detections are to be compared with.
            attr_thr (float | np.ndarray): see :func:`above_threshold`.
            with_masks (bool): read ``segmentation`` too.

        Returns:
            Predictions: the detections as arrays.

        Raises:
            ValueError: see :meth:`from_arrays`; also for an unknown attribute
                id, and for an entry without mask, box or attributes.
        """
        names = [f'prediction {n} ({_where(r)})' for n, r in enumerate(results)]
        image_ids = [r['image_id'] for r in results]
        image = index_of(image_ids, gt.image_ids, 'image_id', names)
        category_ids = [r['category_id'] for r in results]
        category = index_of(category_ids, gt.category_ids, 'category_id', names)
        masks = None
        if with_masks:
            masks = _masks(results, gt.image_sizes[image], names)
        without_box = [r.get('bbox') is None for r in results]
        if not with_masks or not all(without_box):
            _require(results, names, 'bbox')
        return cls.from_arrays(
            gt,
            image_ids,
            category_ids,
            [r['score'] for r in results],
            _attributes(results, gt, category, attr_thr, names),
            boxes=None if masks and all(without_box) else [r['bbox'] for r in results],
            masks=masks,
        )


def above_threshold(
    scores: np.ndarray, category: np.ndarray, threshold: float | np.ndarray
) -> np.ndarray:
    """Attribute sets from attribute scores: those that reach the threshold.

    Args:
        scores (np.ndarray): (N, L) scores.
        category (np.ndarray): (N,) category index of each detection.
        threshold (float | np.ndarray): one for all; (L,) per attribute; or
            (K, L) per category and attribute.

    Returns:
        np.ndarray: (N, L) bool, ``score >= threshold``.

    Raises:
        ValueError: if the threshold is NaN or has another shape.
    """
    threshold = np.asarray(threshold, scores.dtype)
    if threshold.ndim == 2:
        threshold = threshold[category]
    shapes = ((), (scores.shape[1],), scores.shape)
    if threshold.shape not in shapes or np.isnan(threshold).any():
        raise ValueError(
            f'attribute threshold of shape {threshold.shape} does not fit attribute '
            f'scores of shape {scores.shape}, or is NaN: give one, one for each '
            'attribute, or a row of those for each category'
        )
    return scores >= threshold


def _where(result: dict) -> str:
    return f'image_id {result["image_id"]}'


def _require(results: Sequence[dict], names: Sequence[str], field: str) -> None:
    for result, name in zip(results, names, strict=True):
        if result.get(field) is None:
            raise ValueError(f'{name}: no {field!r}')


def _masks(results: Sequence[dict], sizes: np.ndarray, names: Sequence[str]):
    masks = []
    for result, size, name in zip(results, sizes, names, strict=True):
        mask = coco_annotation.segmentation(result, name)
        if mask is None:
            raise ValueError(f"{name}: no 'segmentation'")
        masks.append(coco_annotation.as_rle(mask, size))
    return masks


def _attributes(results, gt, category, attr_thr, names) -> np.ndarray:
    scored = [n for n, r in enumerate(results) if r.get('attr_scores') is not None]
    listed = [n for n, r in enumerate(results) if r.get('attr_scores') is None]
    matrix = np.zeros((len(results), len(gt.attribute_ids)), bool)
    for n in listed:
        if results[n].get('attribute_ids') is None:
            raise ValueError(
                f"{names[n]}: neither 'attr_scores' nor 'attribute_ids'; "
                'an empty list says that it has none'
            )
    matrix[listed] = attribute_matrix(
        [results[n]['attribute_ids'] for n in listed],
        gt.attribute_ids,
        [names[n] for n in listed],
    )
    if scored:
        scores = _score_matrix(results, gt, scored, names)
        matrix[scored] = above_threshold(scores, category[scored], attr_thr)
    return matrix


def _score_matrix(results, gt, scored, names) -> np.ndarray:
    scores = np.empty((len(scored), len(gt.attribute_ids)))
    for row, n in enumerate(scored):
        given = results[n]['attr_scores']
        if len(given) != scores.shape[1]:
            raise ValueError(
                f'{names[n]}: {len(given)} attr_scores for {scores.shape[1]} attributes'
            )
        scores[row] = given
        if np.isnan(scores[row]).any():
            raise ValueError(f'{names[n]}: attr_scores contain NaN')
    return scores
