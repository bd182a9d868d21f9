"""Attribute thresholds that raise set-F1, chosen so that they also do so elsewhere.

Set-F1 is what every protocol compares, so it is the mean set-F1 of the detections
that found an object with attributes that is maximised. One threshold for all comes
first. Then, attribute by attribute, another threshold is taken where
cross-validation over the images says that it gains; all of them together are kept
where, chosen on either half of the images, they gain on the other half. The same is
done within each category, starting from there. What little data cannot settle stays
where it was.

Letters: M samples, L attributes, K categories, T thresholds tried, F folds.
"""

from dataclasses import dataclass

import numpy as np

from .attribute_scores import above_threshold
from .found import found_objects, found_with_attributes
from .ground_truth import GroundTruth
from .predictions import Predictions
from .set_f1 import paired_set_f1

GRID = np.arange(2, 99, 2) / 100
_FOLDS = 5
_PASSES = 2


@dataclass(frozen=True)
class Samples:
    """Detections that found an object with attributes.

    Attributes:
        scores (np.ndarray): (M, L) float32.
        truth (np.ndarray): (M, L) bool.
        category (np.ndarray): (M,) category index.
        image (np.ndarray): (M,) image index.
    """

    scores: np.ndarray
    truth: np.ndarray
    category: np.ndarray
    image: np.ndarray

    def rows(self, chosen: np.ndarray) -> 'Samples':
        """Some of the samples.

        Args:
            chosen (np.ndarray): (M,) bool, or positions.

        Returns:
            Samples: those.
        """
        columns = (self.scores, self.truth, self.category, self.image)
        return Samples(*(column[chosen] for column in columns))


@dataclass(frozen=True)
class Thresholds:
    """Attribute thresholds in three grades.

    Attributes:
        overall (float): the best one for all.
        attribute (np.ndarray): (L,) by attribute.
        category (np.ndarray): (K, L) by category and attribute.
    """

    overall: float
    attribute: np.ndarray
    category: np.ndarray


def samples_of(
    gt: GroundTruth, predictions: Predictions, iou_type: str = 'segm'
) -> Samples:
    """The detections whose attributes can be told right or wrong.

    Args:
        gt (GroundTruth): ground truth.
        predictions (Predictions): detections that kept their ``attr_scores``.
        iou_type (str): ``'segm'`` or ``'bbox'``, to find objects with IoU >= .5.

    Returns:
        Samples: one a detection that found an object with attributes.

    Raises:
        ValueError: if the attribute scores were not kept, or masks are missing.
    """
    scores = predictions.require_attr_scores()
    found = found_with_attributes(found_objects(gt, predictions, iou_type), gt)
    return Samples(
        scores[found.det],
        gt.attributes[found.gt],
        gt.category[found.gt],
        gt.image[found.gt],
    )


def fit_thresholds(
    samples: Samples, num_categories: int, min_count: int = 30, margin: float = 1.0
) -> Thresholds:
    """Choose thresholds on some samples.

    Args:
        samples (Samples): to fit to.
        num_categories (int): K.
        min_count (int): samples that have an attribute, or are said to have it,
            before its threshold may leave the one above it.
        margin (float): standard errors that a gain has to reach, of one threshold in
            cross-validation and of all together from half to half.

    Returns:
        Thresholds: in three grades.

    Raises:
        ValueError: if there are no samples.
    """
    if not len(samples.truth):
        raise ValueError(
            'no detection found an object with attributes; there is nothing to fit '
            'attribute thresholds to'
        )
    levels = _levels(samples.scores)
    overall = _best_overall(samples, levels)
    start = np.full(samples.truth.shape[1], overall)
    attribute = _improve(samples, levels, start, min_count, margin)
    category = np.tile(attribute, (num_categories, 1))
    for k in np.unique(samples.category):
        rows = np.flatnonzero(samples.category == k)
        some = samples.rows(rows)
        category[k] = _improve(some, levels[rows], attribute, min_count, margin)
    return Thresholds(float(GRID[overall]), GRID[attribute], GRID[category])


def sample_f1(samples: Samples, thresholds: float | np.ndarray) -> np.ndarray:
    """Set-F1 of each sample.

    Args:
        samples (Samples): M samples.
        thresholds (float | np.ndarray): one, (L,) or (K, L).

    Returns:
        np.ndarray: (M,) float64.
    """
    sets = cut(samples, thresholds)
    every = np.arange(len(sets))
    return paired_set_f1(sets, samples.truth, every, every)


