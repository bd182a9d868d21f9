"""Attribute sets of detections: from a matrix of scores, or as a file lists them.

Letters: N detections, L attributes, K categories.
"""

from collections.abc import Sequence

import numpy as np

from .columns import attribute_matrix
from .ground_truth import GroundTruth

ATTR_THR = 0.4  # the paper's attribute threshold


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


def attribute_sets(
    results: Sequence[dict],
    gt: GroundTruth,
    category: np.ndarray,
    attr_thr: float | np.ndarray,
    names: Sequence[str],
) -> np.ndarray:
    """The attributes of COCO results, by their scores or else as they are listed.

    Args:
        results (Sequence[dict]): N results with ``attr_scores`` (L floats) or else
            ``attribute_ids``.
        gt (GroundTruth): holds the attribute ids.
        category (np.ndarray): (N,) category index of each result.
        attr_thr (float | np.ndarray): see :func:`above_threshold`.
        names (Sequence[str]): N names of the results, for the error.

    Returns:
        np.ndarray: (N, L) bool.

    Raises:
        ValueError: naming the result that has neither, or an unknown id.
    """
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
        scores = score_matrix(
            [results[n]['attr_scores'] for n in scored],
            len(gt.attribute_ids),
            [names[n] for n in scored],
        )
        matrix[scored] = above_threshold(scores, category[scored], attr_thr)
    return matrix


def score_matrix(
    rows: Sequence[Sequence[float]], num_attributes: int, names: Sequence[str]
) -> np.ndarray:
    """Lists of attribute scores as one array.

    float32 is what a model gives and what a test run compares, so a file read again
    gives the same sets.

    Args:
        rows (Sequence[Sequence[float]]): N lists of L scores.
        num_attributes (int): L.
        names (Sequence[str]): N names of the entries, for the error.

    Returns:
        np.ndarray: (N, L) float32.

    Raises:
        ValueError: naming the entry with another number of scores, or with NaN, or
            whose scores are no row of numbers.
    """
    scores = np.empty((len(rows), num_attributes), np.float32)
    for row, given in enumerate(rows):
        if not isinstance(given, Sequence | np.ndarray) or np.ndim(given) != 1:
            raise ValueError(f'{names[row]}: attr_scores are no row of numbers')
        if len(given) != num_attributes:
            raise ValueError(
                f'{names[row]}: {len(given)} attr_scores for {num_attributes} '
                'attributes'
            )
        scores[row] = np.asarray(given, np.float32)
        if np.isnan(scores[row]).any():
            raise ValueError(f'{names[row]}: attr_scores contain NaN')
    return scores
