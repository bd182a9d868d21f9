"""What tools/check_submission.py does: check a submission, score a sound one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..functional.ground_truth import GroundTruth
from ..functional.kaggle import evaluate_kaggle
from ..functional.kaggle_files import read_submission
from ..functional.reading import read_ground_truth
from ..functional.submission_size import LONGEST_EDGE
from .check import check_submission
from .faults import SHOWN, Checked, format_checked
from .pictures import read_image_names, read_sizes, sizes_of
from .small_truth import at_submission_size


@dataclass(frozen=True)
class CheckRequest:
    """One check.

    Attributes:
        submission (Path): CSV file.
        images (Path | None): folder of the pictures; None: those of ``gt``.
        ann (Path | None): COCO JSON; of the folder, its images alone count.
        gt (Path | None): COCO JSON or ``train.csv`` to score it by.
        longest_edge (int): see ``check_submission``.
        no_overlap (str): see ``check_submission``.
        max_shown (int): faults to show.
    """

    submission: Path
    images: Path | None = None
    ann: Path | None = None
    gt: Path | None = None
    longest_edge: int = LONGEST_EDGE
    no_overlap: str = 'class'
    max_shown: int = SHOWN


def check_file(request: CheckRequest, say: Callable[[str], object]) -> Checked:
    """Check a submission, and score it where the ground truth is known.

    Args:
        request (CheckRequest): what is wanted.
        say (Callable): takes the text to show, piece by piece.

    Returns:
        Checked: what was found.

    Raises:
        OSError: if a file cannot be read.
        ValueError: naming the file and what of it is not sound; if there is neither
            a folder of pictures nor ground truth.
    """
    truth = None if request.gt is None else read_ground_truth(request.gt)
    sizes = _sizes(request, truth)
    checked = check_submission(
        request.submission, sizes, request.longest_edge, request.no_overlap
    )
    say(format_checked(request.submission, checked, request.max_shown))
    if truth is not None and checked.faults:
        say('no score: mend the faults first')
    elif truth is not None:
        score = competition_score(request.submission, truth, request.longest_edge)
        say(f"the competition's score by {request.gt}: {score:.4f}")
    return checked


def competition_score(
    submission: Path, gt: GroundTruth, longest_edge: int = LONGEST_EDGE
) -> float:
    """Score a submission, with the ground truth brought to its size.

    Args:
        submission (Path): CSV file.
        gt (GroundTruth): masks at the size of the pictures.
        longest_edge (int): of the submission's masks, in pixels; 0: the pictures'.

    Returns:
        float: see ``evaluate_kaggle``.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming what of it is not sound.
    """
    small = at_submission_size(gt, longest_edge)
    return evaluate_kaggle(small, read_submission(submission, small))['score']


def _sizes(request: CheckRequest, truth: GroundTruth | None):
    if request.images is None:
        if truth is None:
            raise ValueError('give the folder of the pictures, or ground truth')
        return sizes_of(truth)
    wanted = request.ann and set(read_image_names(request.ann).values())
    return read_sizes(request.images, wanted)
