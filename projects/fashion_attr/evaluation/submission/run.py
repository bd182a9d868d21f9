"""What tools/make_submission.py does: choose, write, read back, check."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from ..functional.attribute_scores import ATTR_THR
from ..functional.reading import read_ground_truth, write_json
from ..functional.submission_size import LONGEST_EDGE
from ..functional.thresholds_file import threshold_of
from .bare_classes import read_bare_classes
from .check import check_submission
from .choose import choose_score_threshold
from .faults import Checked, format_checked
from .pictures import Sizes, find_pictures, read_image_names, read_sizes
from .prediction_files import open_predictions
from .segments import TAXONOMY, Rules
from .write import Written, check_pictures, write_submission

SCORE_THR = 0.3  # the paper's class threshold
Say = Callable[[str], object]


@dataclass(frozen=True)
class SubmissionRequest:
    """One submission.

    Attributes:
        predictions (Path): see ``prediction_files``.
        images (Path): folder of the pictures to answer for.
        out (Path): CSV file to write.
        ann (Path | None): COCO JSON that was predicted on; its images alone are
            answered for.
        thresholds (str): least attribute score, or a file of them.
        train_ann (Path | None): training annotations, which say what classes never
            have attributes.
        no_overlap (str): see ``Rules``.
        longest_edge (int): see ``Rules``.
        score_thr (float): least score of a segment, where none is chosen.
        choose_score_thr (Path | None): predictions of pictures with ground truth, to
            choose it on.
        val_ann (Path | None): that ground truth.
        keep_best (bool): see ``write_submission``.
        json (Path | None): where to write settings, choice and counts.
        progress (bool): show progress bars.
    """

    predictions: Path
    images: Path
    out: Path
    ann: Path | None = None
    thresholds: str = str(ATTR_THR)
    train_ann: Path | None = None
    no_overlap: str = 'class'
    longest_edge: int = LONGEST_EDGE
    score_thr: float = SCORE_THR
    choose_score_thr: Path | None = None
    val_ann: Path | None = None
    keep_best: bool = False
    json: Path | None = None
    progress: bool = False


def make_submission(request: SubmissionRequest, say: Say) -> Checked:
    """Write a submission, read it back and check it.

    Args:
        request (SubmissionRequest): what is wanted.
        say (Callable): takes the text to show, piece by piece.

    Returns:
        Checked: what was found in the file that was written.

    Raises:
        OSError: if a file cannot be read or written.
        ValueError: naming the file and the entry that is not sound.
    """
    _check(request)
    sizes = _sizes(request, say)
    predictions = open_predictions(request.predictions, request.ann)
    check_pictures(sizes, predictions)
    rules = _rules(request, say)
    score_thr, rows = _score_threshold(request, rules, say)
    written = write_submission(
        request.out,
        sizes,
        predictions,
        rules,
        score_thr,
        request.keep_best,
        request.progress,
    )
    say(_written_text(written, request.out, score_thr))
    checked = check_submission(
        request.out, sizes, request.longest_edge, request.no_overlap
    )
    say(format_checked(request.out, checked))
    if request.json is not None:
        write_json(_summary(request, score_thr, rows, written), request.json)
    return checked


def _check(request: SubmissionRequest) -> None:
    """Refuse, before anything long begins, what cannot come to an end."""
    if request.out.is_dir():
        raise ValueError(f'--out {request.out} is a folder; name a file in it')
    if request.out in (request.predictions, request.choose_score_thr):
        raise ValueError(f'--out {request.out} would replace the predictions')
    if (request.choose_score_thr is None) != (request.val_ann is None):
        raise ValueError('--choose-score-thr and --val-ann go together')
    if not 0 <= request.score_thr <= 1:
        raise ValueError(f'--score-thr lies in 0..1, got {request.score_thr}')


def _sizes(request: SubmissionRequest, say: Say) -> Sizes:
    wanted = _wanted(request.ann)
    sizes = read_sizes(request.images, wanted)
    others = len(find_pictures(request.images)) - len(sizes)
    if others:
        say(
            f'{request.ann} does not name {others:,} pictures of {request.images}: '
            'they are left out'
        )
    return sizes


def _wanted(ann: Path | None) -> set[str] | None:
    return None if ann is None else set(read_image_names(ann).values())


def _rules(request: SubmissionRequest, say: Say) -> Rules:
    bare = frozenset()
    if request.train_ann is None:
        say('without --train-ann, classes that never have attributes may get some')
    else:
        bare = read_bare_classes(request.train_ann)
        names = [TAXONOMY.category_names[k] for k in sorted(bare)]
        say(f'{len(bare)} classes never have attributes: {"; ".join(names) or "none"}')
    thresholds = threshold_of(
        request.thresholds, TAXONOMY.category_ids, TAXONOMY.attribute_ids
    )
    return Rules(thresholds, request.longest_edge, request.no_overlap, bare)


def _score_threshold(request: SubmissionRequest, rules: Rules, say: Say):
    """The threshold, and the rows of the table that it was chosen from."""
    if request.choose_score_thr is None:
        return request.score_thr, []
    gt = read_ground_truth(request.val_ann)
    predictions = open_predictions(request.choose_score_thr, request.val_ann)
    without = len(gt.image_ids) - len(predictions.image_ids)
    if without > 0:
        say(
            f'{request.choose_score_thr} has nothing for {without:,} of the '
            f'{len(gt.image_ids):,} pictures of {request.val_ann}: each scores 0'
        )
    choice = choose_score_threshold(
        gt, predictions, rules, request.keep_best, progress=request.progress
    )
    best = choice.best
    say(
        f'{choice.table()}\n\ntaken: least score {best["threshold"]:g}, which has '
        f'{best["score"]:.4f} on {len(gt.image_ids):,} pictures\n'
    )
    return best['threshold'], list(choice.rows)


def _written_text(written: Written, out: Path, score_thr: float) -> str:
    return (
        f'{out}: {written.segments:,} segments of {written.pictures:,} pictures with '
        f'scores from {score_thr:g}; {written.rescued:,} of them below, the best of '
        f'their pictures; {written.fillers:,} pictures without any\n'
        f'left out: {written.below:,} detections below, {written.vanished:,} without a '
        f'pixel at this size, {written.covered:,} covered by better ones'
    )


def _summary(request: SubmissionRequest, score_thr: float, rows: list, written):
    settings = {
        name: str(value) if isinstance(value, Path) else value
        for name, value in asdict(request).items()
        if name not in ('json', 'progress')
    }
    return dict(settings, score_thr=score_thr, tried=rows, written=asdict(written))
