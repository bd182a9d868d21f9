"""The dataset: files of `prepare` (RLE) and of Fashionpedia (polygons) alike."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from mmdet.datasets import CocoDataset
from mmdet.registry import DATASETS
from mmengine.fileio import get_local_path
from mmengine.logging import print_log

from . import coco_annotation
from .annotation_lines import LayoutError, read_pictures, read_tables
from .coco_tables import check_annotation, check_image
from .labels import Taxonomy
from .packed_entries import PackedEntries
from .palette import PALETTE
from .sound_pictures import SoundPictures, own_reader
from .taxonomy import ATTRIBUTE_NAMES, CATEGORY_NAMES, FASHIONPEDIA
from .taxonomy_coco import TaxonomyCOCO, category_ids, check_tables
from .taxonomy_file import read_taxonomy


@DATASETS.register_module()
class IMaterialistDataset(CocoDataset):
    """Garments with attributes, of iMaterialist (Fashion) 2020 or Fashionpedia.

    Each instance has ``attr_labels``, a list of contiguous attribute indices
    0..293, beside ``bbox`` (xyxy), ``bbox_label``, ``mask`` and ``ignore_flag``.
    The order of ``metainfo['classes']`` decides the labels. Boxes and areas that
    the file lacks are taken from the mask. Objects that mmdet leaves out as well
    (empty, outside the picture, below one pixel, marked ``ignore``) are counted in
    ``num_left_out`` and logged.

    Args:
        args (Any): settings of mmdet's ``CocoDataset``.
        with_mask (bool): whether instances have a ``mask``; False is for boxes
            alone, from files that may lack masks.
        taxonomy (str | None): file of one's own taxonomy, see `read_taxonomy`; its
            categories are the classes. None is for Fashionpedia's.
        on_bad_image (str): what becomes of a picture that is missing or damaged:
            'error', or 'skip', see `SoundPictures`.
        kwargs (Any): settings of mmdet's ``CocoDataset``.

    Raises:
        ValueError: when loaded, if an annotation has an unknown category or
            attribute id, none or more than 14 attribute ids, no mask or no sound
            one, or no box with ``with_mask=False``; or if the file is of another
            taxonomy or has no pictures.
    """

    METAINFO = {
        'classes': CATEGORY_NAMES,
        'attributes': ATTRIBUTE_NAMES,
        'palette': list(PALETTE),
    }
    COCOAPI = TaxonomyCOCO

    def __init__(
        self,
        *args: Any,
        with_mask: bool = True,
        taxonomy: str | None = None,
        on_bad_image: str = 'error',
        **kwargs: Any,
    ) -> None:
        self.pictures = SoundPictures(on_bad_image)
        self.with_mask = with_mask
        self.taxonomy = FASHIONPEDIA
        if taxonomy is not None:
            self.taxonomy = read_taxonomy(taxonomy)
            own = _metainfo(self.taxonomy)
            kwargs['metainfo'] = own | dict(kwargs.get('metainfo') or {})
        super().__init__(*args, **kwargs)
        self.pipeline.transforms = own_reader(self.pipeline.transforms)

    def prepare_data(self, idx: int) -> Any:
        """A sample, see `SoundPictures` for pictures that cannot be read.

        Args:
            idx (int): of the picture.

        Returns:
            Any: what the pipeline gives; None where another picture is to be taken.

        Raises:
            BadImage: naming the picture and the way out.
        """
        info = self.get_data_info(idx)
        return self.pictures.load(info, self.pipeline, self.test_mode)

    def full_init(self) -> None:
        """Load the file, filter, take the subset; pack entry by entry where possible.

        The result is mmengine's, with a third of its memory: see `PackedEntries`.
        """
        if self._fully_initialized or not self._can_pack():
            super().full_init()
            return
        packed = PackedEntries()
        self._load_into(packed)
        self.data_list = packed.heads
        self.data_list = self.filter_data()
        if self._indices is not None:
            self.data_list = self._get_unserialized_subset(self._indices)
        if not self.data_list:
            raise ValueError(
                f'{self.ann_file}: filter_cfg and indices leave none of its '
                f'{len(packed.heads)} pictures'
            )
        places = [head['place'] for head in self.data_list]
        self.data_bytes, self.data_address = packed.arrays(places)
        self.data_list = []
        self._fully_initialized = True

    def _can_pack(self) -> bool:
        """Whether nothing between loading and packing looks at whole entries."""
        kind = type(self)
        return (
            self.serialize_data
            and self.proposal_file is None
            and kind.load_data_list is IMaterialistDataset.load_data_list
            and kind.filter_data is CocoDataset.filter_data
        )

    def load_data_list(self) -> list[dict]:
        """Read the annotation file.

        Returns:
            list[dict]: one entry a picture, as mmdet's ``CocoDataset`` makes them,
            with ``attr_labels`` in the instances.
        """
        data_list = []
        self._load_into(data_list)
        return data_list

    def _load_into(self, entries: list[dict] | PackedEntries) -> None:
        with get_local_path(self.ann_file, backend_args=self.backend_args) as path:
            try:
                self._parse_pictures(entries, *_read_lines(path, self.taxonomy))
            except LayoutError:
                entries.clear()
                self._parse_pictures(entries, *self._read_coco(path))
        if self.num_left_out:
            print_log(
                f'{self.ann_file}: {self.num_left_out} objects left out that are '
                "empty, outside their picture, below one pixel or marked 'ignore'",
                logger='current',
            )

    def _parse_pictures(self, entries, pictures, has_categories: bool) -> None:
        self.num_left_out = 0
        self.cat_ids = category_ids(self.metainfo['classes'], self.taxonomy)
        self.cat2label = {cat_id: i for i, cat_id in enumerate(self.cat_ids)}
        self.cat_img_map = defaultdict(list)
        empty = True
        for image, annotations in pictures:
            empty = False
            image['img_id'] = image['id']
            raw = dict(raw_img_info=image, raw_ann_info=annotations)
            entries.append(self.parse_data_info(raw))
            if has_categories:
                for annotation in annotations:
                    self.cat_img_map[annotation['category_id']].append(image['id'])
        if empty:
            raise ValueError(
                f'{self.ann_file} has no pictures; prepare with another --val'
            )

    def _read_coco(self, path: str) -> tuple[Iterator, bool]:
        """Pictures with annotations of any COCO file; each is freed once it is used."""
        coco = self.COCOAPI(path, self.taxonomy)
        pictures, annotations = coco.imgs, coco.imgToAnns
        if self.ANN_ID_UNIQUE and len(coco.anns) < sum(map(len, annotations.values())):
            raise ValueError(_twice(self.ann_file, annotations))
        has_categories = 'annotations' in coco.dataset and 'categories' in coco.dataset
        coco.anns.clear()
        coco.dataset.clear()
        return (
            (pictures.pop(i), annotations.pop(i, [])) for i in list(pictures)
        ), has_categories

    def parse_data_info(self, raw_data_info: dict) -> dict:
        """One picture's entry.

        Args:
            raw_data_info (dict): ``raw_img_info`` and ``raw_ann_info`` of the file.

        Returns:
            dict: paths, size in pixels and ``instances``.
        """
        image = raw_data_info['raw_img_info']
        check_image(f'{self.ann_file}: picture {image.get("id")}', image)
        info = super().parse_data_info(dict(raw_img_info=image, raw_ann_info=[]))
        instances = (self._parse(ann, image) for ann in raw_data_info['raw_ann_info'])
        info['instances'] = [instance for instance in instances if instance]
        return info

    def _parse(self, ann: dict, image: dict) -> dict | None:
        name = f'{self.ann_file}: annotation {ann.get("id")}'
        check_annotation(name, ann)
        attr_labels = _attr_labels(ann, name, self.taxonomy)
        category_id = ann['category_id']
        if category_id not in self.taxonomy.category_index:
            raise ValueError(
                f'{name} has category_id {category_id!r}, none of the '
                f'{len(self.taxonomy.categories)} of the taxonomy'
            )
        masks = dict(mask=_mask(ann, name)) if self.with_mask else {}
        x, y, w, h = bbox = coco_annotation.box(ann, name)
        size = image['height'], image['width']
        area = coco_annotation.area(ann, bbox, size, name)
        is_crowd = coco_annotation.flag(ann, 'iscrowd', name)
        ignored = coco_annotation.flag(ann, 'ignore', name)
        if category_id not in self.cat2label:
            return None
        if ignored or area <= 0 or not _is_inside(bbox, size):
            self.num_left_out += 1
            return None
        return dict(
            ignore_flag=int(is_crowd),
            bbox=[x, y, x + w, y + h],
            bbox_label=self.cat2label[category_id],
            attr_labels=attr_labels,
            **masks,
        )

    def get_data_info(self, idx: int) -> dict:
        """A picture's entry, as mmengine gives it.

        Returns:
            dict: with ``attr_slots``: how many attributes an object may have, and
            how many there are.
        """
        info = super().get_data_info(idx)
        info['attr_slots'] = self._attr_slots
        return info

    @property
    def _attr_slots(self) -> tuple[int, int]:
        return self.taxonomy.max_per_object, len(self.taxonomy.attributes)

    def count_attributes(self) -> np.ndarray:
        """How often each attribute occurs with each category.

        Returns:
            np.ndarray: (classes, A) int64 numbers of objects.
        """
        shape = len(self.metainfo['classes']), len(self.taxonomy.attributes)
        counts = np.zeros(shape, np.int64)
        for i in range(len(self)):
            for instance in self.get_data_info(i)['instances']:
                counts[instance['bbox_label'], instance['attr_labels']] += 1
        return counts

    def count_categories(self) -> np.ndarray:
        """How many objects each category has.

        Returns:
            np.ndarray: (classes,) int64 numbers of objects.
        """
        labels = [
            instance['bbox_label']
            for i in range(len(self))
            for instance in self.get_data_info(i)['instances']
        ]
        return np.bincount(
            np.array(labels, np.int64), minlength=len(self.metainfo['classes'])
        )


def _twice(source: str, annotations: Mapping[int | str, list[dict]]) -> str:
    """What to say where objects share an id."""
    owners = [
        (e['id'], image_id) for image_id, anns in annotations.items() for e in anns
    ]
    [(number, times)] = Counter(number for number, _ in owners).most_common(1)
    images = [repr(image_id) for other, image_id in owners if other == number]
    return (
        f"Annotation ids in '{source}' are not unique! {number!r} is that of {times} "
        f'objects, of image_id {", ".join(images[:3])}; number the annotations from 1'
    )


def _metainfo(taxonomy: Taxonomy) -> dict:
    """What a model trained on a taxonomy of one's own has to know of it."""
    names = taxonomy.category_names
    return dict(
        classes=names,
        attributes=taxonomy.attribute_names,
        palette=[PALETTE[i % len(PALETTE)] for i in range(len(names))],
        taxonomy=taxonomy.tables(),
    )


