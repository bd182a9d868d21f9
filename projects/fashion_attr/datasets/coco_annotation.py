"""One annotation of a COCO / Fashionpedia file, read alike by dataset and metric.

Every function takes the annotation and a name for it, which errors begin with.
"""

import math
import reprlib
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from pycocotools import mask as mask_utils

from ..structures.polygons import check_polygon
from ..structures.rle import (
    are_whole,
    check_form,
    counts_to_runs,
    decompress_counts,
    runs_area,
    runs_bbox,
)

_USUAL = {int, float}  # asked for first: an abstract class takes longer


def attribute_ids(ann: Mapping, name: str) -> list[int]:
    """The ids of the attributes, as the file has them.

    Args:
        ann (Mapping): the annotation.
        name (str): what errors call it.

    Returns:
        list[int]: ids of the taxonomy; empty where there are none.

    Raises:
        ValueError: if there is no ``attribute_ids``, or it is no list of whole numbers.
    """
    ids = ann.get('attribute_ids')
    if ids is None:
        raise ValueError(
            f'{name} has no attribute_ids; it is [] for an object without attributes'
        )
    is_list = isinstance(ids, list | tuple) and bool not in set(map(type, ids))
    if not is_list or not are_whole(ids):
        raise ValueError(
            f'{name} has the attribute_ids {reprlib.repr(ids)}; they are a list of '
            'whole numbers'
        )
    return ids


def flag(ann: Mapping, field: str, name: str) -> bool:
    """``iscrowd``, or ``ignore``.

    Args:
        ann (Mapping): the annotation.
        field (str): which; False where the annotation lacks it or it is null.
        name (str): what errors call it.

    Returns:
        bool: what it says.

    Raises:
        ValueError: if it is neither 0 nor 1: of a text such as '0' every reader that
            asks for truth makes a crowd.
    """
    given = ann.get(field)
    if given is None:
        return False
    if not isinstance(given, int | float) or given not in (0, 1):
        raise ValueError(f'{name} has {field} {given!r}; it is 0 or 1')
    return bool(given)


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
    if given is None or (isinstance(given, list | tuple | dict) and not given):
        return None
    if isinstance(given, dict):
        _check_rle(given, name)
        return given
    if not isinstance(given, list | tuple):
        raise ValueError(
            f'{name} has the segmentation {reprlib.repr(given)}, neither polygons nor '
            'RLE'
        )
    for polygon in given:
        check_polygon(polygon, name)
    polygons = [polygon for polygon in given if len(polygon) >= 6]
    if not polygons:
        raise ValueError(f'{name} has no polygon of 3 points or more')
    return polygons


def as_rle(mask: dict | list, size: tuple[int, int], name: str = 'the mask') -> dict:
    """Polygons, plain or compressed RLE as compressed RLE.

    Args:
        mask (dict | list): what :func:`segmentation` gives.
        size (tuple[int, int]): (h, w) of the image in pixels, for polygons.
        name (str): what errors call it.

    Returns:
        dict: ``size`` and compressed ``counts``.

    Raises:
        ValueError: if plain counts are negative or too large for any picture.
    """
    if isinstance(mask, list):
        polygons = mask_utils.frPyObjects(mask, int(size[0]), int(size[1]))
        return mask_utils.merge(polygons)
    if isinstance(mask['counts'], str | bytes):
        return mask
    try:
        return mask_utils.frPyObjects(
            dict(mask, counts=list(mask['counts'])), *mask['size']
        )
    except OverflowError as error:
        raise ValueError(
            f'{name}: the counts of the RLE are {reprlib.repr(mask["counts"])}; they '
            'are numbers of pixels, none below 0'
        ) from error


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
        if not _is_box(xywh):
            raise ValueError(
                f'{name} has the box {reprlib.repr(xywh)}; it is x, y, width and '
                'height in pixels'
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
        ValueError: if the area is no finite number, or the mask not sound.
    """
    given = given_area(ann, name)
    if given is not None:
        return given
    mask = segmentation(ann, name)
    if mask is None:
        return xywh[2] * xywh[3]
    if isinstance(mask, dict):
        return float(runs_area(_runs(mask, name)))
    return float(mask_utils.area(as_rle(mask, size, name)))


def _is_box(given: Any) -> bool:
    is_row = isinstance(given, list | tuple | np.ndarray) and len(given) == 4
    return is_row and _are_numbers(given)


def _are_numbers(values: Any) -> bool:
    """Whether all are finite numbers, as floats can be."""
    kinds = set(map(type, values))
    if not kinds <= _USUAL and (
        bool in kinds or not all(issubclass(kind, Real) for kind in kinds)
    ):
        return False
    try:
        return math.isfinite(sum(values))
    except OverflowError:
        return False


def given_area(ann: Mapping, name: str) -> float | None:
    """The file's own area.

    Args:
        ann (Mapping): the annotation.
        name (str): what errors call it.

    Returns:
        float | None: in square pixels; None where the file has none.

    Raises:
        ValueError: if it is no finite number.
    """
    given = ann.get('area')
    if given is not None and not _are_numbers([given]):
        raise ValueError(
            f'{name} has the area {reprlib.repr(given)}, not a number of pixels'
        )
    return given


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
