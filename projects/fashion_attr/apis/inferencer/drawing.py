"""Garments drawn on their picture by the project's visualiser."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from mmdet.structures import DetDataSample
from mmengine.structures import InstanceData

from projects.fashion_attr.datasets.transforms.encoded_image import EncodedImage
from projects.fashion_attr.evaluation.functional.attribute_scores import (
    above_threshold,
)
from projects.fashion_attr.structures.run_length_masks import RunLengthMasks
from projects.fashion_attr.visualization import AttrLocalVisualizer

from .inputs import Picture
from .raw import RawPrediction


def make_artist(dataset_meta: Mapping[str, Any]) -> AttrLocalVisualizer:
    """A visualiser that draws everything it is given.

    Args:
        dataset_meta (Mapping): ``classes``, ``attributes`` and ``palette``.

    Returns:
        AttrLocalVisualizer: for `draw`.
    """
    artist = AttrLocalVisualizer(attr_score_thr=0.0)
    artist.dataset_meta = dict(dataset_meta)
    return artist


def draw(
    artist: AttrLocalVisualizer,
    image: np.ndarray,
    raw: RawPrediction,
    attr_thr: float | np.ndarray,
) -> np.ndarray:
    """Draw garments on their picture.

    Args:
        artist (AttrLocalVisualizer): of `make_artist`.
        image (np.ndarray): (H, W, 3) uint8 RGB.
        raw (RawPrediction): the garments to draw, all of them.
        attr_thr (float | np.ndarray): attributes that reach this score are named, as
            `read_thresholds` gives it.

    Returns:
        np.ndarray: (H', W', 3) uint8 RGB, resized to be read.
    """
    found = InstanceData(
        labels=torch.from_numpy(raw.labels),
        scores=torch.from_numpy(raw.scores),
        bboxes=torch.from_numpy(raw.boxes),
    )
    if raw.masks is not None:
        found.masks = RunLengthMasks(raw.masks, *raw.size)
    if raw.attr_scores is not None:
        reached = above_threshold(raw.attr_scores, raw.labels, attr_thr)
        found.attr_scores = torch.from_numpy(np.where(reached, raw.attr_scores, -1))
    sample = DetDataSample()
    sample.pred_instances = found
    return artist.draw_datasample(image, sample, draw_gt=False, pred_score_thr=0.0)


def read_rgb(picture: Picture, turn: bool = False) -> np.ndarray:
    """(H, W, 3) uint8 RGB of a picture, as the network was shown it.

    Args:
        picture (Picture): with a path, or pixels, which stay as they are.
        turn (bool): whether to turn a file as EXIF says.

    Raises:
        FileNotFoundError: if the file is gone.
        ValueError: if it cannot be decoded.
    """
    source = picture.source
    if not isinstance(source, np.ndarray):
        source = EncodedImage(source, turn=turn).decode()
    return np.ascontiguousarray(source[..., ::-1])
