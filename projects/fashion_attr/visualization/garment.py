"""What there is to draw of one garment, read from mmdet's instances.

Letters: N instances, A attributes, K attribute slots; sizes are (h, w) in pixels.
"""

import colorsys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch
from mmdet.structures.bbox import BaseBoxes
from mmengine.structures import InstanceData

from projects.fashion_attr.structures.run_length_masks import RunLengthMasks

Color = tuple[int, int, int]


class AttributeLabel(NamedTuple):
    """An attribute's name as a label shows it; ``color`` None is the usual ink."""

    name: str
    score: float | None = None
    color: Color | None = None


@dataclass(frozen=True)
class Garment:
    """One garment in the pixels of the picture that is drawn.

    Attributes:
        name: of its category.
        color: RGB.
        box: (4,) xyxy.
        mask: (H, W) bool of the drawn picture, or None.
        score: of its category, or None for ground truth.
        attributes: best first.
    """

    name: str
    color: Color
    box: np.ndarray
    mask: np.ndarray | None = None
    score: float | None = None
    attributes: tuple[AttributeLabel, ...] = ()

    @property
    def area(self) -> float:
        """Pixels of the mask, or of the box without one."""
        if self.mask is not None:
            return float(np.count_nonzero(self.mask))
        return float(np.prod(np.maximum(0, self.box[2:] - self.box[:2])))


def read_garments(
    instances: InstanceData,
    image_size: tuple[int, int],
    draw_size: tuple[int, int],
    meta: Mapping[str, Any],
    attr_score_thr: float | np.ndarray,
) -> list[Garment]:
    """Turn mmdet's instances into garments to draw.

    Masks tell the size that their boxes belong to, so that ground truth of a
    resized picture lands in the right place as well.

    Args:
        instances (InstanceData): N labels with bboxes (N, 4) xyxy or masks
            (bool tensor, array, BitmapMasks or PolygonMasks) or both; if present,
            scores (N,), attr_scores (N, A) and attr_labels (N, K), where indices
            that name no attribute are padding. On any device.
        image_size (tuple[int, int]): (h, w) that boxes without masks belong to.
        draw_size (tuple[int, int]): (h, w) of the picture to draw on.
        meta (Mapping): the dataset's metainfo: classes, palette, attributes.
        attr_score_thr (float | np.ndarray): attributes that reach this score are
            shown: one for all, or (classes, A) by class and attribute.

    Returns:
        list[Garment]: in the order of the instances.

    Raises:
        ValueError: if the instances have neither boxes nor masks.
    """
    if 'labels' not in instances or not len(instances.labels):
        return []
    masks, mask_size = _read_masks(instances, draw_size)
    boxes = _read_boxes(instances, masks, mask_size or image_size, draw_size)
    labels = to_numpy(instances.labels).astype(int)
    scores = to_numpy(instances.scores) if 'scores' in instances else None
    attributes = _read_attributes(instances, meta, attr_score_thr)
    return [
        Garment(
            name=_name(meta.get('classes'), label, 'class'),
            color=category_color(label, meta.get('palette')),
            box=boxes[i],
            mask=None if masks is None else masks[i],
            score=None if scores is None else float(scores[i]),
            attributes=attributes[i],
        )
        for i, label in enumerate(labels)
    ]


def to_numpy(values: Any) -> np.ndarray:
    """A tensor on any device, boxes, a list or an array, as an array."""
    if isinstance(values, BaseBoxes):
        values = values.convert_to('hbox').tensor
    if isinstance(values, torch.Tensor):
        values = values.detach().cpu()
        return values.float().numpy() if values.is_floating_point() else values.numpy()
    return np.asarray(values)


def category_color(label: int, palette: Sequence[Color] | None) -> Color:
    """The palette's colour of a category, or a colour of its own outside of it."""
    if palette is not None and not isinstance(palette, str) and label < len(palette):
        return tuple(int(c) for c in palette[label])
    # Steps of the golden ratio never come back to a hue.
    hue = (0.1 + label * 0.618034) % 1
    return tuple(round(255 * c) for c in colorsys.hsv_to_rgb(hue, 0.7, 0.85))


