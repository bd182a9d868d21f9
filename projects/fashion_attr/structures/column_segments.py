"""Masks as column segments: runs cut at the borders of the columns.

A segment is the piece of one run that lies in one column. It has a column and two
ends, so that whatever resizes, crops, pads or flips a mask by nearest neighbours is a
table for the columns and a table for the rows::

    run (4, 7) of a mask 5 high        resize, crop, pad, flip
    . . .                              rows:    top, bottom = table[top], table[bottom]
    . # .      column 0: 4..5          columns: those of the new mask say which old
    . # .  ->  column 1: 0..5    ->             column they show
    . # .      column 2: 0..1
    . # .
    # # #                              pixels are looked at when the mask is painted
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .rle import merge_runs

_WORD = 8  # pixels that are painted at a time


@dataclass(frozen=True, eq=False)
class ColumnSegments:
    """S segments of N masks of one size.

    Sorted by mask, column and row; segments of a column do not overlap.

    Attributes:
        masks (np.ndarray): (S,) int64 masks, 0..N-1.
        columns (np.ndarray): (S,) int64 columns, in pixels.
        tops (np.ndarray): (S,) int64 first rows, in pixels.
        bottoms (np.ndarray): (S,) int64 rows after the last, above `tops`.
        num_masks (int): N.
        size (tuple[int, int]): (h, w) of every mask, in pixels.
    """

    masks: np.ndarray
    columns: np.ndarray
    tops: np.ndarray
    bottoms: np.ndarray
    num_masks: int
    size: tuple[int, int]

    @classmethod
    def from_runs(
        cls, runs: Sequence[np.ndarray], size: tuple[int, int]
    ) -> 'ColumnSegments':
        """Cut runs at the borders of the columns.

        Args:
            runs (Sequence[np.ndarray]): N arrays (R, 2) of start and length, column
                by column, in order and inside the masks.
            size (tuple[int, int]): (h, w) of every mask, in pixels.

        Returns:
            ColumnSegments: of the N masks.
        """
        masks = np.repeat(np.arange(len(runs)), [len(r) for r in runs])
        start, length = np.concatenate([np.zeros((0, 2), np.int64), *runs]).T
        return cls.from_flat_runs(masks, start, length, len(runs), size)

    @classmethod
    def from_flat_runs(
        cls,
        masks: np.ndarray,
        start: np.ndarray,
        length: np.ndarray,
        num_masks: int,
        size: tuple[int, int],
    ) -> 'ColumnSegments':
        """Cut the runs of all masks, given in a row, at the borders of the columns.

        Args:
            masks (np.ndarray): (R,) mask of each run, ascending.
            start (np.ndarray): (R,) its start.
            length (np.ndarray): (R,) its length, above 0.
            num_masks (int): N.
            size (tuple[int, int]): (h, w) of every mask, in pixels.

        Returns:
            ColumnSegments: of the N masks.
        """
        left, top = np.divmod(start, max(size[0], 1))
        right, last = np.divmod(start + length - 1, max(size[0], 1))
        pieces = right - left + 1
        ends = np.cumsum(pieces)
        begins = ends - pieces
        run = np.repeat(np.arange(len(pieces)), pieces)
        tops = np.zeros(len(run), np.int64)
        bottoms = np.full(len(run), size[0], np.int64)
        tops[begins], bottoms[ends - 1] = top, last + 1
        columns = left[run] + np.arange(len(run)) - begins[run]
        return cls(masks[run], columns, tops, bottoms, num_masks, tuple(size))

    @classmethod
    def from_bitmaps(cls, bitmaps: np.ndarray) -> 'ColumnSegments':
        """Read decoded masks.

        Args:
            bitmaps (np.ndarray): (N, h, w); what is not 0 belongs to the mask.

        Returns:
            ColumnSegments: of the N masks.
        """
        n, h, w = bitmaps.shape
        framed = np.zeros((n, w, h + 2), np.int8)
        framed[:, :, 1:-1] = (bitmaps != 0).transpose(0, 2, 1)
        steps = np.diff(framed, axis=2)
        masks, columns, tops = np.nonzero(steps == 1)
        bottoms = np.nonzero(steps == -1)[2]
        return cls(masks, columns, tops, bottoms, n, (h, w))

    @classmethod
    def join(cls, parts: Sequence['ColumnSegments']) -> 'ColumnSegments':
        """The masks of all parts, which have one size, in their order."""
        counts = [part.num_masks for part in parts]
        offsets = np.cumsum([0, *counts[:-1]])
        return cls(
            np.concatenate(
                [p.masks + offset for p, offset in zip(parts, offsets, strict=True)]
            ),
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ('columns', 'tops', 'bottoms')
            ),
            sum(counts),
            parts[0].size,
        )

    def select(self, indices: np.ndarray) -> 'ColumnSegments':
        """The masks at (M,) indices, in that order; one may come up repeatedly."""
        lengths = self._counts(self.masks, self.num_masks)
        segments, masks = _gather(lengths, indices)
        return replace(self._at(segments), masks=masks, num_masks=len(indices))

    def take_columns(self, sources: np.ndarray) -> 'ColumnSegments':
        """New masks whose columns show columns of these.

        Args:
            sources (np.ndarray): (w',) old column that each new one shows.

        Returns:
            ColumnSegments: of (h, w').
        """
        (h, w), n = self.size, self.num_masks
        lengths = self._counts(self.masks * w + self.columns, n * w)
        cells = np.arange(n)[:, None] * w + sources
        segments, places = _gather(lengths, cells.ravel())
        masks, columns = np.divmod(places, max(len(sources), 1))
        return replace(
            self._at(segments), masks=masks, columns=columns, size=(h, len(sources))
        )

    def take_rows(self, sources: np.ndarray) -> 'ColumnSegments':
        """New masks whose rows show rows of these.

        Args:
            sources (np.ndarray): (h',) old row that each new one shows, ascending.

        Returns:
            ColumnSegments: of (h', w).
        """
        h, w = self.size
        shown = np.bincount(sources, minlength=h)
        before = np.concatenate([[0], np.cumsum(shown)])  # new rows above each old
        tops, bottoms = before[self.tops], before[self.bottoms]
        moved = replace(self, tops=tops, bottoms=bottoms, size=(len(sources), w))
        return moved._at(bottoms > tops)

    def flip_rows(self) -> 'ColumnSegments':
        """The masks upside down."""
        tops, bottoms = self.size[0] - self.bottoms, self.size[0] - self.tops
        order = np.lexsort((tops, self.columns, self.masks))
        return replace(self, tops=tops, bottoms=bottoms)._at(order)

    def place(self, size: tuple[int, int], top: int, left: int) -> 'ColumnSegments':
        """The masks moved within a canvas of another size.

        Args:
            size (tuple[int, int]): (h, w) of the canvas, in pixels.
            top (int): row of the canvas where their first row comes; may be negative.
            left (int): column likewise.

        Returns:
            ColumnSegments: of the canvas' size; what lies beyond it is cut off.
        """
        columns = self.columns + left
        tops = np.maximum(self.tops + top, 0)
        bottoms = np.minimum(self.bottoms + top, size[0])
        moved = replace(self, columns=columns, tops=tops, bottoms=bottoms, size=size)
        return moved._at((columns >= 0) & (columns < size[1]) & (bottoms > tops))

    def areas(self) -> np.ndarray:
        """(N,) int64 areas in pixels."""
        sums = np.bincount(self.masks, self.bottoms - self.tops, self.num_masks)
        return sums.astype(np.int64)

    def bboxes(self) -> np.ndarray:
        """(N, 4) int64 boxes xyxy around the pixels; zeros for empty masks."""
        boxes = np.zeros((self.num_masks, 4), np.int64)
        lengths = self._counts(self.masks, self.num_masks)
        filled = np.flatnonzero(lengths)
        if len(filled):
            first = (np.cumsum(lengths) - lengths)[filled]
            boxes[filled] = np.stack(
                [
                    np.minimum.reduceat(self.columns, first),
                    np.minimum.reduceat(self.tops, first),
                    np.maximum.reduceat(self.columns, first) + 1,
                    np.maximum.reduceat(self.bottoms, first),
                ],
                axis=1,
            )
        return boxes

    def runs(self) -> list[np.ndarray]:
        """N arrays (R, 2) of start and length, column by column, merged."""
        start = self.columns * self.size[0] + self.tops
        runs = np.stack([start, self.bottoms - self.tops], axis=1)
        return [merge_runs(runs[part]) for part in self._parts()]

    def paint(self) -> np.ndarray:
        """Decode the masks.

        Returns:
            np.ndarray: (N, h, w) uint8 of 0 and 1.
        """
        bitmaps = np.zeros((self.num_masks, *self.size), np.uint8)
        boxes = self.bboxes().tolist()
        for bitmap, box, part in zip(bitmaps, boxes, self._parts(), strict=True):
            self._paint_one(bitmap, box, part)
        return bitmaps

    def _paint_one(self, bitmap: np.ndarray, box: list[int], part: slice) -> None:
        """Toggle the ends of each segment, then run down the rows inside the box.

        Eight columns go at a time, as one word: no other pass is as fast.
        """
        left, top, right, bottom = box
        stride = -(-(right - left) // _WORD) * _WORD
        canvas = np.zeros((bottom - top + 1, stride), np.uint8)
        pixels = canvas.reshape(-1)
        columns = self.columns[part] - left
        # Twice: where one segment ends another may begin, and both must count.
        pixels[(self.tops[part] - top) * stride + columns] ^= 1
        pixels[(self.bottoms[part] - top) * stride + columns] ^= 1
        words = canvas.view(np.uint64)
        np.bitwise_xor.accumulate(words, axis=0, out=words)
        bitmap[top:bottom, left:right] = canvas[:-1, : right - left]

    def _at(self, chosen: np.ndarray) -> 'ColumnSegments':
        """These segments only, by index or bool."""
        names = ('masks', 'columns', 'tops', 'bottoms')
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})

    def _parts(self) -> list[slice]:
        """Where the segments of each mask are."""
        lengths = self._counts(self.masks, self.num_masks)
        ends = np.cumsum(lengths)
        return [slice(*part) for part in np.stack([ends - lengths, ends], 1).tolist()]

    @staticmethod
    def _counts(groups: np.ndarray, num_groups: int) -> np.ndarray:
        return np.bincount(groups, minlength=num_groups)


def _gather(lengths: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices of all members of some groups, one group after the other.

    Args:
        lengths (np.ndarray): (G,) members of each group; they lie side by side.
        groups (np.ndarray): (M,) groups wanted; one may come up repeatedly.

    Returns:
        tuple[np.ndarray, np.ndarray]: (K,) indices of the members, and the place
        0..M-1 in `groups` that each of them belongs to.
    """
    first = np.cumsum(lengths) - lengths
    wanted = lengths[groups]
    places = np.repeat(np.arange(len(groups)), wanted)
    begins = np.cumsum(wanted) - wanted
    within = np.arange(len(places)) - begins[places]
    return first[groups][places] + within, places
