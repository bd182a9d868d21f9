"""Where label blocks go: pure numpy, knows rectangles and masks, not garments.

Two ways, both without overlap between blocks:

- in the picture (``place_inside``): greedily on pixels that no garment covers, as
  near to the garment as possible;
- beside the picture (``place_beside``): in a column on either side, each block as
  level with its garment as the others allow (boundary labelling).

Letters: N blocks; sizes are (h, w), boxes xyxy, points (x, y), all in pixels.
"""

from typing import NamedTuple

import numpy as np

# The grid on which free room in a picture is looked for, in pixels.
CELL = 4


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
    """Which blocks go to the right column: those whose garments lie further right.

    Of all splits in the order of x, the one with the shortest way to the sides,
    after the one that spills least over the picture's height.

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

    def cost(num_left: int) -> tuple[float, float]:
        left, right = order[:num_left], order[num_left:]
        tallest = max(column_height(heights[left], gap),
                      column_height(heights[right], gap))  # fmt: skip
        way = anchors_x[left].sum() + (picture[1] - anchors_x[right]).sum()
        return max(0.0, tallest - picture[0]), way

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


def place_inside(
    boxes: np.ndarray,
    sizes: np.ndarray,
    occupied: np.ndarray,
    gap: int,
    max_distance: float,
) -> np.ndarray | None:
    """Place blocks on free room of a picture, each as near its box as possible.

    Greedy, the tallest block first. At equal distance a block goes above its box
    rather than beside or below.

    Args:
        boxes (np.ndarray): (N, 4) xyxy, what the blocks speak of.
        sizes (np.ndarray): (N, 2) (h, w) of the blocks.
        occupied (np.ndarray): (H, W) bool, pixels that must not be covered.
        gap (int): the room around a block.
        max_distance (float): no block may be further from its box than this.

    Returns:
        np.ndarray | None: (N, 2) whole left and top pixels, or None where a block
        finds no room.
    """
    boxes = np.asarray(boxes, float).reshape(-1, 4)
    sizes = np.asarray(sizes, int).reshape(-1, 2)
    taken = _coarse(occupied)
    corners = np.zeros((len(boxes), 2), int)
    for i in np.argsort(-sizes[:, 0], kind='stable'):
        # One cell more than the block: it keeps its distance on all sides.
        cells = -(-(sizes[i] + 2 * gap) // CELL)
        rows, columns = _free_positions(taken, cells)
        if not len(rows):
            return None
        lefts, tops = columns * CELL + gap, rows * CELL + gap
        cost = _distance(boxes[i], lefts, tops, sizes[i])
        best = int(np.argmin(cost + _preference(boxes[i], lefts, tops, sizes[i])))
        if cost[best] > max_distance:
            return None
        corners[i] = lefts[best], tops[best]
        row, column = rows[best], columns[best]
        taken[row : row + cells[0], column : column + cells[1]] = True
    return corners


def _coarse(occupied: np.ndarray) -> np.ndarray:
    """(H // CELL, W // CELL) cells with an occupied pixel; a cut-off rim is dropped."""
    rows, columns = occupied.shape[0] // CELL, occupied.shape[1] // CELL
    cells = occupied[: rows * CELL, : columns * CELL]
    return cells.reshape(rows, CELL, columns, CELL).any((1, 3))


def _free_positions(
    taken: np.ndarray, cells: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns at which a block of ``cells`` (h, w) covers no taken cell."""
    h, w = cells
    if h > taken.shape[0] or w > taken.shape[1]:
        return np.zeros(0, int), np.zeros(0, int)
    sums = np.pad(taken.astype(np.int64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    covered = sums[h:, w:] - sums[:-h, w:] - sums[h:, :-w] + sums[:-h, :-w]
    return np.nonzero(covered == 0)


def _distance(
    box: np.ndarray, lefts: np.ndarray, tops: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """Gap between the box and each block, in pixels; 0 where they overlap."""
    dx = np.maximum(0, np.maximum(box[0] - lefts - size[1], lefts - box[2]))
    dy = np.maximum(0, np.maximum(box[1] - tops - size[0], tops - box[3]))
    return np.hypot(dx, dy)


def _preference(
    box: np.ndarray, lefts: np.ndarray, tops: np.ndarray, size: np.ndarray
) -> np.ndarray:
    """A small cost that settles ties: near the middle of the box, rather above."""
    dx = lefts + size[1] / 2 - (box[0] + box[2]) / 2
    dy = tops + size[0] / 2 - (box[1] + box[3]) / 2
    return 0.1 * np.hypot(dx, dy) + 0.05 * np.maximum(0, dy)
