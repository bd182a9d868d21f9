"""Keeps attributes in step with the boxes through any transform of mmdet.

mmdet's transforms drop, reorder and add instances under a fixed list of keys that
knows no attributes. But all of them carry ``gt_bboxes_labels`` along untouched. So
this numbers the instances there, lets the transform do its work, and reads from the
numbers which instance is where:

    labels  [31, 4, 4] + [10]   (sample + mix_results)
    numbers [ 0, 1, 2] + [ 3]   -> transform -> [2, 3]
    labels  [4, 10], attributes of instances 2 and 3
"""

from collections.abc import Callable

import numpy as np
from mmcv.transforms import BaseTransform
from mmdet.datasets.transforms import MixUp, Mosaic, RandomAffine, RandomShift
from mmdet.registry import TRANSFORMS

from .attr_random_flip import transforms_of

# They move boxes and leave masks where they were, as of mmdet 3.3.
_BOXES_ONLY = (MixUp, Mosaic, RandomAffine, RandomShift)


@TRANSFORMS.register_module()
class KeepAttrs(BaseTransform):
    """Runs a transform and moves ``gt_attr_labels`` as it moves the boxes.

    Args:
        transform (dict | Callable): any transform of mmdet, as config or built, for
            instance ``dict(type='RandomCrop', crop_size=(512, 512))``. One that
            mixes pictures needs ``MultiImageMixDataset``, as without this wrapper.

    Raises:
        ValueError: if the transform keeps samples of earlier calls (``CachedMosaic``,
            ``CachedMixUp``); in use, if labels and attributes differ in number
            before it, if it loses or invents labels, or if there are masks and it
            moves the boxes without them: ``MixUp``, ``Mosaic``, ``RandomAffine``
            and ``RandomShift`` at once, others when they have done so.
    """

    def __init__(self, transform: dict | Callable[[dict], dict | None]):
        if isinstance(transform, dict):
            transform = TRANSFORMS.build(transform)
        self.wrapped = transform
        if hasattr(transform, 'results_cache'):
            raise ValueError(
                f'{self._name} mixes in samples of earlier calls, whose attributes are '
                'gone; use Mosaic or MixUp in a MultiImageMixDataset'
            )

    @property
    def _name(self) -> str:
        return type(self.wrapped).__name__

    # Properties, so that hasattr() is true only where the wrapped one has them.
    @property
    def get_indexes(self) -> Callable:
        """Which samples the wrapped transform mixes in (mmdet's name)."""
        return self.wrapped.get_indexes

    @property
    def get_indices(self) -> Callable:
        """Which samples the wrapped transform mixes in (mmengine's name)."""
        return self.wrapped.get_indices

    def transform(self, results: dict) -> dict | None:
        """Run the wrapped transform on one sample.

        Args:
            results (dict): sample, possibly with ``mix_results``; one without
                ``gt_attr_labels`` just goes through.

        Returns:
            dict | None: its answer, ``gt_attr_labels`` (N', 14) in step; None where
            it refuses the sample.
        """
        if 'gt_attr_labels' not in results:
            return self.wrapped(results)
        mixed = results.get('mix_results', [])
        samples = [results, *mixed]
        labels = np.concatenate([self._labels(sample) for sample in samples])
        attrs = np.concatenate([sample['gt_attr_labels'] for sample in samples])
        dtype, numbered = results['gt_bboxes_labels'].dtype, self._number(samples)
        self._refuse_boxes_only(results)
        before = results.get('img'), _frame(results)
        if mixed:
            numbered[0]['mix_results'] = numbered[1:]
        answer = self.wrapped(numbered[0])
        if answer is None:
            return None
        self._check_masks(results, answer, *before)
        if mixed and 'mix_results' in answer:
            answer['mix_results'] = mixed
        order = self._numbers(answer, len(labels))
        answer['gt_bboxes_labels'] = labels[order].astype(dtype)
        answer['gt_attr_labels'] = attrs[order]
        return answer

    def _refuse_boxes_only(self, results: dict) -> None:
        if results.get('gt_masks') is None:
            return
        for transform in transforms_of(self.wrapped):
            if type(transform) in _BOXES_ONLY:
                raise ValueError(_left_behind(results, type(transform).__name__))

    def _check_masks(self, results: dict, answer: dict, image, frame: tuple) -> None:
        """What moves picture and boxes gives new masks too, or has forgotten them."""
        masks = answer.get('gt_masks')
        if not masks or masks is not results.get('gt_masks'):
            return
        if answer.get('img') is not image and not _same(_frame(answer), frame):
            raise ValueError(_left_behind(answer, self._name))

    def _labels(self, sample: dict) -> np.ndarray:
        path, labels = sample.get('img_path'), sample.get('gt_bboxes_labels')
        if 'gt_attr_labels' not in sample or labels is None:
            raise ValueError(
                f'{path}: {self._name} mixes a sample with attributes and labels and '
                'one without'
            )
        if len(labels) != len(sample['gt_attr_labels']):
            raise ValueError(
                f'{path}: {len(labels)} labels but {len(sample["gt_attr_labels"])} '
                f'attribute rows before {self._name}; wrap the transform before it '
                'in KeepAttrs'
            )
        return labels

    @staticmethod
    def _number(samples: list[dict]) -> list[dict]:
        numbered, start = [], 0
        for sample in samples:
            stop = start + len(sample['gt_bboxes_labels'])
            numbers = np.arange(start, stop, dtype=np.int64)
            numbered.append({**sample, 'gt_bboxes_labels': numbers})
            start = stop
        return numbered

    def _numbers(self, answer: dict, total: int) -> np.ndarray:
        """The instance at each place after the transform."""
        path = answer.get('img_path')
        if answer.get('gt_bboxes_labels') is None:
            raise ValueError(f'{path}: {self._name} has lost gt_bboxes_labels')
        numbers = np.asarray(answer['gt_bboxes_labels'])
        order = numbers.astype(np.int64)
        if ((order != numbers) | (order < 0) | (order >= total)).any():
            raise ValueError(
                f'{path}: {self._name} has invented labels: {numbers.tolist()} where '
                f'{total} instances were numbered from 0'
            )
        boxes = answer.get('gt_bboxes')
        if boxes is not None and len(boxes) != len(order):
            raise ValueError(
                f'{path}: {self._name} has left {len(boxes)} boxes but {len(order)} '
                'labels'
            )
        return order

    def __repr__(self) -> str:
        return f'{type(self).__name__}(transform={self.wrapped})'


def _frame(sample: dict) -> tuple[tuple | None, np.ndarray | None]:
    """The picture's size and a copy of the boxes."""
    shape, boxes = sample.get('img_shape'), sample.get('gt_bboxes')
    boxes = None if boxes is None else np.array(getattr(boxes, 'tensor', boxes))
    return None if shape is None else tuple(shape[:2]), boxes


def _same(one: tuple, other: tuple) -> bool:
    return one[0] == other[0] and np.array_equal(one[1], other[1])


def _left_behind(sample: dict, name: str) -> str:
    return (
        f'{sample.get("img_path")}: {name} moves boxes, but not masks; load '
        'boxes alone with LoadAttrAnnotations(with_mask=False), or do without it'
    )