def cut(samples: Samples, thresholds: float | np.ndarray) -> np.ndarray:
    """Attribute sets of the samples.

    Args:
        samples (Samples): M samples.
        thresholds (float | np.ndarray): one, (L,) or (K, L).

    Returns:
        np.ndarray: (M, L) bool.
    """
    return above_threshold(samples.scores, samples.category, thresholds)


def _levels(scores: np.ndarray) -> np.ndarray:
    """(M, L) how many thresholds of the grid each score reaches."""
    grid = GRID.astype(scores.dtype)
    return np.searchsorted(grid, scores, side='right').astype(np.uint8)


def _best_overall(samples: Samples, levels: np.ndarray) -> int:
    """Position in the grid of the threshold with the highest mean set-F1."""
    every = np.arange(len(levels))
    means = [
        paired_set_f1(levels > n, samples.truth, every, every).mean()
        for n in range(len(GRID))
    ]
    return int(np.argmax(means))


def _improve(samples, levels, start, min_count: int, margin: float) -> np.ndarray:
    """(L,) positions in the grid: refined, where refining carries over to new data."""
    refined = _refine(samples, levels, start, min_count, margin)
    if (refined == start).all():
        return start
    first = samples.image % 2 == 0
    gains = []
    for part in (first, ~first):
        fitted = _refine(samples.rows(part), levels[part], start, min_count / 2, margin)
        rows = np.flatnonzero(~part)
        f1, base = (
            paired_set_f1(levels > t, samples.truth, rows, rows)
            for t in (fitted, start)
        )
        gains.append(f1 - base)
    gain = np.concatenate(gains)
    carries_over = gain.sum() > margin * np.sqrt((gain**2).sum())
    return refined if carries_over else start


def _refine(samples, levels, start, min_count: float, margin: float) -> np.ndarray:
    """(L,) positions in the grid, better than where they start; most common first."""
    current = start.copy()
    said = levels > current
    evidence = (samples.truth | said).sum(0)
    order = np.argsort(-evidence, kind='stable')
    order = order[evidence[order] >= min_count]
    fold = samples.image % _FOLDS
    num_true = samples.truth.sum(1)
    for _ in range(_PASSES):
        before = current.copy()
        num_said, common = said.sum(1), (said & samples.truth).sum(1)
        for a in order:
            has = samples.truth[:, a]
            num_said -= said[:, a]
            common -= said[:, a] & has
            size = num_said + num_true
            gain = 2 * (common + has) / (size + 1) - 2 * common / size
            current[a] = _choose(gain, levels[:, a], fold, current[a], margin)
            said[:, a] = levels[:, a] > current[a]
            num_said += said[:, a]
            common += said[:, a] & has
        if (current == before).all():
            break
    return current


def _choose(gain, level, fold, current: int, margin: float) -> int:
    """The threshold of one attribute.

    Args:
        gain (np.ndarray): (M,) what saying the attribute adds to each set-F1.
        level (np.ndarray): (M,) thresholds that each score reaches.
        fold (np.ndarray): (M,) part of the data.
        current (int): position in the grid of the threshold so far.
        margin (float): standard errors that a change has to gain.
    """
    by_fold = _reached(gain, level, fold)
    total = by_fold.sum(0)
    chosen = [_peak(total - part, current) for part in by_fold]
    gained = sum(by_fold[f, t] - by_fold[f, current] for f, t in enumerate(chosen))
    squares = _reached(gain**2, level, fold)
    spread = sum(abs(squares[f, t] - squares[f, current]) for f, t in enumerate(chosen))
    if gained <= margin * np.sqrt(spread):
        return current
    return _peak(total, current)


def _reached(values, level, fold) -> np.ndarray:
    """(F, T) sums over the samples that reach each threshold."""
    width = len(GRID) + 1
    cells = fold * width + level
    sums = np.bincount(cells, values, _FOLDS * width).reshape(_FOLDS, width)
    return sums[:, :0:-1].cumsum(1)[:, ::-1]


def _peak(values: np.ndarray, current: int) -> int:
    """Position of the highest value, of equal ones the nearest to the current."""
    best = np.flatnonzero(values >= values.max() - 1e-12)
    return int(best[np.argmin(np.abs(best - current))])
