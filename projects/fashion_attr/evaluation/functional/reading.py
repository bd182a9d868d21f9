"""Ground truth and predictions from files, whatever their format."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from projects.fashion_attr.datasets.json_file import (
    decode_json,
    load_json,
    refuse_other_files,
)

from .attribute_scores import ATTR_THR
from .constant import fit_constant
from .ground_truth import GroundTruth, check_tables
from .predictions import Predictions

# A list for a number, a number beyond 64 bits, brackets a thousand deep.
_WRONG_FORM = (TypeError, AttributeError, OverflowError, RecursionError)


def read_ground_truth(path: str | Path, with_masks: bool = True) -> GroundTruth:
    """Read a COCO / Fashionpedia JSON, or Kaggle's CSV.

    Args:
        path (str | Path): file; a CSV is known by its suffix.
        with_masks (bool): read the masks of a JSON too.

    Returns:
        GroundTruth: of all images and categories of the file.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming the file and the entry that is not sound.
    """
    if _is_csv(path):
        from .kaggle_files import read_kaggle_ground_truth

        return read_kaggle_ground_truth(path)
    with named(path):
        return GroundTruth.from_coco(read_coco(path), with_masks)


def read_coco(path: str | Path) -> dict:
    """Load a COCO JSON.

    Args:
        path (str | Path): file.

    Returns:
        dict: its tables.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is no JSON, or lacks images or annotations.
    """
    coco = load_json(path)
    check_tables(coco)
    return coco


def read_predictions(
    path: str | Path,
    gt: GroundTruth,
    attr_thr: float | np.ndarray = ATTR_THR,
    with_masks: bool = True,
    keep_scores: bool = False,
    empty_boxes: str = 'error',
) -> Predictions:
    """Read COCO results, or a Kaggle submission.

    Args:
        path (str | Path): file; a CSV is known by its suffix.
        gt (GroundTruth): what the detections are to be compared with.
        attr_thr (float | np.ndarray): least attribute score, where results have
            ``attr_scores``; see ``above_threshold``.
        with_masks (bool): read the masks of a JSON too.
        keep_scores (bool): keep ``attr_scores``, where every result has them.
        empty_boxes (str): ``'error'`` refuses boxes without area, ``'keep'`` lets
            them stand as false positives, as F1SegmMetric does.

    Returns:
        Predictions: the detections as arrays.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming the file and the entry that is not sound.
    """
    if _is_csv(path):
        from .kaggle_files import read_submission

        return read_submission(path, gt)
    with named(path):
        results = read_results(path)
        return Predictions.from_coco(
            results, gt, attr_thr, with_masks, keep_scores, empty_boxes
        )


def read_constant(path: str | Path | None, gt: GroundTruth) -> dict | None:
    """Fit the constant predictor to a training file.

    Args:
        path (str | Path | None): COCO JSON with ``attribute_ids``.
        gt (GroundTruth): what it is to be evaluated on.

    Returns:
        dict | None: category id to attribute ids; None without a path.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming the file and what is not sound.
    """
    if path is None:
        return None
    with named(path):
        return fit_constant(read_coco(path), gt)


def read_results(path: str | Path) -> list[dict]:
    """Load COCO results with their attribute scores as float32 arrays.

    A Python list takes about eight times the memory of such an array, so a file
    with one result a line, as F1SegmMetric writes it, is read line by line.

    Args:
        path (str | Path): JSON file.

    Returns:
        list[dict]: COCO results.

    Raises:
        OSError: if the file cannot be read.
        ValueError: if it is no JSON list of objects with image_id.
    """
    refuse_other_files(path)
    with open(path, encoding='utf-8-sig') as file:
        # What cannot be read in lines is read as a whole, which says what is wrong.
        results = _from_lines(file) if file.readline().strip() == '[' else None
    if results is not None:
        return results
    results = load_json(path)
    if not isinstance(results, list):
        raise ValueError('not a list of COCO results')
    for n, result in enumerate(results):
        if not _is_result(result):
            raise ValueError(
                f'entry {n} is no COCO result with image_id, category_id and score'
            )
    return [_compact(result, n) for n, result in enumerate(results)]


@contextmanager
def named(path: str | Path) -> Iterator[None]:
    """Begin errors of what is read from a file with its path.

    Args:
        path (str | Path): the file.

    Raises:
        ValueError: in place of the ValueError or KeyError raised inside, and of what
            lists, texts and numbers in each other's place lead to.
    """
    try:
        yield
    except KeyError as error:
        raise ValueError(f'{path}: an entry has no {error}') from error
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error
    except _WRONG_FORM as error:
        raise ValueError(
            f'{path}: an entry is not of the form that it should be: {error}'
        ) from error


def write_json(value: dict, path: str | Path) -> None:
    """Write JSON, indented; its folder is made.

    Args:
        value (dict): what to write.
        path (str | Path): file.

    Raises:
        OSError: if the file cannot be written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + '\n')


def write_csv(rows: list[dict], path: str | Path) -> None:
    """Write dicts of the same keys as CSV; its folder is made.

    Args:
        rows (list[dict]): one a line; the first one's keys are the header.
        path (str | Path): file.

    Raises:
        OSError: if the file cannot be written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, 'w', newline='') as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)


def _from_lines(lines: Iterator[str]) -> list[dict] | None:
    """Results that stand one a line; None where they stand otherwise."""
    results = []
    for line in lines:
        line = line.strip().rstrip(',')
        if line == ']':
            # What follows would be lost: another list perhaps.
            return None if any(map(str.strip, lines)) else results
        try:
            result = decode_json(line)
        except ValueError:
            return None
        if not _is_result(result):
            return None
        results.append(_compact(result, len(results)))
    return None


def _compact(result: dict, n: int) -> dict:
    if result.get('attr_scores') is not None:
        try:
            result['attr_scores'] = np.asarray(result['attr_scores'], np.float32)
        except (TypeError, ValueError) as error:
            raise ValueError(f'entry {n}: attr_scores are no numbers') from error
    return result


def _is_result(value) -> bool:
    needed = {'image_id', 'category_id', 'score'}
    return isinstance(value, dict) and needed <= set(value)


def _is_csv(path: str | Path) -> bool:
    return Path(path).suffix.lower() == '.csv'
