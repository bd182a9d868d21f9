"""One annotation of a COCO / Fashionpedia file, read alike by dataset and metric.

Every function takes the annotation and a name for it, which errors begin with.
"""

import math
from collections.abc import Mapping

import numpy as np
from pycocotools import mask as mask_utils

from ..structures.polygons import check_polygon
from ..structures.rle import (
    check_form,
    counts_to_runs,
    decompress_counts,
    runs_area,
    runs_bbox,
)


def attribute_ids(ann: Mapping, name: str) -> list[int]:
    """The ids of the attributes, as the file has them.

    Args:
        ann (Mapping): the annotation.
        name (str): what errors call it.

    Returns:
        list[int]: ids of the taxonomy; empty where there are none.

    Raises:
        ValueError: if there is no ``attribute_ids``.
    """
    if ann.get('attribute_ids') is None:
        raise ValueError(
            f'{name} has no attribute_ids; it is [] for an object without attributes'
        )
    return ann['attribute_ids']


def segmentation(ann: Mapping, name: str) -> dict | list | None:
    """The mask, without polygons that enclose nothing.

    Args:
        ann (Mapping): the annotation, or a COCO result.
        name (str): what errors call it.

    Returns:
        dict | list | None: RLE; or polygons of 3 points and more; None where the
        file has no mask.

    Raises:
        ValueError: if it is neither, if polygons are no lists of finite numbers x, y,
            x, y, ..., if none has 3 points, or if RLE lacks size or counts or they
            are of no form that COCO has.
    """
    given = ann.get('segmentation')
    if not given:
        return None
    if isinstance(given, dict):
        _check_rle(given, name)
        return given
    if not isinstance(given, list | tuple):
        raise ValueError(
            f'{name} has the segmentation {given!r}, neither polygons nor RLE'
        )
    for polygon in given:
        check_polygon(polygon, name)
    polygons = [polygon for polygon in given if len(polygon) >= 6]
    if not polygons:
        raise ValueError(f'{name} has no polygon of 3 points or more')
    return polygons


def as_rle(mask: dict | list, size: tuple[int, int]) -> dict:
    """Polygons, plain or compressed RLE as compressed RLE.

    Args:
        mask (dict | list): what :func:`segmentation` gives.
        size (tuple[int, int]): (h, w) of the image in pixels, for polygons.

    Returns:
        dict: ``size`` and compressed ``counts``.
    """
    if isinstance(mask, list):
        polygons = mask_utils.frPyObjects(mask, int(size[0]), int(size[1]))
        return mask_utils.merge(polygons)
    if isinstance(mask['counts'], list):
        return mask_utils.frPyObjects(mask, *mask['size'])
    return mask


def box(ann: Mapping, name: str) -> list[float]:
    """The box, the mask's where the file has none.

    Args:
        ann (Mapping): the annotation.
        name (str): what errors call it.

    Returns:
        list[float]: xywh in pixels.

    Raises:
        ValueError: if the box is not four finite numbers, or if there is neither
            box nor sound mask.
    """
    xywh = ann.get('bbox')
    if xywh is not None:
        if len(xywh) != 4 or not math.isfinite(sum(xywh)):
            raise ValueError(
                f'{name} has the box {xywh}; it is x, y, width and height in pixels'
            )
        return xywh
    mask = segmentation(ann, name)
    if mask is None:
        raise ValueError(f'{name} has neither bbox nor segmentation')
    if isinstance(mask, dict):
        return runs_bbox(_runs(mask, name), mask['size'])
    points = np.concatenate([np.reshape(polygon, (-1, 2)) for polygon in mask])
    low, high = points.min(axis=0), points.max(axis=0)
    return [*low.tolist(), *(high - low).tolist()]


def area(ann: Mapping, xywh: list[float], size: tuple[int, int], name: str) -> float:
    """The area; the mask's where the file has none, the box's without a mask.

    Args:
        ann (Mapping): the annotation.
        xywh (list[float]): its box, see :func:`box`.
        size (tuple[int, int]): (h, w) of the image in pixels, for polygons.
        name (str): what errors call it.

    Returns:
        float: in square pixels.

    Raises:
        ValueError: if the area is NaN or infinite, or the mask not sound.
    """
    given = ann.get('area')
    if given is not None:
        if not math.isfinite(given):
            raise ValueError(f'{name} has the area {given}')
        return given
    mask = segmentation(ann, name)
    if mask is None:
        return xywh[2] * xywh[3]
    if isinstance(mask, dict):
        return float(runs_area(_runs(mask, name)))
    return float(mask_utils.area(as_rle(mask, size)))


def _check_rle(rle: dict, name: str) -> None:
    if not {'size', 'counts'} <= set(rle):
        raise ValueError(
            f'{name} has a run-length mask with {sorted(rle)}, not size and counts'
        )
    try:
        check_form(rle)
    except ValueError as error:
        raise ValueError(f'{name}: {error}') from error


def _runs(rle: dict, name: str) -> np.ndarray:
    try:
        return counts_to_runs(decompress_counts(rle))
    except ValueError as error:
        raise ValueError(f'{name}: {error}') from error
