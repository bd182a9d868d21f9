"""COCO's RLE and polygons as column segments."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from pycocotools import mask as mask_utils

from .column_segments import ColumnSegments
from .polygons import check_polygon
from .rle import check_form, counts_to_runs, decompress_counts, read_codes


def read_segments(
    masks: Sequence[dict | list], size: tuple[int, int]
) -> ColumnSegments:
    """Masks of a COCO file as column segments, all at once where they are compressed.

    Args:
        masks (Sequence[dict | list]): N, each RLE or a list of polygons.
        size (tuple[int, int]): (h, w) of every mask, in pixels.

    Returns:
        ColumnSegments: of the N masks.

    Raises:
        ValueError: naming the first that is of another size, or not sound.
    """
    if all(isinstance(m, dict) and _is_of(m.get('size'), size) for m in masks):
        codes = [_code(mask.get('counts')) for mask in masks]
        if None not in codes:
            found = read_codes(codes, size[0] * size[1])
            if found is not None:
                return ColumnSegments.from_flat_runs(*found, len(masks), size)
    runs = [_read_runs(mask, size, f'mask {i}') for i, mask in enumerate(masks)]
    return ColumnSegments.from_runs(runs, size)


def _is_of(given: Any, size: tuple[int, int]) -> bool:
    return isinstance(given, list | tuple) and tuple(given) == size


def _code(counts: str | bytes | list | None) -> bytes | None:
    """Compressed counts as bytes; None for plain ones."""
    if isinstance(counts, str):
        return counts.encode('utf-8')
    return counts if isinstance(counts, bytes) else None


def _read_runs(mask: dict | list, size: tuple[int, int], name: str) -> np.ndarray:
    """(R, 2) runs of a COCO RLE or of polygons."""
    if isinstance(mask, list):
        mask = _filled(mask, size, name)
    if not (isinstance(mask, dict) and {'size', 'counts'} <= set(mask)):
        raise ValueError(f'{name} is neither RLE nor a list of polygons')
    try:
        check_form(mask)
        if tuple(mask['size']) == size:
            return counts_to_runs(decompress_counts(mask))
    except ValueError as error:
        raise ValueError(f'{name}: {error}') from error
    h, w = mask['size']
    raise ValueError(f'{name} is {h} x {w} pixels, not {size[0]} x {size[1]}')


def _filled(polygons: list, size: tuple[int, int], name: str) -> dict:
    """COCO RLE of polygons."""
    for polygon in polygons:
        check_polygon(polygon, name)
    if not polygons or min(map(len, polygons)) < 6:
        raise ValueError(f'{name} has no polygon, or one of less than 3 points')
    return mask_utils.merge(mask_utils.frPyObjects(polygons, *size))
