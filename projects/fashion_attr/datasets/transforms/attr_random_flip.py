"""A flip that turns left into right, and a check that no other is used for such."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from mmcv.transforms import RandomFlip as MMCV_RandomFlip
from mmdet.datasets.transforms import RandomFlip
from mmdet.registry import TRANSFORMS

from ..flips import mirrored, names_of_a_side

# mmengine's and mmdet's names for what holds others, and KeepAttrs's.
_HOLDERS = (
    'dataset',
    'datasets',
    'pipeline',
    'transforms',  # of RandAugment and AutoAugment too: they build their policies
    'branch_pipelines',
    'wrapped',
)


@TRANSFORMS.register_module()
class AttrRandomFlip(RandomFlip):
    """mmdet's ``RandomFlip`` for a taxonomy with names like "left sleeve".

    Where a picture is mirrored, horizontally or diagonally, such a category or
    attribute becomes the one that has left for right or right for left. The
    project's own taxonomy has none; mmdet's ``RandomFlip`` does for it.

    Args:
        args (Any): settings of mmdet's ``RandomFlip``.
        classes (Sequence[str]): names of all categories, as in the dataset's
            ``metainfo``.
        attributes (Sequence[str]): names of all attributes, likewise.
        kwargs (Any): settings of mmdet's ``RandomFlip``.

    Raises:
        ValueError: if a name of a side has no counterpart.
    """

    def __init__(
        self,
        *args: Any,
        classes: Sequence[str] = (),
        attributes: Sequence[str] = (),
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.classes, self.attributes = tuple(classes), tuple(attributes)
        self._mirrored = dict(
            gt_bboxes_labels=np.array(mirrored(self.classes), np.int64),
            gt_attr_labels=np.array(mirrored(self.attributes), np.int64),
        )

    def _flip(self, results: dict) -> None:
        super()._flip(results)
        if results['flip_direction'] == 'vertical':
            return
        for key, table in self._mirrored.items():
            if key in results and len(table):
                results[key] = _swap(results[key], table)


def _swap(labels: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Labels of the mirror image; rows stay in order, padding stays at their end."""
    known = labels < len(table)
    swapped = np.where(known, table[np.where(known, labels, 0)], labels)
    swapped = swapped.astype(labels.dtype)
    return np.sort(swapped, axis=-1) if swapped.ndim == 2 else swapped


def check_flips(dataset: Any) -> None:
    """Refuse a dataset that mirrors pictures and leaves names of a side as they are.

    Args:
        dataset (Any): built dataset or wrapper of datasets, with ``metainfo`` and
            pipelines.

    Raises:
        ValueError: naming the transform, the names and what to do.
    """
    metainfo = getattr(dataset, 'metainfo', None) or {}
    names = {key: tuple(metainfo.get(key, ())) for key in ('classes', 'attributes')}
    sides = {key: found for key in names if (found := names_of_a_side(names[key]))}
    for transform in transforms_of(dataset):
        swapped = all(getattr(transform, key, None) == names[key] for key in sides)
        if sides and _mirrors(transform) and not swapped:
            raise ValueError(
                f'{type(transform).__name__} mirrors pictures, but {sides} would keep '
                'their side; use AttrRandomFlip with the classes and attributes of '
                "the dataset's metainfo, which swaps left and right, or "
                "direction='vertical', or no flip"
            )


def _mirrors(transform: Any) -> bool:
    if not isinstance(transform, MMCV_RandomFlip):
        return False
    directions, prob = transform.direction, transform.prob
    directions = [directions] if isinstance(directions, str) else directions
    probs = prob if isinstance(prob, list) else [prob] * len(directions)
    return any(
        p and direction != 'vertical'
        for p, direction in zip(probs, directions, strict=True)
    )


def transforms_of(part: Any) -> Iterator[Any]:
    """All transforms of a built dataset, pipeline or transform, nested ones too."""
    if isinstance(part, list | tuple):
        for each in part:
            yield from transforms_of(each)
        return
    if isinstance(part, dict):
        yield from transforms_of(list(part.values()))
        return
    if callable(part):
        yield part
    for name in _HOLDERS:
        inner = getattr(part, name, None)
        if inner is not None:
            yield from transforms_of(inner)
