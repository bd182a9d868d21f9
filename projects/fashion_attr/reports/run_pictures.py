"""The best and the worst pictures of a test run, truth beside prediction.

Letters: I images, G objects, N detections, L attributes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from mmdet.structures import DetDataSample
from mmengine.structures import InstanceData

from ..datasets.palette import PALETTE
from ..evaluation.functional.ground_truth import GroundTruth
from ..evaluation.functional.outcomes import Outcome, Outcomes
from ..evaluation.functional.predictions import Predictions
from ..structures.run_length_masks import RunLengthMasks
from ..visualization import AttrLocalVisualizer
from .pictures import jpeg_uri, read_stored_pixels

_EDGE = 640  # of the picture that is drawn on, in pixels
_TEXT_SCALE = 1.4  # the drawing is shown at two thirds of its size
_WIDEST = 2400  # of the drawing: picture and labels, twice
_MOST_BYTES = 300_000


@dataclass(frozen=True)
class RankedPicture:
    """A picture and how well it came off.

    Attributes:
        image: index into the ground truth's images.
        objects: how many there are, without crowds.
        detections: how many were judged.
        hits: how many of them f1AP50 counts.
        file_name: of the picture.
        uri: the drawing as data URI, '' without one.
    """

    image: int
    objects: int
    detections: int
    hits: int
    file_name: str = ''
    uri: str = ''

    @property
    def quality(self) -> float:
        """F1 of the detections, 0..1; only of pictures with something on them."""
        return 2 * self.hits / (self.objects + self.detections)


def rank_pictures(
    gt: GroundTruth, result: Outcomes, image: np.ndarray
) -> list[RankedPicture]:
    """Pictures from best to worst.

    Args:
        gt (GroundTruth): I images, G objects.
        result (Outcomes): of G objects and N detections.
        image (np.ndarray): (N,) image of each detection.

    Returns:
        list[RankedPicture]: by falling quality; of equally good ones the one with
        more hits first, of those without hits the one with most objects last.
        Pictures with neither objects nor detections are left out.
    """
    counts = [
        np.bincount(places, minlength=len(gt.image_ids)).tolist()
        for places in (
            gt.image[result.objects != Outcome.IGNORED],
            image[result.detections != Outcome.IGNORED],
            image[result.detections == Outcome.HIT],
        )
    ]
    pictures = [
        RankedPicture(number, *row)
        for number, row in enumerate(zip(*counts, strict=True))
        if row[0] + row[1]
    ]
    return sorted(pictures, key=lambda p: (-p.quality, -p.hits, p.objects))


def best_and_worst(
    pictures: Sequence[RankedPicture], number: int
) -> tuple[list[RankedPicture], list[RankedPicture]]:
    """The two ends of a ranking.

    Args:
        pictures (Sequence[RankedPicture]): best first.
        number (int): of each, as far as there are so many; none is in both.

    Returns:
        tuple[list[RankedPicture], list[RankedPicture]]: the best one first, and the
        worst one first.
    """
    best = list(pictures[: min(number, (len(pictures) + 1) // 2)])
    rest = pictures[len(best) :]
    return best, list(reversed(rest[max(0, len(rest) - number) :]))


class PairArtist:
    """Draws ground truth beside what a model has found.

    Args:
        gt (GroundTruth): with or without masks.
        predictions (Predictions): of it.
        files (Mapping[int, Path]): pictures by image id.
        score_thr (float): detections that reach this score are drawn.
    """

    def __init__(
        self,
        gt: GroundTruth,
        predictions: Predictions,
        files: Mapping[int, Path],
        score_thr: float,
    ) -> None:
        self.gt, self.predictions, self.files = gt, predictions, files
        self.score_thr = score_thr
        self.visualizer = AttrLocalVisualizer(
            min_size=_EDGE, max_size=_EDGE, text_scale=_TEXT_SCALE
        )
        names = gt.attribute_names or [str(i) for i in gt.attribute_ids]
        self.visualizer.dataset_meta = dict(
            classes=gt.category_names, attributes=names, palette=PALETTE
        )

    def draw(self, picture: RankedPicture) -> RankedPicture:
        """The picture with its drawing.

        Args:
            picture (RankedPicture): of the ground truth.

        Returns:
            RankedPicture: with ``file_name`` and ``uri``.

        Raises:
            OSError: if the file is missing.
            ValueError: if it cannot be decoded or has another size than its masks.
        """
        image_id = int(self.gt.image_ids[picture.image])
        size = tuple(int(n) for n in self.gt.image_sizes[picture.image])
        pixels = read_stored_pixels(self.files[image_id], size)
        drawn_size = [max(1, round(n * min(1, _EDGE / max(size)))) for n in size]
        pixels = cv2.resize(pixels, drawn_size[::-1], interpolation=cv2.INTER_AREA)
        sample = self._sample(picture.image, drawn_size[0] / size[0])
        drawn = self.visualizer.draw_datasample(
            pixels, sample, pred_score_thr=self.score_thr
        )
        uri = jpeg_uri(drawn, _WIDEST, _MOST_BYTES)
        return replace(picture, file_name=self.files[image_id].name, uri=uri)

    def _sample(self, image: int, scale: float) -> DetDataSample:
        """Masks at the stored size, boxes at the drawn one."""
        rows = np.flatnonzero(self.gt.image == image)
        found = np.flatnonzero(self.predictions.image == image)
        crowd = self.gt.crowd[rows]
        size = self.gt.image_sizes[image]
        sample = DetDataSample(
            gt_instances=_instances(self.gt, rows[~crowd], size, scale),
            pred_instances=_instances(self.predictions, found, size, scale),
        )
        if crowd.any():
            sample.ignored_instances = _instances(self.gt, rows[crowd], size, scale)
        sample.pred_instances.scores = self.predictions.scores[found]
        return sample


def _instances(
    table: GroundTruth | Predictions,
    rows: np.ndarray,
    size: Sequence[int],
    scale: float,
) -> InstanceData:
    """Rows of a table as mmdet has them; attributes best first, -1 for none."""
    boxes = table.boxes[rows].copy()
    boxes[:, 2:] += boxes[:, :2]
    instances = InstanceData(
        labels=table.category[rows],
        attr_labels=_attributes(table, rows),
    )
    if table.masks is None:
        instances.bboxes = boxes * scale
    else:
        masks = [table.masks[row] for row in rows]
        instances.masks = RunLengthMasks(masks, int(size[0]), int(size[1]))
        instances.bboxes = boxes
    return instances


def _attributes(table: GroundTruth | Predictions, rows: np.ndarray) -> np.ndarray:
    """(rows, most attributes of one) indices."""
    sets = table.attributes[rows]
    scores = getattr(table, 'attr_scores', None)
    ranked = sets.astype(np.float32) if scores is None else sets * scores[rows]
    # Attributes with a score of 0 still come before what is not named.
    order = np.argsort(-(ranked + sets), axis=1, kind='stable')
    named = np.take_along_axis(sets, order, 1)
    return np.where(named, order, -1)[:, : max(1, sets.sum(1).max(initial=0))]
