"""Pastes garments of one picture into another, attributes and parts included.

"Simple Copy-Paste is a Strong Data Augmentation Method for Instance Segmentation",
Ghiasi et al., CVPR 2021 (arXiv 2012.07177).

Letters: N objects, (h, w) the size of both pictures in pixels.
"""

import numpy as np
from mmcv.transforms import BaseTransform
from mmcv.transforms.utils import cache_randomness
from mmdet.registry import TRANSFORMS
from mmdet.structures.mask import BitmapMasks

_ARRAYS = ('gt_bboxes_labels', 'gt_ignore_flags', 'gt_attr_labels')


@TRANSFORMS.register_module()
class AttrCopyPaste(BaseTransform):
    """mmdet's ``CopyPaste`` with attributes, and with parts that stay on garments.

    To be used in a ``MultiImageMixDataset`` whose inner pipeline brings all pictures
    to one size (``Pad``). Labels, ignore flags and attributes go with the pasted
    objects. What they hide is taken off the masks and boxes below, and an object of
    which too little is left is dropped. Three things differ from mmdet:

    - a sleeve, a collar or a pocket lies within its garment, so with ``whole=True``
      it is pasted with that garment and with everything else of it, or not at all;
    - an object that is hidden altogether never stays, where mmdet keeps small ones
      in the upper left corner, with an empty mask;
    - the picture keeps its type, uint8, where mmdet's becomes int64.

    Args:
        max_num_pasted (int): fewer garments than this are pasted, any number from 0
            being as likely as another.
        bbox_occluded_thr (int): an object stays if no edge of its box moves by more
            than this, in pixels,
        mask_occluded_thr (int): or if more than this is left of it, in pixels.
        whole (bool): whether to paste garments with their parts; False draws every
            object by itself, as the paper and mmdet do.

    Raises:
        ValueError: if `max_num_pasted` is below 1; in use, if there is not one
            picture to paste from, if it has another size, or if one of the two lacks
            masks or something that the other has.
    """

    def __init__(
        self,
        max_num_pasted: int = 100,
        bbox_occluded_thr: int = 10,
        mask_occluded_thr: int = 300,
        whole: bool = True,
    ):
        if max_num_pasted < 1:
            raise ValueError(
                f'max_num_pasted should be 1 or more, got {max_num_pasted}: fewer '
                'garments than that are pasted'
            )
        self.max_num_pasted = max_num_pasted
        self.bbox_occluded_thr = bbox_occluded_thr
        self.mask_occluded_thr = mask_occluded_thr
        self.whole = whole

    @cache_randomness
    def get_indexes(self, dataset) -> int:
        """The picture to paste from (called by ``MultiImageMixDataset``)."""
        return np.random.randint(0, len(dataset))

    def transform(self, results: dict) -> dict:
        """Paste into one sample.

        Args:
            results (dict): sample with ``gt_masks`` and, in ``mix_results``, the
                sample to paste from; neither is written to.

        Returns:
            dict: the sample, ``gt_masks`` a ``BitmapMasks``; the objects that were
            there come first, then those pasted.
        """
        source = self._source(results)
        masks = source['gt_masks'].masks
        groups = garments(masks) if self.whole else np.arange(len(masks))
        chosen = self._choose(groups)
        if not len(chosen):
            return results
        window, shape = _joined(masks[chosen])
        hidden = _Hidden(results, window, shape)
        kept = hidden.kept(self.bbox_occluded_thr, self.mask_occluded_thr)
        image = results['img'].copy()
        image[window][shape] = source['img'][window][shape]
        pasted = {
            key: np.concatenate([results[key][kept], source[key][chosen]])
            for key in _ARRAYS
            if key in results
        }
        bitmaps = np.concatenate([hidden.masks[kept], masks[chosen]])
        boxes = [hidden.boxes[kept], source['gt_bboxes'][chosen]]
        return dict(
            results,
            img=image,
            gt_bboxes=hidden.boxes.cat(boxes),
            gt_masks=BitmapMasks(bitmaps, *bitmaps.shape[1:]),
            **pasted,
        )

    def _source(self, results: dict) -> dict:
        path, mixed = results.get('img_path'), results.get('mix_results', [])
        if len(mixed) != 1:
            raise ValueError(
                f'{path}: AttrCopyPaste pastes from 1 picture, got {len(mixed)}; put '
                'it into the outer pipeline of a MultiImageMixDataset'
            )
        source = mixed[0]
        keys = ('gt_masks', 'gt_bboxes', *_ARRAYS)
        has, gives = ({k for k in keys if k in s} for s in (results, source))
        if 'gt_masks' not in has & gives or has != gives:
            raise ValueError(
                f'{path}: AttrCopyPaste needs gt_masks and the same keys in both '
                f'pictures; here {sorted(has)}, in {source.get("img_path")} '
                f'{sorted(gives)}'
            )
        here, there = (sample['img'].shape[:2] for sample in (results, source))
        if here != there:
            raise ValueError(
                f'{path}: AttrCopyPaste needs pictures of one size; this is '
                f'{here[0]} x {here[1]}, {source.get("img_path")} {there[0]} x '
                f'{there[1]} pixels; end the inner pipeline with Pad(size=...)'
            )
        return source

    @cache_randomness
    def _choose(self, groups: np.ndarray) -> np.ndarray:
        """Indices of the objects of random groups, in the order they are drawn."""
        count = int(groups.max(initial=-1)) + 1
        num_pasted = np.random.randint(0, min(count + 1, self.max_num_pasted))
        drawn = np.random.choice(count, size=num_pasted, replace=False)
        parts = [np.flatnonzero(groups == group) for group in drawn]
        return np.concatenate([*parts, np.zeros(0, np.int64)]).astype(np.int64)

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(max_num_pasted={self.max_num_pasted}, '
            f'bbox_occluded_thr={self.bbox_occluded_thr}, '
            f'mask_occluded_thr={self.mask_occluded_thr}, whole={self.whole})'
        )


