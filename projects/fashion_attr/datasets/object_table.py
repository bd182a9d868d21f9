"""The objects of an annotation file as columns, ready to be counted.

Letters: I pictures, K categories, L attributes, G objects, P pairs of an object and
one of its attributes.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import coco_annotation
from .taxonomy import ATTRIBUTES, CATEGORIES, Label


@dataclass(frozen=True)
class ObjectTable:
    """Every annotation of a file, crowds and empty ones included, in its order.

    Attributes:
        categories (tuple[Label, ...]): K, by ascending id.
        attributes (tuple[Label, ...]): L, by ascending id; gaps are fine.
        image_sizes (np.ndarray): (I, 2) int64, height and width in pixels.
        image (np.ndarray): (G,) index into the pictures.
        category (np.ndarray): (G,) index into ``categories``.
        area (np.ndarray): (G,) float64, in square pixels: the file's ``area``, else
            the mask's, else the box's.
        pair_object (np.ndarray): (P,) index into the objects, ascending.
        pair_attribute (np.ndarray): (P,) index into ``attributes``; an attribute
            that an object lists twice stands once.
    """

    categories: tuple[Label, ...]
    attributes: tuple[Label, ...]
    image_sizes: np.ndarray
    image: np.ndarray
    category: np.ndarray
    area: np.ndarray
    pair_object: np.ndarray
    pair_attribute: np.ndarray

    @classmethod
    def from_coco(cls, coco: Mapping) -> 'ObjectTable':
        """Read a loaded COCO / Fashionpedia JSON.

        Args:
            coco (Mapping): ``images``, ``annotations`` with ``attribute_ids``, and
                ``categories`` and ``attributes`` where they are not the taxonomy's.

        Returns:
            ObjectTable: no mask is decoded where the file has areas.

        Raises:
            ValueError: naming the entry whose id is unknown or stands twice, whose
                picture has no size, that has no ``attribute_ids``, or whose box,
                mask or area is not sound.
        """
        missing = [table for table in ('images', 'annotations') if table not in coco]
        if missing:
            raise ValueError(f'there is no table {missing[0]!r}; this is no COCO file')
        images, annotations = coco['images'], coco['annotations']
        categories = _labels(coco, 'categories', CATEGORIES)
        attributes = _labels(coco, 'attributes', ATTRIBUTES)
        names = [f'annotation {a.get("id", n)}' for n, a in enumerate(annotations)]
        image_ids = [entry.get('id') for entry in images]
        _check_ids(image_ids, 'images')
        image = _look_up(annotations, 'image_id', _index(image_ids, 'image'), names)
        category_index = _index([c.id for c in categories], 'category')
        category = _look_up(annotations, 'category_id', category_index, names)
        sizes = np.array([_size(entry) for entry in images], np.int64).reshape(-1, 2)
        return cls(
            categories,
            attributes,
            sizes,
            image,
            category,
            _areas(annotations, sizes[image], names),
            *_pairs(
                annotations, _index([a.id for a in attributes], 'attribute'), names
            ),
        )

    @property
    def num_images(self) -> int:
        """I, pictures without objects included."""
        return len(self.image_sizes)

    @property
    def num_objects(self) -> int:
        """G."""
        return len(self.category)


def joined(tables: Sequence[ObjectTable]) -> ObjectTable:
    """Several files as one.

    Args:
        tables (Sequence[ObjectTable]): one or more, of the same labels.

    Returns:
        ObjectTable: the pictures and objects of all, one file after the other.

    Raises:
        ValueError: if their categories or attributes differ.
    """
    first = tables[0]
    for kind in ('categories', 'attributes'):
        if any(getattr(table, kind) != getattr(first, kind) for table in tables):
            raise ValueError(f'the files have different {kind}; compare like with like')
    image_starts = np.cumsum([0] + [table.num_images for table in tables])
    object_starts = np.cumsum([0] + [table.num_objects for table in tables])
    images = [t.image + start for t, start in zip(tables, image_starts, strict=False)]
    owners = [
        t.pair_object + start for t, start in zip(tables, object_starts, strict=False)
    ]
    return ObjectTable(
        first.categories,
        first.attributes,
        np.concatenate([table.image_sizes for table in tables]),
        np.concatenate(images),
        np.concatenate([table.category for table in tables]),
        np.concatenate([table.area for table in tables]),
        np.concatenate(owners),
        np.concatenate([table.pair_attribute for table in tables]),
    )


def _labels(coco: Mapping, key: str, usual: Sequence[Label]) -> tuple[Label, ...]:
    """The file's own names by id; the taxonomy's where it has none."""
    entries = coco.get(key)
    if not entries:
        return tuple(usual)
    labels = [
        Label(e['id'], str(e.get('name', e['id'])), str(e.get('supercategory') or ''))
        for e in entries
    ]
    _check_ids([label.id for label in labels], key)
    return tuple(sorted(labels))


def _check_ids(ids: Sequence[Any], table: str) -> None:
    """Numbers or texts, those of labels of one kind, so that they have an order."""
    kinds = set(map(type, ids))
    allowed = [{int, str}] if table == 'images' else [{int}, {str}]
    if not any(kinds <= some for some in allowed):
        n = next(n for n, entry in enumerate(ids) if type(entry) is not int)
        raise ValueError(f'{table}[{n}] has the id {ids[n]!r}, no whole number')


def _index(ids: Sequence[Hashable], kind: str) -> dict[Hashable, int]:
    index = {entry: n for n, entry in enumerate(ids)}
    if len(index) < len(ids):
        twice = next(entry for n, entry in enumerate(ids) if index[entry] != n)
        raise ValueError(f'{kind} id {twice} stands twice in its table')
    return index


def _look_up(
    annotations: Sequence[Mapping], key: str, index: Mapping, names: Sequence[str]
) -> np.ndarray:
    try:
        return np.array([index[a[key]] for a in annotations], np.int64)
    except (KeyError, TypeError):  # TypeError: a list for an id
        found = zip(annotations, names, strict=True)
        entry, name = next((a, n) for a, n in found if not _is_in(a.get(key), index))
        raise ValueError(
            f'{name} has the {key} {entry.get(key)!r}, none of the {len(index)} of '
            'its file'
        ) from None


def _is_in(value: Any, index: Mapping) -> bool:
    return isinstance(value, Hashable) and value in index


def _size(image: Mapping) -> tuple[int, int]:
    size = image.get('height'), image.get('width')
    if not all(isinstance(edge, int) and edge > 0 for edge in size):
        raise ValueError(
            f'image {image.get("id")} has the height and width {size}; they are whole '
            'numbers of pixels'
        )
    return size


def _areas(annotations: Sequence[Mapping], sizes: np.ndarray, names: Sequence[str]):
    entries = zip(annotations, sizes, names, strict=True)
    areas = [
        coco_annotation.area(ann, coco_annotation.box(ann, name), size, name)
        for ann, size, name in entries
    ]
    return np.array(areas, np.float64)


def _pairs(annotations: Sequence[Mapping], index: Mapping, names: Sequence[str]):
    """(P,) objects and (P,) attributes, sorted, each pair once."""
    entries = zip(annotations, names, strict=True)
    lists = [coco_annotation.attribute_ids(ann, name) for ann, name in entries]
    owners = np.repeat(np.arange(len(lists)), [len(ids) for ids in lists])
    try:
        labels = np.array([index[i] for ids in lists for i in ids], np.int64)
    except KeyError as error:
        unknown = error.args[0]
        name = next(n for n, ids in zip(names, lists, strict=True) if unknown in ids)
        raise ValueError(
            f'{name} has the attribute id {unknown!r}, none of the {len(index)} of its '
            'file'
        ) from None
    pairs = np.unique(owners * max(len(index), 1) + labels)
    return np.divmod(pairs, max(len(index), 1))
