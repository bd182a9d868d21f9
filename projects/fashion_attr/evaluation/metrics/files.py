"""The files that a metric is built on, read at once so that faults show at once."""

from typing import Any

from mmengine.fileio import get_local_path
from mmengine.logging import MMLogger

from projects.fashion_attr.datasets.json_file import load_json
from projects.fashion_attr.evaluation.functional.constant import fit_constant
from projects.fashion_attr.evaluation.functional.ground_truth import GroundTruth
from projects.fashion_attr.evaluation.functional.reading import named


def load_ground_truth(
    path: str, with_masks: bool, backend_args: dict | None = None
) -> GroundTruth:
    """Read the ground truth, and log how many of its objects have no area.

    Args:
        path (str): COCO JSON with ``attribute_ids``.
        with_masks (bool): read masks too.
        backend_args (dict | None): mmengine's file backend.

    Returns:
        GroundTruth: of all images and categories of the file.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the file is broken, naming it and the annotation.
    """
    try:
        with named(path):
            coco = _load(path, backend_args)
            gt = GroundTruth.from_coco(coco, with_masks)
    except FileNotFoundError as error:
        raise FileNotFoundError(
            f'ann_file {path} does not exist; run tools/prepare_imaterialist.py '
            'on the data root to make it'
        ) from error
    if gt.num_left_out:
        MMLogger.get_current_instance().warning(
            f'{path}: {gt.num_left_out} objects left out that have no area'
        )
    return gt


def load_constant(
    path: str, gt: GroundTruth, backend_args: dict | None = None
) -> dict[int, tuple[int, ...]] | None:
    """Fit the constant predictor to a training set.

    Args:
        path (str): COCO JSON with ``attribute_ids``.
        gt (GroundTruth): what the predictor will be evaluated against.
        backend_args (dict | None): mmengine's file backend.

    Returns:
        dict[int, tuple[int, ...]] | None: see ``constant_attributes``; None where
        there is no such file.

    Raises:
        ValueError: if the file is broken, or has attributes that ``gt`` does not
            know, naming it and the annotation or category.
    """
    try:
        with named(path):
            coco = _load(path, backend_args)
            return fit_constant(coco, gt)
    except FileNotFoundError:
        return None


def _load(path: str, backend_args: dict | None) -> Any:
    with get_local_path(path, backend_args=backend_args) as local:
        return load_json(local)