def garments(masks: np.ndarray) -> np.ndarray:
    """Which objects make up one garment: each goes with the one that it lies in.

    An object is part of a larger one if that covers at least half of it; of several,
    of the one that covers most of it. In the competition's pictures sleeves, collars,
    necklines and pockets lie in their garment by 90% or more, and garments overlap
    each other by next to nothing.

    Args:
        masks (np.ndarray): (N, h, w) of 0 and 1.

    Returns:
        np.ndarray: (N,) int64 number of each object's garment, counted from 0.
    """
    masks = masks.astype(bool)
    areas = np.count_nonzero(masks, axis=(1, 2))
    order = np.argsort(-areas, kind='stable')
    groups = np.zeros(len(masks), np.int64)
    count = 0
    for place, i in enumerate(order):
        window, shape = _joined(masks[i : i + 1])
        larger = order[:place]
        covered = [np.count_nonzero(masks[j][window] & shape) for j in larger]
        if covered and 2 * max(covered) >= max(areas[i], 1):
            groups[i] = groups[larger[np.argmax(covered)]]
        else:
            groups[i] = count
            count += 1
    return groups


def _joined(masks: np.ndarray) -> tuple[tuple[slice, slice], np.ndarray]:
    """The window around (N, h, w) masks, and in it the pixels of any of them."""
    joined = masks.any(axis=0)
    rows, columns = (np.flatnonzero(joined.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return (slice(0, 0), slice(0, 0)), joined[:0, :0]
    window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return window, joined[window]


class _Hidden:
    """A sample's masks and boxes with something pasted over them."""

    def __init__(self, results: dict, window: tuple[slice, slice], shape: np.ndarray):
        self.before = results['gt_bboxes']
        self.masks = results['gt_masks'].masks.copy()
        below = self.masks[:, window[0], window[1]]
        self.touched = (below & shape).any(axis=(1, 2))
        below *= ~shape
        self.boxes = self.before.clone()
        self.boxes.tensor[self.touched] = self._tight_boxes()

    def _tight_boxes(self):
        masks = BitmapMasks(self.masks[self.touched], *self.masks.shape[1:])
        return masks.get_bboxes(type(self.before)).tensor

    def kept(self, bbox_thr: int, mask_thr: int) -> np.ndarray:
        """(N,) bool: which objects are still to be seen well enough."""
        moved = (self.boxes.tensor - self.before.tensor).abs().amax(dim=1).numpy()
        left = np.full(len(self.masks), np.iinfo(np.int64).max)
        left[self.touched] = np.count_nonzero(self.masks[self.touched], axis=(1, 2))
        return (left > 0) & ((moved <= bbox_thr) | (left > mask_thr))
