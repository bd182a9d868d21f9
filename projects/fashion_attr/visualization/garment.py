"""What there is to draw of one garment, read from mmdet's instances.

Letters: N instances, A attributes, K attribute slots; sizes are (h, w) in pixels.
"""

import colorsys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from mmengine.structures import InstanceData

from projects.fashion_attr.visualization.instance_masks import (
    mask_box,
    read_masks,
    to_numpy,
)
from projects.fashion_attr.visualization.verdict import Color, Verdict


class AttributeLabel(NamedTuple):
    """An attribute as a label shows it.

    Attributes:
        name: of the attribute.
        score: None for ground truth.
        index: place in the dataset's metainfo.
        verdict: set where ground truth and prediction are compared.
    """

    name: str
    score: float | None = None
    index: int = -1
    verdict: Verdict | None = None


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
        label: index of its category.
        verdict: set where ground truth and prediction are compared.
    """

    name: str
    color: Color
    box: np.ndarray
    mask: np.ndarray | None = None
    score: float | None = None
    attributes: tuple[AttributeLabel, ...] = ()
    label: int = 0
    verdict: Verdict | None = None

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
    masks, mask_size = read_masks(instances, draw_size)
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
            label=int(label),
        )
        for i, label in enumerate(labels)
    ]


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
                AttributeLabel(_name(names, int(index), 'attribute'), None, int(index))
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
        AttributeLabel(_name(names, int(i), 'attribute'), float(scores[i]), int(i))
        for i in order
        if reached[i]
    )
