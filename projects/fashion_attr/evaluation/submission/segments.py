"""Detections of one picture as the segments that a submission may hold.

Resized, without overlap, with their attributes chosen, best first. What a segment
keeps depends on better ones alone, so that leaving out all below some score changes
nothing above it: any threshold on the score is a prefix of these segments.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from projects.fashion_attr.datasets import coco_annotation
from projects.fashion_attr.structures.column_segments import ColumnSegments
from projects.fashion_attr.structures.reading import read_segments
from projects.fashion_attr.structures.run_sets import subtract_runs, unite_runs

from ..functional.attribute_scores import ATTR_THR, attribute_sets
from ..functional.columns import as_ids, as_scores, index_of
from ..functional.ground_truth import GroundTruth
from ..functional.submission_size import LONGEST_EDGE, scaled_size

NO_OVERLAP = ('class', 'all')
# The competition's categories and attributes, without a picture.
TAXONOMY = GroundTruth.from_coco(dict(images=[], annotations=[]))


@dataclass(frozen=True)
class Rules:
    """How detections become segments.

    Attributes:
        attr_thr (float | np.ndarray): least attribute score; see
            ``above_threshold``.
        longest_edge (int): of the masks, in pixels; 0: the picture's own.
        no_overlap (str): ``'class'``: segments of one class share no pixel;
            ``'all'``: no segments do.
        no_attributes (frozenset[int]): ids of the categories that never have any.
    """

    attr_thr: float | np.ndarray = ATTR_THR
    longest_edge: int = LONGEST_EDGE
    no_overlap: str = 'class'
    no_attributes: frozenset[int] = frozenset()

    def __post_init__(self):
        if self.no_overlap not in NO_OVERLAP:
            raise ValueError(
                f'no_overlap is one of {NO_OVERLAP}, got {self.no_overlap!r}'
            )
        if self.longest_edge < 0:
            raise ValueError(
                f'the longest edge is a number of pixels, got {self.longest_edge}'
            )


class Segment(NamedTuple):
    """One row of a submission."""

    category_id: int
    score: float
    attribute_ids: tuple[int, ...]  # ascending
    runs: np.ndarray  # (R, 2) start and length, of the resized mask; R > 0


class Segments(NamedTuple):
    """The segments of a picture, and how many detections left nothing."""

    kept: list[Segment]  # by falling score
    vanished: int  # no pixel after the resize
    covered: int  # no pixel beside better ones


def resize_nearest(masks: ColumnSegments, size: tuple[int, int]) -> ColumnSegments:
    """Resize masks run by run; row y of h' shows row y * h // h', columns likewise.

    Args:
        masks (ColumnSegments): N masks.
        size (tuple[int, int]): (h', w') wanted, in pixels.

    Returns:
        ColumnSegments: of that size.
    """
    if size == masks.size:
        return masks
    rows, columns = (
        np.arange(new) * old // new for new, old in zip(size, masks.size, strict=True)
    )
    return masks.take_rows(rows).take_columns(columns)


def without_overlap(
    masks: Sequence[np.ndarray], groups: Sequence[int]
) -> list[np.ndarray]:
    """Take from each mask what one before it in its group has.

    Args:
        masks (Sequence[np.ndarray]): N arrays (R, 2) of runs, best first.
        groups (Sequence[int]): N numbers; masks of different ones may overlap.

    Returns:
        list[np.ndarray]: N arrays (R', 2); R' is 0 where nothing is left.
    """
    taken: dict[int, np.ndarray] = {}
    left = []
    for runs, group in zip(masks, groups, strict=True):
        if group in taken:
            own = subtract_runs(runs, taken[group])
            taken[group] = unite_runs(taken[group], own)
        else:
            own = taken[group] = runs
        left.append(own)
    return left


def make_segments(
    results: Sequence[dict], size: tuple[int, int], rules: Rules, name: str
) -> Segments:
    """Turn the detections of a picture into segments.

    Args:
        results (Sequence[dict]): N COCO results: category_id, score, segmentation
            and attr_scores or attribute_ids.
        size (tuple[int, int]): (h, w) of the picture, in pixels.
        rules (Rules): how.
        name (str): what errors call the picture.

    Returns:
        Segments: at the size that the rules ask for.

    Raises:
        ValueError: naming the picture and its detection that lacks something, has an
            unknown class or attribute, no finite score, or a mask that is not sound
            or of another size.
    """
    names = [f'{name}, prediction {n}' for n in range(len(results))]
    categories = as_ids(_column(results, 'category_id', names), 'category_id', names)
    index = index_of(categories, TAXONOMY.category_ids, 'category_id', names)
    scores = as_scores(_column(results, 'score', names), names)
    attributes = attribute_sets(results, TAXONOMY, index, rules.attr_thr, names)
    attributes[np.isin(categories, list(rules.no_attributes))] = False
    order = np.argsort(-scores, kind='stable')
    masks = _resized(results, size, rules, name).select(order).runs()
    alone = np.zeros(len(order), np.int64)
    groups = categories[order] if rules.no_overlap == 'class' else alone
    left = without_overlap(masks, groups.tolist())
    kept = [
        Segment(
            int(categories[n]),
            float(scores[n]),
            tuple(TAXONOMY.attribute_ids[attributes[n]].tolist()),
            runs,
        )
        for n, runs in zip(order, left, strict=True)
        if len(runs)
    ]
    vanished = sum(not len(runs) for runs in masks)
    return Segments(kept, vanished, len(masks) - len(kept) - vanished)


def _column(results: Sequence[dict], key: str, names: Sequence[str]) -> list:
    for result, name in zip(results, names, strict=True):
        if result.get(key) is None:
            raise ValueError(f'{name}: no {key!r}')
    return [result[key] for result in results]


def _resized(results, size: tuple[int, int], rules: Rules, name: str):
    masks = []
    for n, result in enumerate(results):
        mask = coco_annotation.segmentation(result, f'{name}, prediction {n}')
        if mask is None:
            raise ValueError(f"{name}, prediction {n}: no 'segmentation'")
        masks.append(mask)
    try:
        segments = read_segments(masks, size)
    except ValueError as error:
        raise ValueError(
            f'{name}, {error}; masks are of the size of the picture in --images'
        ) from error
    return resize_nearest(segments, scaled_size(size, rules.longest_edge))
