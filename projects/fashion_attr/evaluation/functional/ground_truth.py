"""Ground truth as arrays, read once and shared by every evaluation protocol.

Letters: I images, K categories, L attributes, G objects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS

from .columns import as_boxes, attribute_matrix, check_boxes, index_of
from .masks import as_rle, check_masks


@dataclass(frozen=True)
class GroundTruth:
    """Objects with masks, boxes and attribute sets, in the order of the file.

    Attributes:
        image_ids (np.ndarray): (I,) int64, ascending.
        image_sizes (np.ndarray): (I, 2) int64, height and width in pixels.
        category_ids (np.ndarray): (K,) int64, ascending.
        category_names (tuple[str, ...]): K names.
        attribute_ids (np.ndarray): (L,) int64, ascending; gaps are fine.
        image (np.ndarray): (G,) index into ``image_ids``.
        category (np.ndarray): (G,) index into ``category_ids``.
        boxes (np.ndarray): (G, 4) float64, xywh in pixels.
        areas (np.ndarray): (G,) float64, the file's ``area``, in square pixels.
        crowd (np.ndarray): (G,) bool.
        masks (tuple[dict, ...] | None): G compressed RLE, None without masks.
        attributes (np.ndarray): (G, L) bool.
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

    @classmethod
    def from_coco(cls, coco: dict, with_masks: bool = True) -> 'GroundTruth':
        """Read a loaded COCO / Fashionpedia JSON.

        Args:
            coco (dict): ``images``, ``annotations`` (with ``attribute_ids``),
                ``categories`` and, where the taxonomy is another one than
                Fashionpedia's, ``attributes``.
            with_masks (bool): read ``segmentation`` too.

        Returns:
            GroundTruth: the objects as arrays.

        Raises:
            ValueError: naming the annotation whose image, category or attribute
                id is unknown, whose box has no area, or whose mask is missing
                or has another size than the image.
        """
        images = sorted(coco['images'], key=lambda image: image['id'])
        categories = sorted(coco['categories'], key=lambda c: c['id'])
        ids = [a['id'] for a in coco.get('attributes') or ()] or ATTRIBUTE_IDS
        anns = coco['annotations']
        names = [f'annotation {a.get("id", i)}' for i, a in enumerate(anns)]
        image_ids = _ids(images)
        sizes = np.array([(i['height'], i['width']) for i in images], np.int64)
        attribute_ids = np.array(sorted(ids), np.int64)
        image = index_of([a['image_id'] for a in anns], image_ids, 'image_id', names)
        category_ids = _ids(categories)
        category = index_of(
            [a['category_id'] for a in anns], category_ids, 'category_id', names
        )
        boxes = as_boxes([a['bbox'] for a in anns])
        check_boxes(boxes, names)
        return cls(
            image_ids=image_ids,
            image_sizes=sizes.reshape(-1, 2),
            category_ids=category_ids,
            category_names=tuple(str(c.get('name', c['id'])) for c in categories),
            attribute_ids=attribute_ids,
            image=image,
            category=category,
            boxes=boxes,
            areas=np.array([a['area'] for a in anns], np.float64),
            crowd=np.array([bool(a.get('iscrowd', 0)) for a in anns], bool),
            masks=_masks(anns, sizes[image], names) if with_masks else None,
            attributes=attribute_matrix(
                [a.get('attribute_ids', ()) for a in anns], attribute_ids, names
            ),
        )

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
        )

    def _of(self, kept: np.ndarray, column: str) -> 'GroundTruth':
        """The objects whose index in a column is kept, indexed by what is kept."""
        index = getattr(self, column)
        rows = np.flatnonzero(np.isin(index, kept))
        masks = None if self.masks is None else tuple(self.masks[i] for i in rows)
        names = ('image', 'category', 'boxes', 'areas', 'crowd', 'attributes')
        columns = {name: getattr(self, name)[rows] for name in names}
        columns[column] = np.searchsorted(kept, columns[column])
        return replace(self, masks=masks, **columns)


def _chosen(ids: Iterable[int], known: np.ndarray, field: str) -> np.ndarray:
    """Ascending positions of ids among those that exist, each once."""
    wanted = np.unique(np.array(list(ids), np.int64))
    return index_of(wanted, known, field, None)


def _ids(entries: Sequence[dict]) -> np.ndarray:
    return np.array([entry['id'] for entry in entries], np.int64)


def _masks(anns: Sequence[dict], sizes: np.ndarray, names: Sequence[str]):
    for ann, name in zip(anns, names, strict=True):
        if not ann.get('segmentation'):
            raise ValueError(f'{name}: no segmentation; evaluate bbox alone without')
    masks = tuple(
        as_rle(a['segmentation'], s) for a, s in zip(anns, sizes, strict=True)
    )
    check_masks(masks, sizes, names)
    return masks
