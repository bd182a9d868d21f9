"""Predictions as arrays, checked against the ground truth they answer.

Letters: N detections, L attributes, K categories.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets import coco_annotation

from .attribute_scores import ATTR_THR, above_threshold, attribute_sets, score_matrix
from .columns import as_boxes, as_ids, as_scores, check_boxes, index_of
from .ground_truth import GroundTruth
from .masks import check_masks


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
        attr_scores (np.ndarray | None): (N, L) float32, what the attributes were
            cut from; None where that was not kept.
        own_boxes (bool): the boxes were given, not drawn around the masks.
    """

    image: np.ndarray
    category: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray
    masks: tuple[dict, ...] | None
    attributes: np.ndarray
    attr_scores: np.ndarray | None = None
    own_boxes: bool = True

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
        attr_scores: np.ndarray | None = None,
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
            attr_scores (np.ndarray | None): (N, L) float32 to keep.

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
        scores = as_scores(scores, names)
        if masks is not None:
            masks = tuple(masks)
            check_masks(masks, gt.image_sizes[image], names)
        own_boxes = boxes is not None
        if not own_boxes:
            boxes = mask_utils.toBbox(list(masks)) if masks else []
        boxes = as_boxes(boxes, names)
        if own_boxes:
            check_boxes(boxes, names, empty_boxes)
        return cls(
            image, category, scores, boxes, masks, attributes, attr_scores, own_boxes
        )

    @classmethod
    def from_coco(
        cls,
        results: Sequence[dict],
        gt: GroundTruth,
        attr_thr: float | np.ndarray = ATTR_THR,
        with_masks: bool = True,
        keep_scores: bool = False,
        empty_boxes: str = 'error',
    ) -> 'Predictions':
        """Read a list of COCO results.

        Args:
            results (Sequence[dict]): image_id, category_id, score, ``bbox``
                (xywh; may be absent where there is a mask), ``segmentation``
                and ``attr_scores`` (L floats) or else ``attribute_ids``.
            gt (GroundTruth): what the detections are to be compared with.
            attr_thr (float | np.ndarray): see :func:`above_threshold`.
            with_masks (bool): read ``segmentation`` too.
            keep_scores (bool): keep ``attr_scores``, where every result has them,
                for :meth:`with_threshold`.
            empty_boxes (str): see :meth:`from_arrays`.

        Returns:
            Predictions: the detections as arrays.

        Raises:
            ValueError: see :meth:`from_arrays`; also for an unknown attribute
                id, and for an entry without mask, box or attributes.
        """
        names = [f'prediction {n} ({_where(r)})' for n, r in enumerate(results)]
        # As arrays, so that their entries are looked at once.
        image_ids = as_ids([r['image_id'] for r in results], 'image_id', names)
        image = index_of(image_ids, gt.image_ids, 'image_id', names)
        category_ids = as_ids([r['category_id'] for r in results], 'category_id', names)
        category = index_of(category_ids, gt.category_ids, 'category_id', names)
        masks = None
        if with_masks:
            masks = _masks(results, gt.image_sizes[image], names)
        without_box = [r.get('bbox') is None for r in results]
        if not with_masks or not all(without_box):
            _require(results, names, 'bbox')
        attr_scores = None
        if keep_scores and all(r.get('attr_scores') is not None for r in results):
            attr_scores = score_matrix(
                [r['attr_scores'] for r in results], len(gt.attribute_ids), names
            )
            attributes = above_threshold(attr_scores, category, attr_thr)
        else:
            attributes = attribute_sets(results, gt, category, attr_thr, names)
        return cls.from_arrays(
            gt,
            image_ids,
            category_ids,
            [r['score'] for r in results],
            attributes,
            boxes=None if masks and all(without_box) else [r['bbox'] for r in results],
            masks=masks,
            empty_boxes=empty_boxes,
            attr_scores=attr_scores,
        )

    def with_threshold(self, attr_thr: float | np.ndarray) -> 'Predictions':
        """The same detections with attributes cut at another threshold.

        Args:
            attr_thr (float | np.ndarray): see :func:`above_threshold`.

        Returns:
            Predictions: sharing everything but the attributes.

        Raises:
            ValueError: if the attribute scores were not kept.
        """
        scores = self.require_attr_scores()
        return replace(
            self, attributes=above_threshold(scores, self.category, attr_thr)
        )

    def of_images(self, chosen: np.ndarray) -> 'Predictions':
        """The detections in some of the images.

        Args:
            chosen (np.ndarray): (I,) bool, of the images of the ground truth.

        Returns:
            Predictions: indexed by the images that are left, as in
            ``GroundTruth.subset``.
        """
        rows = np.flatnonzero(chosen[self.image])
        scores = self.attr_scores
        return Predictions(
            image=(np.cumsum(chosen) - 1)[self.image[rows]],
            category=self.category[rows],
            scores=self.scores[rows],
            boxes=self.boxes[rows],
            masks=None if self.masks is None else tuple(self.masks[r] for r in rows),
            attributes=self.attributes[rows],
            attr_scores=None if scores is None else scores[rows],
        )

    def require_attr_scores(self) -> np.ndarray:
        """The attribute scores.

        Returns:
            np.ndarray: (N, L) float32.

        Raises:
            ValueError: if they were not kept.
        """
        if self.attr_scores is None:
            raise ValueError(
                'the predictions hold no attr_scores: every result needs them, and '
                'Predictions.from_coco keeps them with keep_scores=True'
            )
        return self.attr_scores


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
        masks.append(coco_annotation.as_rle(mask, size, name))
    return masks
