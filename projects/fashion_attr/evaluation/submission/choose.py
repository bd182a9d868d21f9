"""The least score of a segment, chosen by the competition's metric on known pictures.

The metric is a precision: an object that is missed costs nothing, a segment that
fails does. A high threshold therefore pays until pictures are left without segment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from tqdm import tqdm

from ..functional.ground_truth import GroundTruth
from ..functional.kaggle import evaluate_kaggle
from ..functional.kaggle_files import images_by_name
from ..functional.markdown import markdown_table
from ..functional.predictions import Predictions
from .pictures import sizes_of
from .prediction_files import PredictionFile
from .segments import Rules, make_segments
from .small_truth import as_predictions, at_submission_size
from .write import check_pictures

# 1 leaves each picture its best segment, or none.
SCORE_THRESHOLDS = (*(round(0.05 * n, 2) for n in range(20)), 0.975, 0.99, 1.0)


@dataclass(frozen=True)
class Choice:
    """Thresholds tried.

    Attributes:
        rows (tuple[dict, ...]): for each ``threshold`` the ``score`` of the whole
            submission, its number of ``segments``, and ``pictures without`` any.
    """

    rows: tuple[dict, ...]

    @property
    def best(self) -> dict:
        """The row of the highest score; of equal ones that of the most segments."""
        return max(self.rows, key=lambda row: (row['score'], -row['threshold']))

    def table(self) -> str:
        """The rows as Markdown, the one that is taken marked."""
        return markdown_table([self._shown(row) for row in self.rows])

    def _shown(self, row: dict) -> dict:
        texts = dict(threshold=f'{row["threshold"]:g}', score=f'{row["score"]:.4f}')
        return row | texts | dict(taken='<-' if row is self.best else '')


def choose_score_threshold(
    gt: GroundTruth,
    predictions: PredictionFile,
    rules: Rules,
    keep_best: bool = False,
    thresholds: Sequence[float] = SCORE_THRESHOLDS,
    progress: bool = False,
) -> Choice:
    """Score the submissions that several thresholds would give.

    Args:
        gt (GroundTruth): pictures with their objects, masks at the pictures' size.
        predictions (PredictionFile): of these pictures.
        rules (Rules): how detections become segments.
        keep_best (bool): where a picture has none, its best one below is taken.
        thresholds (Sequence[float]): least scores to try.
        progress (bool): show a progress bar.

    Returns:
        Choice: a row a threshold, ascending.

    Raises:
        ValueError: see `write_submission` and `at_submission_size`.
    """
    sizes = sizes_of(gt)
    check_pictures(sizes, predictions)
    small = at_submission_size(gt, rules.longest_edge)
    index = images_by_name(gt)
    bar = tqdm(sizes.items(), unit='picture', desc='choosing', disable=not progress)
    found = as_predictions(
        small,
        (
            (index[name], _segments(predictions, name, size, rules))
            for name, size in bar
        ),
    )
    if keep_best:
        found = replace(found, scores=_best_always(found))
    return Choice(tuple(_row(small, found, t) for t in sorted(thresholds)))


def _segments(predictions: PredictionFile, image_id: str, size, rules: Rules):
    name = f'{predictions.path}, ImageId {image_id}'
    return make_segments(predictions.results(image_id), size, rules, name).kept


def _best_always(found: Predictions) -> np.ndarray:
    """(N,) scores, that of the first of each picture above any threshold."""
    scores = found.scores.copy()
    scores[np.flatnonzero(np.diff(found.image, prepend=-1))] = np.inf
    return scores


def _row(gt: GroundTruth, found: Predictions, threshold: float) -> dict:
    kept = found.scores >= threshold
    return {
        'threshold': float(threshold),
        'score': evaluate_kaggle(gt, found, score_thr=threshold)['score'],
        'segments': int(kept.sum()),
        'pictures without': len(gt.image_ids) - len(np.unique(found.image[kept])),
    }
