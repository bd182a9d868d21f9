"""All that is wrong with each annotation of a JSON file, by itself."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ...structures.rle import counts_to_runs, decompress_counts, runs_bbox
from ..coco_annotation import flag, given_area, segmentation
from ..labels import Taxonomy
from ..taxonomy import FASHIONPEDIA
from .findings import Finding
from .rows import RowSummary, mask_key
from .run_length import Fault

_OUTSIDE = 1  # pixels that a box or point may lie outside: tools round differently
_LARGEST = 2**31  # no coordinate is that large; NaN and infinity are not below
_DIFFERENCE = 2  # pixels between the file's box and its mask's


class Task(NamedTuple):
    """Annotations of one file, each with its image's size."""

    file: str
    annotations: list[tuple[dict, tuple[int, int] | None]]
    taxonomy: Taxonomy = FASHIONPEDIA


Place = tuple[str, int | None]  # image_id, annotation id


def check_annotations(
    task: Task,
) -> tuple[list[Finding], list[RowSummary], list[Place]]:
    """Look at annotations, each by itself.

    Args:
        task (Task): annotations, and (h, w) of their images; None for an
            annotation whose image_id names no image.

    Returns:
        tuple: findings; the summaries of annotations that have an image; and of
        every annotation its image and id.
    """
    findings, summaries, places = [], [], []
    for ann, size in task.annotations:
        image_id, row = str(ann.get('image_id')), ann.get('id')
        row = row if isinstance(row, int) else None
        places.append((image_id, row))
        faults, key = check_annotation(ann, size, task.taxonomy)
        findings += [Finding(code, task.file, image_id, row, m) for code, m in faults]
        if size:
            broken = {code for code, _ in faults}
            category = None if 'row-category' in broken else ann['category_id']
            ids = None
            if 'row-attribute' not in broken:
                ids = tuple(sorted(set(ann['attribute_ids'])))
            summaries.append(RowSummary(row, image_id, size, category, ids, key))
    return findings, summaries, places


def check_annotation(
    ann: dict, size: tuple[int, int] | None, taxonomy: Taxonomy = FASHIONPEDIA
) -> tuple[list[Fault], int | None]:
    """Look at one annotation.

    Args:
        ann (dict): the annotation.
        size (tuple[int, int] | None): (h, w) of its image in pixels.
        taxonomy (Taxonomy): what its ids are of.

    Returns:
        tuple: its faults, and the key of its mask, see `mask_key`.
    """
    faults = list(_label_faults(ann, taxonomy))
    if not isinstance(ann.get('id'), int) or ann['id'] < 1:
        faults.append(('row-id', f'the id is {ann.get("id")!r}'))
    if size is None:
        faults.append(('row-image', f'image_id {ann.get("image_id")!r} is no image'))
        return faults, None
    faults += _value_faults(ann)
    box_faults = list(_box_faults(ann.get('bbox'), size))
    mask_faults, key, mask_box = _check_mask(ann, size)
    faults += box_faults + mask_faults
    if mask_box and ann.get('bbox') is not None and not box_faults:
        distance = float(np.abs(_corners(ann['bbox']) - _corners(mask_box)).max())
        if distance > _DIFFERENCE:
            text = f'bbox {ann["bbox"]}, the mask has {[round(v, 1) for v in mask_box]}'
            faults.append(('box-differs', text))
    return faults, key


def _label_faults(ann: dict, taxonomy: Taxonomy) -> Iterator[Fault]:
    category, ids = ann.get('category_id'), ann.get('attribute_ids')
    categories, attributes = taxonomy.category_index, taxonomy.attribute_index
    if not _is_id(category, categories):
        text = f'category_id {category!r} is none of the {len(categories)}'
        yield 'row-category', text
    if not isinstance(ids, list):
        yield (
            'row-attribute',
            f'attribute_ids is {ids!r}; it is [] where there are none',
        )
        return
    unknown = [i for i in ids if not _is_id(i, attributes)]
    if unknown:
        text = f'attribute ids {unknown} are none of the {len(attributes)}'
        yield 'row-attribute', text
        return
    if len(set(ids)) > taxonomy.max_per_object:
        message = f'{len(set(ids))} attributes; at most '
        yield 'row-many-attributes', f'{message}{taxonomy.max_per_object} are possible'
    if len(set(ids)) < len(ids):
        yield 'row-repeated-attribute', f'attributes {ids}'


def _is_id(value: Any, known: dict[int, int]) -> bool:
    return isinstance(value, int) and value in known


def _value_faults(ann: dict) -> Iterator[Fault]:
    """What both readers refuse besides ids, box and mask."""
    reads = [partial(given_area, ann, 'it')]
    reads += [partial(flag, ann, field, 'it') for field in ('iscrowd', 'ignore')]
    for read in reads:
        try:
            read()
        except ValueError as error:
            yield 'row-value', str(error)


def _box_faults(box: Any, size: tuple[int, int]) -> Iterator[Fault]:
    if box is None:
        return
    if not _are_numbers(box) or len(box) != 4 or min(box[2:]) <= 0:
        yield 'box-bad', f'bbox {box!r}'
    elif _reach(_corners(box).reshape(2, 2), size) > _OUTSIDE:
        yield 'box-outside', f'bbox {box} of a {size[0]} x {size[1]} picture'


def _are_numbers(values: Any) -> bool:
    return isinstance(values, list) and all(
        isinstance(v, int | float) and abs(v) < _LARGEST for v in values
    )


def _corners(xywh: list[float]) -> np.ndarray:
    x, y, w, h = xywh
    return np.array([x, y, x + w, y + h], float)


def _reach(points: np.ndarray, size: tuple[int, int]) -> float:
    """How far the farthest of (N, 2) points x, y lies outside, in pixels."""
    return float(max((-points).max(), (points - [size[1], size[0]]).max()))


def _check_mask(ann: dict, size: tuple[int, int]):
    """Faults, key and xywh box of the mask."""
    try:
        mask = segmentation(ann, 'it')
        if mask is None:
            return [('mask-missing', 'no segmentation')], None, None
        if isinstance(mask, dict):
            return _check_runs(mask, ann, size)
        if not all(map(_are_numbers, mask)):
            raise ValueError('a polygon has values that are no numbers')
    except (ValueError, TypeError, OverflowError) as error:
        return [('mask-bad', str(error))], None, None
    points = np.concatenate([np.reshape(polygon, (-1, 2)) for polygon in mask])
    reach, faults = _reach(points, size), []
    if reach > _OUTSIDE:
        text = f'a point lies {reach:.1f} pixels outside of {size[0]} x {size[1]}'
        faults.append(('mask-outside', text))
    low, high = points.min(axis=0), points.max(axis=0)
    box = [*low.tolist(), *(high - low).tolist()]
    # As with runs: the key must tell where one polygon ends and the next begins.
    lengths = np.array([len(polygon) for polygon in mask])
    scaled = np.concatenate([lengths, (points * 1000).round().ravel()])
    return faults, mask_key(str(ann['image_id']), scaled), box


def _check_runs(mask: dict, ann: dict, size: tuple[int, int]):
    runs = counts_to_runs(decompress_counts(mask))
    if not len(runs):
        return [('rle-empty', 'the mask has no pixel')], None, None
    own = tuple(mask['size'])
    faults = []
    if own != size:
        text = f'the mask is {own[0]} x {own[1]}, its image {size[0]} x {size[1]}'
        faults.append(('mask-size', text))
    box = None if faults else runs_bbox(runs, own)
    return faults, mask_key(str(ann['image_id']), runs), box
