"""Packs a sample for the model, attributes included."""

from typing import Any

from mmdet.datasets.transforms import PackDetInputs
from mmdet.registry import TRANSFORMS

from ...structures.run_length_masks import RunLengthMasks
from ..bad_images import BAD_IMAGE

MASK_FORMATS = ('bitmap', 'runs')

_INSTANCE_KEYS = (
    'gt_bboxes',
    'gt_bboxes_labels',
    'gt_masks',
    'gt_ignore_flags',
    'gt_attr_labels',
)


@TRANSFORMS.register_module()
class PackAttrDetInputs(PackDetInputs):
    """mmdet's ``PackDetInputs`` with attributes.

    ``gt_attr_labels`` becomes ``gt_instances.attr_labels``, a LongTensor (N, 14)
    padded with 294, and that of ignored objects ``ignored_instances.attr_labels``.
    A sample without annotations is packed without.

    Args:
        mask_format (str): 'bitmap' decodes `RunLengthMasks`, for models that want
            ``BitmapMasks``; 'runs' leaves them, which are less to send from a worker:
            mask heads take targets from them, and only those masks are painted that
            are asked for. Masks of another kind, such as `AttrCopyPaste` gives, stay
            as they are.
        kwargs (Any): settings of ``PackDetInputs``.

    Raises:
        ValueError: if `mask_format` is neither; in use, if boxes, labels, masks,
            ignore flags and attributes differ in number: a transform has moved the
            boxes without them.
    """

    mapping_table = {**PackDetInputs.mapping_table, 'gt_attr_labels': 'attr_labels'}

    def __init__(self, mask_format: str = 'bitmap', **kwargs: Any) -> None:
        if mask_format not in MASK_FORMATS:
            raise ValueError(
                f'mask_format should be one of {MASK_FORMATS}, got {mask_format!r}'
            )
        super().__init__(**kwargs)
        self.mask_format = mask_format

    def transform(self, results: dict) -> dict:
        """Pack one sample.

        Args:
            results (dict): sample at the end of a pipeline.

        Returns:
            dict: ``inputs``, a (C, H, W) tensor, and ``data_samples``, a
            DetDataSample.
        """
        lengths = {key: len(results[key]) for key in _INSTANCE_KEYS if key in results}
        if len(set(lengths.values())) > 1:
            listed = ', '.join(f'{key} {n}' for key, n in lengths.items())
            raise ValueError(
                f'{results.get("img_path")}: instances differ in number ({listed}); '
                'a transform before has dropped or added some under these keys only; '
                'wrap it in KeepAttrs if attributes were left behind, and load '
                'with_mask=False if it moves no masks, as RandomShift and Mosaic'
            )
        masks = results.get('gt_masks')
        if self.mask_format == 'bitmap' and isinstance(masks, RunLengthMasks):
            results['gt_masks'] = masks.to_bitmap()
        packed = super().transform(results)
        if results.get(BAD_IMAGE):
            packed['data_samples'].set_metainfo({BAD_IMAGE: True})
        return packed

    def __repr__(self) -> str:
        return f'{super().__repr__()[:-1]}, mask_format={self.mask_format!r})'
