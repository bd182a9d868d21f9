"""A submission's rows, written picture by picture.

Every picture has a row, as the competition took no file that left one out: one
without any segment gets a pixel in its corner, as public solutions did. It costs
nothing: such a picture scores 0 either way.
"""

import csv
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from projects.fashion_attr.datasets.annotations import atomic_writer
from projects.fashion_attr.structures.kaggle_rle import runs_to_kaggle

from ..functional.kaggle_files import SUBMISSION_COLUMNS
from .pictures import Sizes
from .prediction_files import PredictionFile
from .segments import Rules, Segment, make_segments

FILLER = ('1 1', '23', '')  # pixels, class (shoe: never has attributes), attributes


@dataclass
class Written:
    """What has gone into a submission.

    Attributes:
        pictures (int): pictures.
        segments (int): rows with a segment.
        rescued (int): of those, the best ones of pictures with none above the
            threshold.
        fillers (int): pictures without any segment.
        below (int): detections below the threshold.
        vanished (int): detections without a pixel after the resize.
        covered (int): detections without a pixel beside better ones.
    """

    pictures: int = 0
    segments: int = 0
    rescued: int = 0
    fillers: int = 0
    below: int = 0
    vanished: int = 0
    covered: int = 0


def write_submission(
    path: str | Path,
    sizes: Sizes,
    predictions: PredictionFile,
    rules: Rules,
    score_thr: float,
    keep_best: bool = False,
    progress: bool = False,
) -> Written:
    """Write a submission; one picture is in memory at a time.

    Args:
        path (str | Path): the CSV file; it is replaced as a whole or not at all, its
            folder is made.
        sizes (Sizes): the pictures to answer for, in the order of the rows.
        predictions (PredictionFile): of these pictures, or some of them.
        rules (Rules): how detections become segments.
        score_thr (float): least score of a segment.
        keep_best (bool): where a picture has none, take its best one below.
        progress (bool): show a progress bar.

    Returns:
        Written: how much of what.

    Raises:
        OSError: if the file cannot be written.
        ValueError: if there are predictions of other pictures; else see
            `make_segments`.
    """
    check_pictures(sizes, predictions)
    written = Written(pictures=len(sizes))
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    bar = tqdm(sizes.items(), unit='picture', desc='writing', disable=not progress)
    with atomic_writer(path) as file:
        rows = csv.writer(file, lineterminator='\n')
        rows.writerow(SUBMISSION_COLUMNS)
        for image_id, size in bar:
            name = f'{predictions.path}, ImageId {image_id}'
            results = predictions.results(image_id)
            segments = _chosen(
                results, size, rules, name, (score_thr, keep_best), written
            )
            rows.writerows(_rows(image_id, segments))
    return written


def check_pictures(sizes: Sizes, predictions: PredictionFile) -> None:
    """Refuse predictions of pictures that are not asked for.

    Args:
        sizes (Sizes): the pictures to answer for.
        predictions (PredictionFile): what there is.

    Raises:
        ValueError: naming one.
    """
    unknown = sorted(predictions.image_ids - sizes.keys())
    if unknown:
        raise ValueError(
            f'{predictions.path} has predictions of {len(unknown):,} pictures that '
            f'are not among the {len(sizes):,} to answer for, as {unknown[0]}: they '
            'are of another folder'
        )


def _chosen(
    results: Sequence[dict],
    size: tuple[int, int],
    rules: Rules,
    name: str,
    choice: tuple[float, bool],
    written: Written,
) -> list[Segment]:
    """The segments of a picture that are written, and count what is not."""
    score_thr, keep_best = choice
    above = [r for r in results if not _is_below(r, score_thr)]
    made = make_segments(above, size, rules, name)
    kept = made.kept
    if not kept and keep_best and len(above) < len(results):
        kept = make_segments(results, size, rules, name).kept[:1]
        written.rescued += len(kept)
    written.below += len(results) - len(above)
    written.vanished += made.vanished
    written.covered += made.covered
    written.segments += len(kept)
    written.fillers += not kept
    return kept


def _is_below(result: dict, score_thr: float) -> bool:
    """Whether a result can be left unread; what is no number is refused later."""
    score = result.get('score')
    is_number = isinstance(score, int | float) and not isinstance(score, bool)
    return is_number and -math.inf < score < score_thr


def _rows(image_id: str, segments: Sequence[Segment]) -> Iterator[tuple]:
    if not segments:
        yield image_id, *FILLER
    for segment in segments:
        ids = ','.join(map(str, segment.attribute_ids))
        yield image_id, runs_to_kaggle(segment.runs), segment.category_id, ids
