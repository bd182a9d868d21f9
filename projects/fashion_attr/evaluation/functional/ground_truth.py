"""Ground truth as arrays, read once and shared by every evaluation protocol.

Letters: I images, K categories, L attributes, G objects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS

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
        wanted = np.unique(np.array(list(image_ids), np.int64))
        kept = index_of(wanted, self.image_ids, 'image_id', None)
        new_index = np.full(len(self.image_ids), -1)
        new_index[kept] = np.arange(len(kept))
        rows = np.flatnonzero(new_index[self.image] >= 0)
        masks = None if self.masks is None else tuple(self.masks[i] for i in rows)
        return replace(
            self,
            image_ids=self.image_ids[kept],
            image_sizes=self.image_sizes[kept],
            image=new_index[self.image[rows]],
            category=self.category[rows],
            boxes=self.boxes[rows],
            areas=self.areas[rows],
            crowd=self.crowd[rows],
            masks=masks,
            attributes=self.attributes[rows],
        )


def index_of(
    values: Sequence[int], known: np.ndarray, field: str, names: Sequence[str] | None
) -> np.ndarray:
    """Position of each id in the ascending ids that exist.

    Args:
        values (Sequence[int]): N ids.
        known (np.ndarray): ascending ids that exist.
        field (str): what the ids are called in the file, for the error.
        names (Sequence[str] | None): N names of the entries, for the error.

    Returns:
        np.ndarray: (N,) int64 positions.

    Raises:
        ValueError: naming the first entry whose id does not exist.
    """
    values = np.asarray(values, np.int64).reshape(-1)
    if not len(values):
        return np.zeros(0, np.int64)
    index = np.searchsorted(known, values)
    inside = np.minimum(index, len(known) - 1)
    bad = known[inside] != values if len(known) else np.ones(len(values), bool)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        where = f'{names[first]}: ' if names is not None else ''
        raise ValueError(
            f'{where}{field} {values[first]} does not exist in the ground truth, '
            f'which has {len(known)} such ids'
        )
    return index


def attribute_matrix(
    id_lists: Sequence[Sequence[int]], attribute_ids: np.ndarray, names: Sequence[str]
) -> np.ndarray:
    """Attribute ids as rows of zeros and ones.

    Args:
        id_lists (Sequence[Sequence[int]]): N lists of attribute ids.
        attribute_ids (np.ndarray): (L,) ascending ids that exist.
        names (Sequence[str]): N names of the entries, for the error.

    Returns:
        np.ndarray: (N, L) bool.

    Raises:
        ValueError: naming the first entry with an unknown attribute id.
    """
    lengths = np.array([len(ids) for ids in id_lists], np.int64)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    flat = [i for ids in id_lists for i in ids]
    owners = [names[row] for row in rows]
    matrix = np.zeros((len(lengths), len(attribute_ids)), bool)
    matrix[rows, index_of(flat, attribute_ids, 'attribute id', owners)] = True
    return matrix


def as_boxes(boxes: Sequence[Sequence[float]]) -> np.ndarray:
    """Boxes as an (N, 4) float64 array, also where there are none."""
    return np.asarray(boxes, np.float64).reshape(-1, 4)


def check_boxes(boxes: np.ndarray, names: Sequence[str]) -> None:
    """Refuse boxes without area.

    Args:
        boxes (np.ndarray): (N, 4) xywh in pixels.
        names (Sequence[str]): N names of the entries, for the error.

    Raises:
        ValueError: naming the first entry whose width or height is not positive.
    """
    bad = ~((boxes[:, 2:] > 0).all(1) & np.isfinite(boxes).all(1))
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise ValueError(
            f'{names[first]}: box {boxes[first].tolist()} (xywh) has no area'
        )


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
