"""What a polygon of a COCO segmentation has to be like."""

import reprlib
from typing import Any

import numpy as np

# pycocotools draws every fifth of a pixel of an edge: far points fill the memory, or
# overflow and leave nothing. No picture comes near it.
FARTHEST = 1_000_000


def check_polygon(polygon: Any, name: str) -> None:
    """Refuse what pycocotools would fill in some way or leave empty in silence.

    Args:
        polygon (Any): x, y, x, y, ... in pixels, any number of points.
        name (str): whose it is; errors begin with it.

    Raises:
        ValueError: if it is no list of an even number of finite numbers, at most
            1,000,000 pixels from the corner of the picture.
    """
    if not isinstance(polygon, list | tuple | np.ndarray):
        raise ValueError(
            f'{name} has a polygon that is {reprlib.repr(polygon)}, not a list of '
            'numbers'
        )
    if len(polygon) % 2:
        raise ValueError(
            f'{name} has a polygon of {len(polygon)} numbers; they are x, y, x, y, ...'
        )
    if not _is_within(polygon):
        raise ValueError(
            f'{name} has the polygon {reprlib.repr(polygon)}; it is x, y, x, y, ..., '
            f'all numbers and within {FARTHEST:,} pixels'
        )


def _is_within(polygon: list | tuple | np.ndarray) -> bool:
    if not len(polygon):
        return True
    if _is_row(polygon):
        # As the loader of a picture has them: Python's loops take 50 times as long.
        # False for NaN.
        return bool(np.abs(polygon, dtype=np.float64).max() <= FARTHEST)
    try:
        # The sum is NaN where one of them is; least and greatest need not be.
        total = float(sum(polygon))
        return total == total and max(-min(polygon), max(polygon)) <= FARTHEST
    except (TypeError, ValueError, OverflowError):
        return False


def _is_row(polygon: list | tuple | np.ndarray) -> bool:
    is_array = isinstance(polygon, np.ndarray)
    return is_array and polygon.ndim == 1 and polygon.dtype.kind in 'iuf'
