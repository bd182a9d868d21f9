"""Where label blocks go: in a column on either side of a picture (pure numpy).

Boundary labelling: each block stands as level with what it speaks of as the others
allow, no two overlap, and nothing of the picture is covered. Free room INSIDE a
fashion picture is mostly somebody's face or hands.

Letters: N blocks; sizes are (h, w), points (x, y), all in pixels.
"""

from typing import NamedTuple

import numpy as np


class SideLayout(NamedTuple):
    """Blocks beside a picture: (N,) sides, (N,) tops, and the height they need.

    Where that height is more than the picture's, the picture is in its middle.
    """

    on_right: np.ndarray
    tops: np.ndarray
    height: int


def stack_column(
    targets: np.ndarray, heights: np.ndarray, extent: float, gap: float
) -> np.ndarray:
    """Tops of blocks stacked in the given order, each as near its target as can be.

    Minimises the sum of squared distances to the targets. With the heights above
    each block taken off, "no overlap" reads "not decreasing": isotonic regression,
    solved by pooling adjacent violators; clipping its answer keeps it optimal.

    Args:
        targets (np.ndarray): (N,) wished tops, in pixels.
        heights (np.ndarray): (N,) heights, in pixels.
        extent (float): the height of the column, in pixels.
        gap (float): the room between two blocks, in pixels.

    Returns:
        np.ndarray: (N,) tops, within 0..extent wherever the blocks fit there;
        from 0 and beyond extent where they do not.
    """
    targets, heights = np.asarray(targets, float), np.asarray(heights, float)
    if not len(targets):
        return np.zeros(0)
    above = np.concatenate([[0.0], np.cumsum(heights[:-1] + gap)])
    room = max(0.0, extent - above[-1] - heights[-1])
    return np.clip(_isotonic(targets - above), 0, room) + above


def _isotonic(values: np.ndarray) -> np.ndarray:
    """The least-squares non-decreasing fit to ``values``."""
    pools: list[list[float]] = []  # [mean, how many values]
    for value in values:
        pools.append([float(value), 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, count = pools.pop()
            total = pools[-1][1] + count
            pools[-1] = [(pools[-1][0] * pools[-1][1] + mean * count) / total, total]
    return np.concatenate([np.full(count, mean) for mean, count in pools])


def column_height(heights: np.ndarray, gap: float) -> float:
    """The height of a column of blocks with ``gap`` between them, in pixels."""
    return float(np.sum(heights) + gap * max(0, len(heights) - 1))


def split_sides(
    anchors_x: np.ndarray, heights: np.ndarray, picture: tuple[int, int], gap: float
) -> np.ndarray:
    """Which blocks go to the right column: those whose anchors lie further right.

    Of all splits in the order of x: first the one that spills least over the
    picture's height, then the one whose lines cross least of the other anchors
    (each block goes to the nearer end of the anchors' range), then the one with the
    shortest way to the sides of the picture.

    Args:
        anchors_x (np.ndarray): (N,) x of what the blocks speak of, in pixels.
        heights (np.ndarray): (N,) heights of the blocks, in pixels.
        picture (tuple[int, int]): (h, w) of the picture.
        gap (float): the room between two blocks, in pixels.

    Returns:
        np.ndarray: (N,) bool.
    """
    anchors_x, heights = np.asarray(anchors_x, float), np.asarray(heights, float)
    order = np.argsort(anchors_x, kind='stable')
    first, last = min(anchors_x, default=0.0), max(anchors_x, default=0.0)

    def cost(num_left: int) -> tuple[float, float, float]:
        left, right = order[:num_left], order[num_left:]
        tallest = max(column_height(heights[left], gap),
                      column_height(heights[right], gap))  # fmt: skip
        crossed = (anchors_x[left] - first).sum() + (last - anchors_x[right]).sum()
        way = anchors_x[left].sum() + (picture[1] - anchors_x[right]).sum()
        return max(0.0, tallest - picture[0]), round(crossed, 6), way

    on_right = np.ones(len(order), bool)
    on_right[order[: min(range(len(order) + 1), key=cost)]] = False
    return on_right


def place_beside(
    anchors: np.ndarray, sizes: np.ndarray, picture: tuple[int, int], gap: int
) -> SideLayout:
    """Stack blocks in two columns beside a picture, level with their anchors.

    Args:
        anchors (np.ndarray): (N, 2) points that the blocks speak of.
        sizes (np.ndarray): (N, 2) (h, w) of the blocks.
        picture (tuple[int, int]): (h, w) of the picture.
        gap (int): the room between two blocks and at the ends of a column.

    Returns:
        SideLayout: in whole pixels; as high as the picture, or higher where the
        blocks do not fit in that.
    """
    anchors = np.asarray(anchors, float).reshape(-1, 2)
    heights = np.asarray(sizes, float).reshape(-1, 2)[:, 0]
    inner = picture[0] - 2 * gap, picture[1]
    on_right = split_sides(anchors[:, 0], heights, inner, gap)
    columns = [
        column[np.argsort(anchors[column, 1], kind='stable')]
        for column in (np.flatnonzero(~on_right), np.flatnonzero(on_right))
    ]
    needed = max(column_height(heights[column], gap) for column in columns)
    height = max(picture[0], int(np.ceil(needed)) + 2 * gap)
    tops = np.zeros(len(anchors))
    for column in columns:
        middle = anchors[column, 1] + (height - picture[0]) // 2
        wished = middle - heights[column] / 2 - gap
        stacked = stack_column(wished, heights[column], height - 2 * gap, gap)
        tops[column] = gap + stacked
    return SideLayout(on_right, np.floor(tops).astype(int), height)
