"""From scores to garments: the step that thresholds decide, without a network."""

from pathlib import Path

import numpy as np

from projects.fashion_attr.evaluation.functional.attribute_scores import (
    above_threshold,
)
from projects.fashion_attr.evaluation.functional.thresholds_file import load_thresholds

from .garment import Attribute, Garment
from .raw import RawPrediction
from .vocabulary import Vocabulary

Thresholds = float | str | Path | np.ndarray


def read_thresholds(given: Thresholds, vocabulary: Vocabulary) -> float | np.ndarray:
    """Attribute thresholds in whatever form they are given.

    Args:
        given (float | str | Path | np.ndarray): one for all; a file of
            tools/calibrate_thresholds.py; (L,) by attribute; or (K, L) by category
            and attribute, in the order of the vocabulary.
        vocabulary (Vocabulary): of the network.

    Returns:
        float | np.ndarray: one, or (L,) or (K, L) float64.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is not sound, or the shape or a value makes no sense.
    """
    if isinstance(given, str | Path):
        if not Path(given).is_file():
            raise FileNotFoundError(
                f'there is no file of thresholds {given}; '
                'tools/calibrate_thresholds.py makes one'
            )
        return load_thresholds(given, vocabulary.category_ids, vocabulary.attribute_ids)
    values = np.asarray(given, np.float64)
    shape = len(vocabulary.categories), len(vocabulary.attributes)
    if values.shape not in ((), shape[1:], shape) or np.isnan(values).any():
        raise ValueError(
            f'attribute thresholds of shape {values.shape} for {shape[0]} categories '
            f'and {shape[1]} attributes, or NaN among them: give one, one for each '
            'attribute, or a row of those for each category'
        )
    return values if values.ndim else float(values)


def check_score(score_thr: float) -> float:
    """A threshold of the class score, which lies in 0..1.

    Raises:
        ValueError: if it does not.
    """
    if not 0 <= score_thr <= 1:
        raise ValueError(f'the score threshold must lie in 0..1, got {score_thr}')
    return float(score_thr)


def select_garments(
    raw: RawPrediction,
    vocabulary: Vocabulary,
    score_thr: float,
    attr_thr: float | np.ndarray,
) -> tuple[Garment, ...]:
    """The garments of a picture at thresholds.

    Args:
        raw (RawPrediction): of the picture.
        vocabulary (Vocabulary): of the network.
        score_thr (float): garments reach this class score.
        attr_thr (float | np.ndarray): their attributes reach this score, as
            `read_thresholds` gives it.

    Returns:
        tuple[Garment, ...]: best first.

    Raises:
        ValueError: if the network gives another number of attributes than the
            vocabulary has.
    """
    raw = raw.at_least(score_thr)
    attributes = _attributes(raw, vocabulary, attr_thr)
    garments = []
    for n, label in enumerate(raw.labels):
        category = vocabulary.categories[label]
        garments.append(
            Garment(
                category=category.name,
                category_id=category.id,
                supercategory=category.supercategory,
                score=float(raw.scores[n]),
                box=tuple(raw.boxes[n].tolist()),
                mask=None if raw.masks is None else raw.masks[n],
                attributes=attributes[n],
            )
        )
    return tuple(garments)


def _attributes(
    raw: RawPrediction, vocabulary: Vocabulary, attr_thr: float | np.ndarray
) -> list[tuple[Attribute, ...]]:
    if raw.attr_scores is None:
        return [()] * len(raw)
    if raw.attr_scores.shape[1] != len(vocabulary.attributes):
        raise ValueError(
            f'the network scores {raw.attr_scores.shape[1]} attributes, its '
            f'dataset_meta names {len(vocabulary.attributes)}: config and checkpoint '
            'do not belong together'
        )
    reached = above_threshold(raw.attr_scores, raw.labels, attr_thr)
    return [
        tuple(
            Attribute(*vocabulary.attributes[i], float(scores[i]))
            for i in np.flatnonzero(row)
        )
        for scores, row in zip(raw.attr_scores, reached, strict=True)
    ]
