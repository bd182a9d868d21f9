"""Ground truth as arrays, read once and shared by every evaluation protocol.

Letters: I images, K categories, L attributes, G objects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import PurePosixPath

import numpy as np

from projects.fashion_attr.datasets import coco_annotation
from projects.fashion_attr.datasets.coco_tables import check_size
from projects.fashion_attr.datasets.taxonomy import label_descriptions

from .columns import as_boxes, as_ids, attribute_matrix, column, index_of
from .masks import check_masks

_TAXONOMY = label_descriptions()


@dataclass(frozen=True)
class GroundTruth:
    """Objects with masks, boxes and attribute sets, in the order of the file.

    Objects without area (of the file's ``area``, or of the box) are left out: there
    is nothing to find.

    Attributes:
        image_ids (np.ndarray): (I,) int64, ascending.
        image_sizes (np.ndarray): (I, 2) int64, height and width in pixels.
        category_ids (np.ndarray): (K,) int64, ascending.
        category_names (tuple[str, ...]): K names.
        attribute_ids (np.ndarray): (L,) int64, ascending; gaps are fine.
        image (np.ndarray): (G,) index into ``image_ids``.
        category (np.ndarray): (G,) index into ``category_ids``.
        boxes (np.ndarray): (G, 4) float64, xywh in pixels.
        areas (np.ndarray): (G,) float64, the file's ``area`` (where it has none,
            the mask's or else the box's), in square pixels.
        crowd (np.ndarray): (G,) bool.
        masks (tuple[dict, ...] | None): G compressed RLE, None without masks.
        attributes (np.ndarray): (G, L) bool.
        num_left_out (int): objects of the whole file that have no area.
        image_names (tuple[str, ...]): I names, Kaggle's ImageId: the ``kaggle_id``
            of an image, else its file's name without folder and ending, '' where
            the file tells neither; empty where they are not known.
        supercategories (tuple[str, ...]): K names; empty where they are not known.
        attribute_names (tuple[str, ...]): L names; empty where they are not known.
    """

    image_ids: np.ndarray
    image_sizes: np.ndarray
    category_ids: np.ndarray
    category_names: tuple[str, ...]
    attribute_ids: np.ndarray
    image: np.ndarray
    category: np.ndarray
    boxes: np.ndarray
    areas: np.ndarray
    crowd: np.ndarray
    masks: tuple[dict, ...] | None
    attributes: np.ndarray
    num_left_out: int = 0
    image_names: tuple[str, ...] = ()
    supercategories: tuple[str, ...] = ()
    attribute_names: tuple[str, ...] = ()

    @classmethod
    def from_coco(cls, coco: dict, with_masks: bool = True) -> 'GroundTruth':
        """Read a loaded COCO / Fashionpedia JSON.

        Args:
            coco (dict): ``images``, ``annotations`` (with ``attribute_ids``) and,
                where the taxonomy is another one than the competition's,
                ``categories`` and ``attributes``.
            with_masks (bool): read ``segmentation`` too; without, it only stands
                in for a missing ``bbox`` or ``area``.

        Returns:
            GroundTruth: the objects as arrays.

        Raises:
            ValueError: naming the annotation whose image, category or attribute
                id is unknown, that has no ``attribute_ids``, whose box or area is
                no number, or whose mask is missing, not sound or of another size
                than the image; or the image that has no size in pixels.
        """
        check_tables(coco)
        images = _sorted(coco['images'], 'image', ('height', 'width', 'id'))
        for entry in images:
            check_size(f'image {entry["id"]}', entry)
        categories = _table(coco, 'categories')
        anns = coco['annotations']
        names = [f'annotation {a.get("id", i)}' for i, a in enumerate(anns)]
        image_ids, category_ids = _ids(images, 'image'), _ids(categories, 'category')
        attribute_table = _table(coco, 'attributes')
        attribute_ids = _ids(attribute_table, 'attribute')
        sizes = np.array([(i['height'], i['width']) for i in images], np.int64)
        sizes = sizes.reshape(-1, 2)
        image = index_of(column(anns, 'image_id', names), image_ids, 'image_id', names)
        category = index_of(
            column(anns, 'category_id', names), category_ids, 'category_id', names
        )
        masks = _masks(anns, sizes[image], names) if with_masks else None
        boxes, areas = _boxes_and_areas(anns, sizes[image], names)
        return cls(
            image_ids=image_ids,
            image_sizes=sizes,
            category_ids=category_ids,
            category_names=_names(categories),
            supercategories=_supercategories(categories),
            attribute_names=_names(attribute_table),
            attribute_ids=attribute_ids,
            image=image,
            category=category,
            boxes=boxes,
            areas=areas,
            crowd=_crowd(anns, names),
            masks=masks,
            attributes=_attributes(anns, attribute_ids, names),
            image_names=tuple(_image_name(image) for image in images),
        ).without_empty()

    def subset(self, image_ids: Iterable[int]) -> 'GroundTruth':
        """The same ground truth over some of its images.

        Args:
            image_ids (Iterable[int]): ids of the images to keep.

        Returns:
            GroundTruth: with those images and their objects only.

        Raises:
            ValueError: if an id is not one of the images.
        """
        kept = _chosen(image_ids, self.image_ids, 'image_id')
        return replace(
            self._of(kept, 'image'),
            image_ids=self.image_ids[kept],
            image_sizes=self.image_sizes[kept],
            image_names=tuple(self.image_names[i] for i in kept if self.image_names),
        )

    def with_categories(self, category_ids: Iterable[int]) -> 'GroundTruth':
        """The same ground truth over some of its categories and all its images.

        Args:
            category_ids (Iterable[int]): ids of the categories to keep.

        Returns:
            GroundTruth: with those categories and their objects only.

        Raises:
            ValueError: if an id is not one of the categories.
        """
        kept = _chosen(category_ids, self.category_ids, 'category_id')
        return replace(
            self._of(kept, 'category'),
            category_ids=self.category_ids[kept],
            category_names=tuple(self.category_names[k] for k in kept),
            supercategories=tuple(
                self.supercategories[k] for k in kept if self.supercategories
            ),
        )

    def _of(self, kept: np.ndarray, column: str) -> 'GroundTruth':
        """The objects whose index in a column is kept, indexed by what is kept."""
        some = self._rows(np.isin(getattr(self, column), kept))
        return replace(some, **{column: np.searchsorted(kept, getattr(some, column))})

    def without_empty(self) -> 'GroundTruth':
        """The same without objects of no area, which are counted."""
        whole = (self.boxes[:, 2:] > 0).all(1) & (self.areas > 0)
        if whole.all():
            return self
        num_left_out = self.num_left_out + int((~whole).sum())
        return replace(self._rows(whole), num_left_out=num_left_out)

    def _rows(self, chosen: np.ndarray) -> 'GroundTruth':
        """The objects chosen by a (G,) bool."""
        masks = None if self.masks is None else tuple(compress(self.masks, chosen))
        columns = ('image', 'category', 'boxes', 'areas', 'crowd', 'attributes')
        rows = {name: getattr(self, name)[chosen] for name in columns}
        return replace(self, masks=masks, **rows)


def check_tables(coco: dict) -> None:
    """Refuse what is no COCO file.

    Args:
        coco (dict): a loaded JSON.

    Raises:
        ValueError: naming the table that it lacks.
    """
    for table in ('images', 'annotations', 'categories', 'attributes'):
        needed = table in ('images', 'annotations')
        if not isinstance(coco, dict) or (needed and table not in coco):
            raise ValueError(f'there is no table {table!r}; this is no COCO file')
        entries = coco[table] if needed else coco.get(table) or []
        if not isinstance(entries, list) or not all(
            isinstance(entry, dict) for entry in entries
        ):
            raise ValueError(f'table {table!r} is not a list of objects')


def _chosen(ids: Iterable[int], known: np.ndarray, field: str) -> np.ndarray:
    """Ascending positions of ids among those that exist, each once."""
    wanted = np.unique(np.array(list(ids), np.int64))
    return index_of(wanted, known, field, None)


def _table(coco: dict, name: str) -> list[dict]:
    """Categories or attributes by ascending id, the taxonomy's where absent."""
    return _sorted(coco.get(name) or _TAXONOMY[name], name, ('id',))