def _name(names: Sequence[str] | None, index: int, kind: str) -> str:
    if names is not None and index < len(names):
        return str(names[index])
    return f'{kind} {index}'


def _read_masks(
    instances: InstanceData, draw_size: tuple[int, int]
) -> tuple[np.ndarray | None, tuple[int, int] | None]:
    """(N, h, w) bool masks of the drawn size, and the size they came in."""
    if 'masks' not in instances:
        return None, None
    masks = instances.masks
    if isinstance(masks, RunLengthMasks):
        size = masks.height, masks.width  # and one after the other is decoded
    else:
        # BitmapMasks and PolygonMasks; a tensor has no such method.
        masks = masks.to_ndarray() if hasattr(masks, 'to_ndarray') else to_numpy(masks)
        size = masks.shape[1:]
    return np.stack([resize_mask(mask, draw_size) for mask in masks]), size


def resize_mask(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(h, w) mask of zeros and others, with smooth edges at another size.

    Args:
        mask (np.ndarray): of any size and type.
        size (tuple[int, int]): (h, w) wanted.

    Returns:
        np.ndarray: bool. Parts at least a new pixel wide are kept.
    """
    if mask.shape == tuple(size):
        return mask.astype(bool)
    shrinks = mask.shape[0] > size[0]
    # Averaging all of a picture of 20 megapixels would take most of the time.
    stride = max(1, int(min(mask.shape[0] / size[0], mask.shape[1] / size[1]) / 1.5))
    mask = np.ascontiguousarray(mask[::stride, ::stride], dtype=bool)
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resized = cv2.resize(mask.view(np.uint8) * 255, size[::-1], interpolation=how)
    return resized > (60 if shrinks else 127)


def _read_boxes(
    instances: InstanceData,
    masks: np.ndarray | None,
    size: tuple[int, int],
    draw_size: tuple[int, int],
) -> np.ndarray:
    """(N, 4) xyxy in the drawn picture; from the masks where there are no boxes."""
    boxes = to_numpy(instances.bboxes) if 'bboxes' in instances else None
    # Heads without a box branch give boxes of zeros.
    if masks is not None and (boxes is None or not boxes.any()):
        return np.stack([mask_box(mask) for mask in masks])
    if boxes is None:
        raise ValueError(
            f'cannot draw {len(instances)} instances with neither bboxes nor masks; '
            f'they have {sorted(instances.keys())}'
        )
    scale = np.array([draw_size[1] / size[1], draw_size[0] / size[0]] * 2)
    limit = np.array([draw_size[1], draw_size[0]] * 2)
    return np.clip(boxes * scale, 0, limit)


def mask_box(mask: np.ndarray) -> np.ndarray:
    """(4,) xyxy around a mask, right and bottom exclusive; zeros if it is empty."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if not len(rows):
        return np.zeros(4)
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], float)


def _read_attributes(
    instances: InstanceData,
    meta: Mapping[str, Any],
    attr_score_thr: float | np.ndarray,
) -> list[tuple[AttributeLabel, ...]]:
    names = meta.get('attributes')
    if 'attr_scores' in instances:
        scores = to_numpy(instances.attr_scores)
        if np.ndim(attr_score_thr):
            attr_score_thr = attr_score_thr[to_numpy(instances.labels)]
        reached = scores >= attr_score_thr
        return [_ranked(*row, names) for row in zip(scores, reached, strict=True)]
    if 'attr_labels' in instances:
        limit = len(names) if names is not None else np.inf
        return [
            tuple(
                AttributeLabel(_name(names, int(index), 'attribute'))
                for index in row
                if 0 <= index < limit
            )
            for row in to_numpy(instances.attr_labels)
        ]
    return [()] * len(instances.labels)


def _ranked(
    scores: np.ndarray, reached: np.ndarray, names: Sequence[str] | None
) -> tuple[AttributeLabel, ...]:
    order = np.argsort(-scores, kind='stable')
    return tuple(
        AttributeLabel(_name(names, int(i), 'attribute'), float(scores[i]))
        for i in order
        if reached[i]
    )
