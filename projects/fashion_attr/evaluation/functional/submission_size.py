"""Tells a submission drawn at a longest edge of 1024 px from one at full size.

The competition wants masks of images whose longest edge was brought to 1024 pixels.
Such masks fit into larger images too, where they are rubbish that no error tells.
Kaggle's code gives them away: it counts pixels column by column, so that the runs of
neighbouring columns begin one height apart.
"""

import numpy as np

LONGEST_EDGE = 1024
# Edges of neighbouring columns differ by less than this share of the height.
_TOLERANCE = 0.02


def scaled_size(
    size: tuple[int, int], longest_edge: int = LONGEST_EDGE
) -> tuple[int, int]:
    """The size that the masks of a picture have in a submission.

    Smaller pictures are enlarged too, as public solutions to the competition do.

    Args:
        size (tuple[int, int]): (h, w) of the picture, in pixels.
        longest_edge (int): that the longer one is brought to; 0: the size stays.

    Returns:
        tuple[int, int]: (h, w) in pixels; the shorter one is floored, to 1 at least.
    """
    h, w = (int(edge) for edge in size)
    if not longest_edge:
        return h, w
    longest = max(h, w)
    return max(h * longest_edge // longest, 1), max(w * longest_edge // longest, 1)


def column_steps(runs: np.ndarray, small: int, large: int) -> tuple[int, int]:
    """Runs of a mask that begin one height after the run before.

    Args:
        runs (np.ndarray): (R, 2) runs, (start, length) in pixels.
        small (int): one height that the mask may have, in pixels.
        large (int): another, above it.

    Returns:
        tuple[int, int]: how many steps are near the first, and near the other.
    """
    steps = np.diff(runs[:, 0])
    near = min(_TOLERANCE * small, (large - small) / 2)
    return tuple(int((abs(steps - height) < near).sum()) for height in (small, large))


class SizeCheck:
    """Collects what the runs of a submission tell of the size of its masks."""

    def __init__(self):
        self._fits = True  # all masks seen fit into the smaller images
        self._full = self._scaled = 0  # steps of a full height, of a smaller one
        self._first = ''

    def add(self, runs: np.ndarray, size: tuple[int, int], name: str) -> None:
        """Take note of one mask.

        Args:
            runs (np.ndarray): (R, 2) its runs, (start, length) in pixels.
            size (tuple[int, int]): (h, w) of the image in the ground truth.
            name (str): what the error calls it.
        """
        scale = LONGEST_EDGE / max(size)
        if scale >= 1:
            return
        height, width = (round(edge * scale) for edge in size)
        # One pixel more: how edges are rounded is not known.
        self._fits &= bool(runs[-1].sum() <= (height + 1) * (width + 1))
        scaled, full = column_steps(runs, height, size[0])
        self._scaled += scaled
        self._full += full
        self._first = self._first or (
            f'{name}: the mask is of {height} x {width} pixels (h x w), its image in '
            f'the ground truth is {size[0]} x {size[1]}'
        )

    def check(self) -> None:
        """Refuse a submission of the other size.

        Raises:
            ValueError: if all masks fit the smaller images, and their columns do;
                naming the first.
        """
        if self._fits and self._scaled > self._full:
            raise ValueError(
                f'{self._first}; the whole submission is at a longest edge of '
                f'{LONGEST_EDGE}: write it at the size of the ground truth, or give '
                f'the ground truth at a longest edge of {LONGEST_EDGE}'
            )
