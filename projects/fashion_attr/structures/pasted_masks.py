"""A mask head's small masks, in the picture, as runs."""

from collections.abc import Iterator

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .column_segments import ColumnSegments
from .run_length_masks import RunLengthMasks

# Of a product of matrices in float32 and of grid_sample, ten times over.
_DOUBT = 2e-5
_BLOCK = 1 << 22  # pixels that are looked at at a time: 16 MiB of float32


def paste_masks(
    probabilities: Tensor, boxes: Tensor, size: tuple[int, int], threshold: float
) -> RunLengthMasks:
    """Masks of objects from small maps and the boxes that these cover.

    Bit for bit what mmdet's ``FCNMaskHead`` pastes on a CPU. That samples each map
    bilinearly at all pixels around its box. Here the samples come from a product of
    two small matrices, one for rows and one for columns, and only pixels whose value
    lies too near to the threshold to trust it are sampled as mmdet does it. No mask
    of the picture's size is ever made.

    Args:
        probabilities (Tensor): (N, h, w) float32.
        boxes (Tensor): (N, 4) float32 xyxy, in pixels of the picture.
        size (tuple[int, int]): (H, W) of the picture, in pixels.
        threshold (float): A pixel from here on belongs to the mask.

    Returns:
        RunLengthMasks: N masks (H, W).
    """
    # Of many small arrays NumPy makes less ado than PyTorch.
    probabilities, boxes = (
        given.detach().float().cpu().numpy() for given in (probabilities, boxes)
    )
    # Whatever the network computes in, a pixel is decided in float32.
    full = torch.autocast('cpu', enabled=False)
    with full, np.errstate(divide='ignore', invalid='ignore', over='ignore'):
        parts = [
            part
            for n, (small, box) in enumerate(zip(probabilities, boxes, strict=True))
            for part in _segments(n, small, box, size, threshold)
        ]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    if not parts:
        columns = [np.zeros(0, np.int64)] * 4
    segments = ColumnSegments(*columns, num_masks=len(boxes), size=size)
    return RunLengthMasks.from_segments(segments)


def _segments(
    number: int,
    small: np.ndarray,
    box: np.ndarray,
    size: tuple[int, int],
    threshold: float,
) -> Iterator[tuple[np.ndarray, ...]]:
    """Masks, columns, tops and bottoms of the segments of one mask."""
    rows, top = _places(box[1], box[3], size[0])
    columns, left = _places(box[0], box[2], size[1])
    if not len(rows) or not len(columns):
        return
    down, across = (
        _weights(places, length)
        for places, length in ((rows, small.shape[0]), (columns, small.shape[1]))
    )
    sure = np.isfinite(rows).all() and np.isfinite(columns).all()
    # (columns, rows): the runs of a mask go down its columns.
    narrow = torch.from_numpy(small).T @ torch.from_numpy(down).T
    across = torch.from_numpy(across)
    step = max(1, _BLOCK // len(rows))
    for start in range(0, len(columns), step):
        block = columns[start : start + step]
        values = (across[start : start + step] @ narrow).numpy()
        framed = np.zeros((len(block), len(rows) + 2), bool)
        inside = framed[:, 1:-1]
        np.greater_equal(values, threshold, out=inside)
        values -= np.float32(threshold)
        doubtful = (
            np.abs(values, out=values) < _DOUBT if sure else np.ones(values.shape, bool)
        )
        column, row = np.divmod(np.flatnonzero(doubtful), len(rows))
        if len(row):
            inside[column, row] = _sampled(small, block[column], rows[row]) >= threshold
        edges = np.flatnonzero(framed[:, 1:] != framed[:, :-1])
        at, edge = np.divmod(edges, len(rows) + 1)
        yield (
            np.full(len(at) // 2, number),
            at[::2] + (left + start),
            edge[::2] + top,
            edge[1::2] + top,
        )


def _sampled(small: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(P,) values of a map at places in -1..1, as mmdet samples them."""
    points = torch.from_numpy(np.stack([x, y], axis=1))[None, None]
    given = torch.from_numpy(small)[None, None]
    return F.grid_sample(given, points, align_corners=False)[0, 0, 0].numpy()


def _places(low: np.float32, high: np.float32, length: int) -> tuple[np.ndarray, int]:
    """Where the pixels around a box lie in it, and the first of them.

    Args:
        low (np.float32): Least coordinate of the box, in pixels.
        high (np.float32): Greatest.
        length (int): Of the picture.

    Returns:
        tuple[np.ndarray, int]: (P,) float32, -1..1 inside the box, as mmdet has them;
        and the first pixel.
    """
    first = int(max(np.floor(low) - 1, 0))
    last = int(min(np.ceil(high) + 1, length))
    places = np.arange(first, max(first, last), dtype=np.float32) + np.float32(0.5)
    places = (places - low) / (high - low) * np.float32(2) - np.float32(1)
    places[np.isinf(places)] = 0
    return places, first


def _weights(places: np.ndarray, length: int) -> np.ndarray:
    """(P, length) weights of bilinear sampling; outside of a map there are zeros."""
    at = ((places + np.float32(1)) * np.float32(length) - np.float32(1)) / np.float32(2)
    below = np.nan_to_num(np.floor(at), posinf=length, neginf=-2)
    part = at - below
    index = np.clip(below, -2, length).astype(np.int64)
    weights = np.zeros((len(places), length + 2), np.float32)
    pixel = np.arange(len(places))
    for offset, weight in ((0, 1 - part), (1, part)):
        weights[pixel, np.clip(index + offset + 1, 0, length + 1)] += weight
    return weights[:, 1:-1]