def _image_name(image: dict) -> str:
    file_name = str(image.get('file_name') or '')
    return str(image.get('kaggle_id') or stem_of(file_name))


def stem_of(file_name: str) -> str:
    """The name of a file without folders, of whatever system, and ending.

    Args:
        file_name (str): of a picture, as COCO files have it.

    Returns:
        str: Kaggle's ImageId.
    """
    return PurePosixPath(file_name.replace('\\', '/')).stem


def _ids(entries: Sequence[dict], kind: str) -> np.ndarray:
    """The ids of a sorted table, each of which may stand for one entry only."""
    ids = np.array([entry['id'] for entry in entries], np.int64)
    twice = np.flatnonzero(ids[1:] == ids[:-1])
    if len(twice):
        raise ValueError(f'{kind} id {ids[twice[0]]} stands twice in its table')
    return ids


def _sorted(entries: Sequence[dict], kind: str, keys: Sequence[str]) -> list[dict]:
    """A table by id, once every entry has the keys."""
    names = [f'{kind} {entry.get("id", f"no. {n}")}' for n, entry in enumerate(entries)]
    for key in keys:
        values = column(entries, key, names)
    as_ids(values, 'id', names)
    return sorted(entries, key=lambda entry: entry['id'])


def _names(entries: Sequence[dict]) -> tuple[str, ...]:
    return tuple(str(entry.get('name', entry['id'])) for entry in entries)


def _supercategories(categories: Sequence[dict]) -> tuple[str, ...]:
    names = tuple(c.get('supercategory') for c in categories)
    return names if all(names) else ()


def _attributes(anns: Sequence[dict], ids: np.ndarray, names: Sequence[str]):
    pairs = zip(anns, names, strict=True)
    lists = [coco_annotation.attribute_ids(a, name) for a, name in pairs]
    return attribute_matrix(lists, ids, names)


def _crowd(anns: Sequence[dict], names: Sequence[str]) -> np.ndarray:
    pairs = zip(anns, names, strict=True)
    flags = [coco_annotation.flag(a, 'iscrowd', name) for a, name in pairs]
    return np.array(flags, bool)


def _boxes_and_areas(anns: Sequence[dict], sizes: np.ndarray, names: Sequence[str]):
    pairs = zip(anns, names, strict=True)
    boxes = [coco_annotation.box(a, name) for a, name in pairs]
    entries = zip(anns, boxes, sizes, names, strict=True)
    areas = [coco_annotation.area(*entry) for entry in entries]
    return as_boxes(boxes), np.array(areas, np.float64)


def _masks(anns: Sequence[dict], sizes: np.ndarray, names: Sequence[str]):
    masks = []
    for ann, size, name in zip(anns, sizes, names, strict=True):
        mask = coco_annotation.segmentation(ann, name)
        if mask is None:
            raise ValueError(
                f"{name} has no segmentation; evaluate boxes alone with 'bbox' as the "
                'only IoU type'
            )
        masks.append(coco_annotation.as_rle(mask, size, name))
    check_masks(masks, sizes, names)
    return tuple(masks)
