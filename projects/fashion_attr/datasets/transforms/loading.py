"""Loads boxes, labels, masks and attributes of a picture."""

import numpy as np
from mmdet.datasets.transforms import LoadAnnotations
from mmdet.registry import TRANSFORMS

from ...structures.run_length_masks import RunLengthMasks
from ..coco_annotation import segmentation
from ..taxonomy import ATTRIBUTE_PADDING, MAX_ATTRIBUTES_PER_OBJECT

_SLOTS = MAX_ATTRIBUTES_PER_OBJECT, ATTRIBUTE_PADDING


@TRANSFORMS.register_module()
class LoadAttrAnnotations(LoadAnnotations):
    """mmdet's ``LoadAnnotations`` with attributes, and with masks by default.

    Adds ``gt_attr_labels``: (N, 14) int64 attribute indices in the order of
    ``gt_bboxes``, ascending, unused slots filled with 294; the dataset says both
    numbers where it is of another taxonomy (``attr_slots``). ``gt_masks`` are
    `RunLengthMasks`: the pictures of iMaterialist have up to 93 megapixels, and
    no mask is decoded before it has the size that the model is given.

    Args:
        with_mask (bool): whether to load masks.
        with_attr (bool): whether to load attributes.
        kwargs: other settings of mmdet's ``LoadAnnotations``. ``poly2mask=False``
            keeps polygons as ``PolygonMasks`` and is for polygons only; run-length
            masks are refused then, where mmdet would silently mark each as ignored.

    Raises:
        ValueError: in use, if the objects were annotated on a picture of another
            size, if a mask is absent, unsound, or of another size than the picture,
            if it is run-length code with ``poly2mask=False``, or if an object has
            more than 14 attributes.
    """

    def __init__(self, with_mask: bool = True, with_attr: bool = True, **kwargs):
        super().__init__(with_mask=with_mask, **kwargs)
        self.with_attr = with_attr

    def transform(self, results: dict) -> dict:
        """Load the annotations of one sample.

        Args:
            results (dict): with ``instances`` of `IMaterialistDataset` and
            ``ori_shape``; ``height`` and ``width``, where it has them, are the size
            of the picture that was annotated.

        Returns:
            dict: the same with ``gt_bboxes``, ``gt_bboxes_labels``, ``gt_masks``,
            ``gt_ignore_flags`` and ``gt_attr_labels``.
        """
        if results.get('instances'):
            _check_size(results)
        if self.with_mask:
            self._check_masks(results)
        results = super().transform(results)
        if self.with_attr:
            results['gt_attr_labels'] = self._padded(results)
        return results

    def _check_masks(self, results: dict) -> None:
        for i, instance in enumerate(results.get('instances', [])):
            name = f'{results.get("img_path")}, instance {i}'
            mask = segmentation(dict(segmentation=instance.get('mask')), name)
            if mask is None:
                raise ValueError(
                    f'{name} has no mask; load boxes alone with with_mask=False'
                )
            if isinstance(mask, dict):
                self._check_rle(mask, name, results['ori_shape'][:2])

    def _check_rle(self, rle: dict, name: str, picture: tuple[int, int]) -> None:
        if not self.poly2mask:
            raise ValueError(
                f'{name}: poly2mask=False keeps polygons, but the mask is run-length '
                'code; leave poly2mask=True'
            )
        size = tuple(rle['size'])
        if size != tuple(picture):
            raise ValueError(
                f'{name}: the mask is {size[0]} x {size[1]} pixels, '
                f'{_the_picture_is(picture)}'
            )

    def _load_masks(self, results: dict) -> None:
        if not self.poly2mask:
            super()._load_masks(results)
            return
        h, w = results['ori_shape'][:2]
        try:
            masks = RunLengthMasks(self._process_masks(results), h, w)
        except ValueError as error:
            raise ValueError(f'{results.get("img_path")}, {error}') from error
        results['gt_masks'] = masks

    def _padded(self, results: dict) -> np.ndarray:
        instances = results.get('instances', [])
        slots, padding = results.get('attr_slots', _SLOTS)
        table = np.full((len(instances), slots), padding, np.int64)
        for i, (row, instance) in enumerate(zip(table, instances, strict=True)):
            labels = sorted(instance['attr_labels'])
            if len(labels) > len(row):
                raise ValueError(
                    f'{results.get("img_path")}, instance {i} has {len(labels)} '
                    f'attributes; at most {len(row)} are possible'
                )
            row[: len(labels)] = labels
        return table

    def __repr__(self) -> str:
        return f'{super().__repr__()[:-1]}, with_attr={self.with_attr})'


def _check_size(results: dict) -> None:
    """Polygons and boxes do not say what picture they are of: the file does."""
    size = results.get('height'), results.get('width')
    picture = results.get('ori_shape')
    if None in size or picture is None or size == tuple(picture[:2]):
        return
    raise ValueError(
        f'{results.get("img_path")}: the annotations are for {size[0]} x {size[1]} '
        f'pixels, {_the_picture_is(picture)}'
    )


def _the_picture_is(size: tuple[int, int]) -> str:
    return (
        f'the picture {size[0]} x {size[1]}; if its EXIF says rotated, load it with '
        "color_type='color_ignore_orientation'"
    )
