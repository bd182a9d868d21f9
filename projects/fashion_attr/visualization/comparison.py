"""Ground truth and prediction of one picture, matched as the metric matches them.

Letters: N predicted, G true garments (crowds included), L attributes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from mmengine.structures import InstanceData

from projects.fashion_attr.evaluation.functional.ground_truth import GroundTruth
from projects.fashion_attr.evaluation.functional.outcomes import outcomes
from projects.fashion_attr.evaluation.functional.predictions import Predictions

from .garment import Garment
from .instance_masks import encode_masks, mask_runs
from .verdict import OTHER_ATTRIBUTES, RIGHT, VERDICTS

THRESHOLD = 0.5  # of IoU, and of the F1 of attributes: f1AP50


@dataclass(frozen=True)
class Side:
    """Instances, and what is drawn of them in the same order.

    Attributes:
        instances: of mmdet.
        garments: one for each.
    """

    instances: InstanceData
    garments: list[Garment]

    @property
    def has_attributes(self) -> bool:
        """Whether the attributes are known; a detector may have none."""
        return bool({'attr_scores', 'attr_labels'} & set(self.instances.keys()))


def judge(
    truth: Side, found: Side, crowds: Side | None = None
) -> tuple[list[Garment], list[Garment]]:
    """Say of every garment how it came off.

    A predicted garment is right where f1AP50 counts a hit, has other attributes
    where only the mask (without masks, the box) and the class fit, and is wrong
    otherwise; of the true ones those are found, found with other attributes, and
    missed. Attributes are judged on garments that were found.

    Args:
        truth (Side): true garments.
        found (Side): N predicted ones, those that are drawn.
        crowds (Side | None): what finds one of these is not judged.

    Returns:
        tuple[list[Garment], list[Garment]]: true and predicted garments with their
        verdicts; attributes that differ come first.
    """
    crowds = crowds or Side(InstanceData(), [])
    masks = _comparable_masks([truth, crowds, found])
    known = truth.has_attributes and found.has_attributes
    gt, predictions = _tables(truth.garments, crowds.garments, found.garments, known)
    if masks is not None:
        gt = replace(gt, masks=tuple(masks[0] + masks[1]))
        predictions = replace(predictions, masks=tuple(masks[2]))
    iou_type = 'bbox' if masks is None else 'segm'
    result = outcomes(gt, predictions, iou_type, THRESHOLD)
    number = len(truth.garments)
    finders = _picked(found.garments, result.found_by()[:number], known)
    partners = _picked(truth.garments, result.truth, known)
    judged_truth = map(_judged, truth.garments, result.objects, finders)
    judged_found = map(_judged, found.garments, result.detections, partners)
    return list(judged_truth), list(judged_found)


def _picked(
    garments: Sequence[Garment], rows: np.ndarray, known: bool
) -> list[Garment | None]:
    """The garments of rows, None for -1 and where there is nothing to compare."""
    return [garments[row] if known and row >= 0 else None for row in rows]


def _judged(garment: Garment, outcome: int, partner: Garment | None) -> Garment:
    attributes = garment.attributes
    if partner is not None:
        there = {attribute.index for attribute in partner.attributes}
        judged = [
            a._replace(verdict=RIGHT if a.index in there else OTHER_ATTRIBUTES)
            for a in attributes
        ]
        attributes = tuple(sorted(judged, key=lambda a: a.verdict is RIGHT))
    return replace(garment, verdict=VERDICTS.get(outcome), attributes=attributes)


def _comparable_masks(sides: Sequence[Side]) -> list[list[dict]] | None:
    """RLE masks of each side, of the stored size where all share it, else as drawn."""
    drawn = [[garment.mask for garment in side.garments] for side in sides]
    if any(mask is None for masks in drawn for mask in masks):
        return None
    runs = [mask_runs(side.instances) if side.garments else [] for side in sides]
    sizes = {tuple(rle['size']) for side in runs for rle in side}
    return runs if len(sizes) < 2 else [encode_masks(masks) for masks in drawn]


def _tables(
    truth: Sequence[Garment],
    crowds: Sequence[Garment],
    found: Sequence[Garment],
    known: bool,
) -> tuple[GroundTruth, Predictions]:
    """What the metric compares, still without masks."""
    every = [*truth, *crowds]
    indices = [a.index for g in [*every, *found] for a in g.attributes]
    number = 1 + max(indices, default=0)
    boxes = _boxes(every)
    gt = GroundTruth(
        image_ids=np.zeros(1, np.int64),
        image_sizes=np.zeros((1, 2), np.int64),
        category_ids=np.arange(1 + max((g.label for g in [*every, *found]), default=0)),
        category_names=(),
        attribute_ids=np.arange(number),
        image=np.zeros(len(every), np.int64),
        category=_labels(every),
        boxes=boxes,
        areas=boxes[:, 2] * boxes[:, 3],
        crowd=np.arange(len(every)) >= len(truth),
        masks=None,
        attributes=_sets(every, number, known),
    )
    predictions = Predictions(
        image=np.zeros(len(found), np.int64),
        category=_labels(found),
        scores=np.array([1.0 if g.score is None else g.score for g in found], float),
        boxes=_boxes(found),
        masks=None,
        attributes=_sets(found, number, known),
    )
    return gt, predictions


def _labels(garments: Sequence[Garment]) -> np.ndarray:
    return np.array([garment.label for garment in garments], np.int64)


def _boxes(garments: Sequence[Garment]) -> np.ndarray:
    """(G, 4) xywh in pixels of the drawn picture."""
    boxes = np.array([g.box for g in garments], float).reshape(-1, 4)
    return np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], 1)


def _sets(garments: Sequence[Garment], number: int, known: bool) -> np.ndarray:
    """(G, L) bool; nothing where attributes are not known on both sides."""
    sets = np.zeros((len(garments), number), bool)
    for row, garment in zip(sets, garments, strict=True):
        if known:
            row[[attribute.index for attribute in garment.attributes]] = True
    return sets
