"""Samples as they are between mmdet's transforms, for tests."""

import numpy as np
import torch
from hypothesis import strategies as st
from mmdet.structures.bbox import HorizontalBoxes
from mmdet.structures.mask import BitmapMasks

HEIGHT, WIDTH = 24, 20
boxes_xywh = st.tuples(
    st.integers(0, WIDTH - 2),
    st.integers(0, HEIGHT - 2),
    st.integers(1, WIDTH),
    st.integers(1, HEIGHT),
).map(lambda b: (*b[:2], min(b[2], WIDTH - b[0]), min(b[3], HEIGHT - b[1])))


def attrs_of(labels) -> np.ndarray:
    """(N, 14) attribute rows that tell the label they belong to."""
    rows = np.full((len(labels), 14), 294, np.int64)
    rows[:, 0] = np.asarray(labels, np.int64) * 3 + 1
    return rows


def make_sample(boxes, first_label=0, ignore=None, seed=0) -> dict:
    """A sample with filled rectangles xywh; labels count up from first_label."""
    masks = np.zeros((len(boxes), HEIGHT, WIDTH), np.uint8)
    for mask, (x, y, w, h) in zip(masks, boxes, strict=True):
        mask[y : y + h, x : x + w] = 1
    labels = np.arange(first_label, first_label + len(boxes), dtype=np.int64)
    corners = [(x, y, x + w, y + h) for x, y, w, h in boxes]
    image = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 3))
    return dict(
        img_path=f'{first_label}.jpg',
        img_id=first_label,
        img=image.astype(np.uint8),
        img_shape=(HEIGHT, WIDTH),
        ori_shape=(HEIGHT, WIDTH),
        gt_bboxes=HorizontalBoxes(torch.tensor(corners).float().reshape(-1, 4)),
        gt_bboxes_labels=labels,
        gt_masks=BitmapMasks(masks, HEIGHT, WIDTH),
        gt_ignore_flags=np.array(ignore or [False] * len(boxes), bool),
        gt_attr_labels=attrs_of(labels),
    )