def _read_lines(path: str, taxonomy: Taxonomy) -> tuple[Iterator, bool]:
    """The same of a file that `prepare` has written, in a stream."""
    check_tables(path, read_tables(path), taxonomy)
    return read_pictures(path), True


def _mask(ann: dict, name: str) -> dict | list:
    mask = coco_annotation.segmentation(ann, name)
    if mask is None:
        raise ValueError(
            f'{name} has no segmentation; load boxes alone with with_mask=False'
        )
    return mask


def _is_inside(bbox: list[float], size: tuple[int, int]) -> bool:
    """Whether an xywh box is at least a pixel wide and high and in the picture."""
    x, y, w, h = bbox
    inside_w = min(x + w, size[1]) - max(x, 0)
    inside_h = min(y + h, size[0]) - max(y, 0)
    return min(inside_w, inside_h) > 0 and min(w, h) >= 1


def _attr_labels(ann: dict, name: str, taxonomy: Taxonomy) -> list[int]:
    index = taxonomy.attribute_index
    ids = sorted(set(coco_annotation.attribute_ids(ann, name)))
    unknown = [i for i in ids if i not in index]
    if unknown:
        raise ValueError(
            f'{name} has attribute ids {unknown}, none of the '
            f'{len(index)} of the taxonomy'
        )
    if len(ids) > taxonomy.max_per_object:
        raise ValueError(
            f'{name} has {len(ids)} attributes; at most '
            f'{taxonomy.max_per_object} are possible'
        )
    return [index[i] for i in ids]
