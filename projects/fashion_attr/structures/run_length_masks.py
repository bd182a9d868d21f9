"""RunLengthMasks: mmdet's instance masks, kept as runs until they are packed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from numbers import Real

import cv2
import mmcv
import numpy as np
import torch
from mmdet.structures.bbox import HorizontalBoxes, get_box_type
from mmdet.structures.mask import BaseInstanceMasks, BitmapMasks, structures

from .column_segments import ColumnSegments
from .reading import read_segments
from .rle import compress_counts, runs_to_counts

_DIRECTIONS = ('horizontal', 'vertical', 'diagonal')
_MOVES = ('horizontal', 'vertical', 'both')


class RunLengthMasks(BaseInstanceMasks):
    """Instance masks as runs, with the whole interface of mmdet's masks.

    Resizing by nearest neighbours, cropping, padding, flipping, moving, areas and
    boxes cost as much as there are runs, not pixels. What blends pixels (rotation,
    shear, other interpolations) paints the masks, lets ``BitmapMasks`` do it and
    reads the runs of the result, at the size that the masks have by then.
    Operations return new masks, as mmdet's do.

    Whatever ``BitmapMasks`` can do comes out the same to the bit, but for

    - masks are 0 or 1 throughout: another border or padding value becomes 1;
    - areas are int64, boxes without a `dst_type` 'hbox';
    - what fails there on an assertion or in OpenCV is a ValueError here, or is done:
      crops with edges between pixels (which are cut to whole ones) or beyond the
      masks (one pixel is left), `cat` with masks of other kinds.

    Args:
        masks (Sequence[dict | list]): N masks, each a COCO RLE (``size`` and
            ``counts``: str, bytes or a list of int) or a list of polygons
            (x, y, x, y, ..., 3 points or more), which are filled as pycocotools
            fills them.
        height (int): of every mask, in pixels, from 0.
        width (int): of every mask, in pixels, from 0.

    Raises:
        ValueError: if height or width is below 0; naming the first mask that has
            another size, whose counts do not sum to its pixels, that has no polygon,
            one of less than 3 points or one of other than finite numbers, or that is
            neither RLE nor polygons.

    Example:
        >>> rle = dict(size=[2, 3], counts=[2, 3, 1])
        >>> masks = RunLengthMasks([rle], 2, 3).flip('horizontal')
        >>> masks.to_ndarray()
        array([[[1, 1, 0],
                [0, 1, 0]]], dtype=uint8)
    """

    def __init__(self, masks: Sequence[dict | list], height: int, width: int) -> None:
        self.height, self.width = int(height), int(width)
        size = self.height, self.width
        if min(size) < 0:
            raise ValueError(f'masks cannot be {size[0]} x {size[1]} pixels')
        self._segments: ColumnSegments | None = read_segments(masks, size)
        self._bitmaps: np.ndarray | None = None

    @classmethod
    def from_ndarray(cls, masks: np.ndarray) -> 'RunLengthMasks':
        """Read decoded masks.

        Args:
            masks (np.ndarray): (N, h, w); what is not 0 belongs to the mask.

        Returns:
            RunLengthMasks: of N masks.
        """
        return cls.from_segments(ColumnSegments.from_bitmaps(np.asarray(masks)))

    @classmethod
    def from_segments(cls, segments: ColumnSegments) -> 'RunLengthMasks':
        """Masks that are segments of columns already."""
        masks = cls.__new__(cls)
        masks.height, masks.width = (int(n) for n in segments.size)
        masks._segments, masks._bitmaps = segments, None
        return masks

    @property
    def segments(self) -> ColumnSegments:
        """The masks as column segments."""
        if self._segments is None:
            return ColumnSegments.from_bitmaps(self._bitmaps)
        return self._segments

    @property
    def masks(self) -> np.ndarray:
        """(N, h, w) uint8 of 0 and 1, under the name that ``BitmapMasks`` has for it.

        mmdet's ``CopyPaste`` and ``RandomErasing`` write into it: from here on the
        bitmaps are what counts.
        """
        if self._bitmaps is None:
            self._bitmaps, self._segments = self._segments.paint(), None
        return self._bitmaps

    @masks.setter
    def masks(self, bitmaps: np.ndarray) -> None:
        if bitmaps.shape[1:] != (self.height, self.width):
            raise ValueError(
                f'bitmaps of {bitmaps.shape[1:]} pixels in masks of '
                f'{self.height} x {self.width}'
            )
        self._bitmaps, self._segments = bitmaps, None

    def __len__(self) -> int:
        if self._segments is None:
            return len(self._bitmaps)
        return self._segments.num_masks

    def __getitem__(self, index) -> 'RunLengthMasks':
        """Masks at an index, indices, a slice or a bool array, as of an ndarray.

        Those at indices of more than one dimension come in a row.
        """
        if isinstance(index, torch.Tensor):
            index = index.cpu().numpy()  # of detections, on whichever device
        chosen = np.asarray(np.arange(len(self))[index]).reshape(-1)
        return self.from_segments(self.segments.select(chosen))

    def __iter__(self) -> Iterator[np.ndarray]:
        """One decoded (h, w) mask after the other."""
        if self._bitmaps is not None:
            yield from self._bitmaps
        else:
            for i in range(len(self)):
                yield self._segments.select(np.array([i])).paint()[0]

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(num_masks={len(self)}, height={self.height}, '
            f'width={self.width})'
        )

    def rescale(
        self, scale: float | tuple[int, int], interpolation: str = 'nearest'
    ) -> 'RunLengthMasks':
        """Resize as large as ``mmcv.imrescale`` would.

        Args:
            scale (float | tuple[int, int]): factor, or the longest and shortest edge.
            interpolation (str): of ``mmcv.imresize``.

        Returns:
            RunLengthMasks: of the new size.
        """
        w, h = mmcv.rescale_size((self.width, self.height), scale)
        return self.resize((h, w), interpolation)

    def resize(
        self, out_shape: tuple[int, int], interpolation: str = 'nearest'
    ) -> 'RunLengthMasks':
        """Resize to (h, w) pixels, by nearest neighbours without decoding.

        Args:
            out_shape (tuple[int, int]): (h, w), from 1; or 0 where there are no masks.
            interpolation (str): of ``mmcv.imresize``.

        Returns:
            RunLengthMasks: of that size.

        Raises:
            ValueError: if a side is less.
        """
        h, w = (int(n) for n in out_shape)
        if min(h, w) < bool(len(self)):
            raise ValueError(
                f'cannot resize {len(self)} masks of {self.height} x {self.width} '
                f'pixels to {h} x {w}'
            )
        if (h, w) == (self.height, self.width):
            return self.from_segments(self.segments)
        if interpolation != 'nearest':
            return self._painted('resize', (h, w), interpolation)
        rows = _sampled(self.height, h)
        columns = _sampled(self.width, w)
        return self.from_segments(self.segments.take_rows(rows).take_columns(columns))

    def flip(self, flip_direction: str = 'horizontal') -> 'RunLengthMasks':
        """Flip 'horizontal', 'vertical' or 'diagonal' (both)."""
        if flip_direction not in _DIRECTIONS:
            raise ValueError(
                f'flip_direction should be one of {_DIRECTIONS}, got {flip_direction!r}'
            )
        segments = self.segments
        if flip_direction != 'horizontal':
            segments = segments.flip_rows()
        if flip_direction != 'vertical':
            segments = segments.take_columns(np.arange(self.width)[::-1])
        return self.from_segments(segments)

    def pad(self, out_shape: tuple[int, int], pad_val: int = 0) -> 'RunLengthMasks':
        """Pad below and on the right to (h, w) pixels."""
        if pad_val:
            return self._painted('pad', out_shape, pad_val)
        h, w = (int(n) for n in out_shape)
        if h < self.height or w < self.width:
            raise ValueError(
                f'cannot pad masks of {self.height} x {self.width} to {h} x {w}'
            )
        return self.from_segments(self.segments.place((h, w), 0, 0))

    def crop(self, bbox: np.ndarray) -> 'RunLengthMasks':
        """Cut out a window.

        Args:
            bbox (np.ndarray): (4,) int box xyxy in pixels; what lies outside the
                masks is left off, but the window is at least a pixel wide and high.

        Returns:
            RunLengthMasks: of the window's size.
        """
        x1, x2 = np.clip(bbox[0::2], 0, self.width).tolist()
        y1, y2 = np.clip(bbox[1::2], 0, self.height).tolist()
        size = max(int(y2 - y1), 1), max(int(x2 - x1), 1)
        return self.from_segments(self.segments.place(size, -int(y1), -int(x1)))

    def crop_and_resize(
        self,
        bboxes: np.ndarray | torch.Tensor,
        out_shape: tuple[int, int],
        inds: np.ndarray | torch.Tensor,
        device: str = 'cpu',
        interpolation: str = 'bilinear',
        binarize: bool = True,
    ) -> BitmapMasks:
        """Targets of a mask head, as of ``BitmapMasks.crop_and_resize``.

        Where that copies a plane of float for each box, here each mask that a box
        asks for is painted once.

        Args:
            bboxes (np.ndarray | torch.Tensor): (R, 4) xyxy in pixels.
            out_shape (tuple[int, int]): (h, w) of the targets.
            inds (np.ndarray | torch.Tensor): (R,) mask of each box, 0..N-1.
            device (str): where to do it.
            interpolation (str): not looked at, as in mmdet: it is RoIAlign's.
            binarize (bool): bool targets, from 0.5 on; float ones otherwise.

        Returns:
            BitmapMasks: R targets, none where N is 0.
        """
        if not (len(self) and len(bboxes)):
            return BitmapMasks([], *out_shape)
        bboxes = torch.as_tensor(bboxes, device=device)
        chosen, places = np.unique(torch.as_tensor(inds).cpu(), return_inverse=True)
        planes = self[chosen].to_tensor(bboxes.dtype, device)[:, None]
        places = torch.from_numpy(places).to(bboxes)
        rois = torch.cat([places[:, None], bboxes], dim=1)
        # The one that BitmapMasks calls, wherever it comes from.
        targets = structures.roi_align(planes, rois, out_shape, 1.0, 0, 'avg', True)
        targets = targets.squeeze(1)
        return BitmapMasks(
            (targets >= 0.5 if binarize else targets).cpu().numpy(), *out_shape
        )

    def expand(
        self, expanded_h: int, expanded_w: int, top: int, left: int
    ) -> 'RunLengthMasks':
        """Put the masks at (top, left) of a larger canvas, all in pixels."""
        size = int(expanded_h), int(expanded_w)
        bottom, right = top + self.height, left + self.width
        if len(self) and (min(top, left) < 0 or bottom > size[0] or right > size[1]):
            raise ValueError(
                f'masks of {self.height} x {self.width} pixels at ({top}, {left}) do '
                f'not fit in {size[0]} x {size[1]}'
            )
        return self.from_segments(self.segments.place(size, int(top), int(left)))

    def translate(
        self,
        out_shape: tuple[int, int],
        offset: int | float | tuple,
        direction: str = 'horizontal',
        border_value: int = 0,
        interpolation: str = 'bilinear',
    ) -> 'RunLengthMasks':
        """Move the masks; by whole pixels without decoding.

        Args:
            out_shape (tuple[int, int]): (h, w) of the result, in pixels.
            offset (int | float | tuple): in pixels; (horizontal, vertical) or one
                for both where the direction is 'both'.
            direction (str): 'horizontal', 'vertical' or 'both'.
            border_value (int): what comes in.
            interpolation (str): for parts of a pixel, of ``mmcv.imtranslate``.

        Returns:
            RunLengthMasks: of `out_shape`.

        Raises:
            ValueError: if the direction is another, or the offset not of that form.
        """
        right, down = _offsets(offset, direction)
        if border_value or right != int(right) or down != int(down):
            return self._painted(
                'translate', out_shape, offset, direction, border_value, interpolation
            )
        size = tuple(int(n) for n in out_shape)
        # BitmapMasks cuts to the new size before it moves: so must this.
        cut = self.segments.place(size, 0, 0)
        return self.from_segments(cut.place(size, int(down), int(right)))

    def shear(
        self,
        out_shape: tuple[int, int],
        magnitude: int | float,
        direction: str = 'horizontal',
        border_value: int = 0,
        interpolation: str = 'bilinear',
    ) -> 'RunLengthMasks':
        """See ``BitmapMasks.shear``."""
        return self._painted(
            'shear', out_shape, magnitude, direction, border_value, interpolation
        )

    def rotate(
        self,
        out_shape: tuple[int, int],
        angle: int | float,
        center: tuple[float, float] | None = None,
        scale: int | float = 1.0,
        border_value: int = 0,
        interpolation: str = 'bilinear',
    ) -> 'RunLengthMasks':
        """See ``BitmapMasks.rotate``."""
        return self._painted(
            'rotate', out_shape, angle, center, scale, border_value, interpolation
        )

    @property
    def areas(self) -> np.ndarray:
        """(N,) int64 areas in pixels."""
        return self.segments.areas()

    def get_bboxes(self, dst_type: str | type = 'hbox'):
        """The boxes around the masks.

        Args:
            dst_type (str | type): box type registered with mmdet.

        Returns:
            BaseBoxes: (N, 4) float32 xyxy; the right and lower edges lie behind the
            last pixel, zeros for empty masks.
        """
        boxes = HorizontalBoxes(torch.from_numpy(self.segments.bboxes()).float())
        box_type = get_box_type(dst_type)[1]
        return boxes if box_type is HorizontalBoxes else boxes.convert_to(dst_type)

    def to_ndarray(self) -> np.ndarray:
        """(N, h, w) uint8 of 0 and 1; the masks stay runs."""
        return self._segments.paint() if self._bitmaps is None else self._bitmaps

    def to_bitmap(self) -> BitmapMasks:
        """The same masks as bitmaps."""
        return BitmapMasks(self.to_ndarray(), self.height, self.width)

    def to_tensor(self, dtype: torch.dtype, device: str | torch.device) -> torch.Tensor:
        """(N, h, w) of 0 and 1."""
        return torch.from_numpy(self.to_ndarray()).to(dtype=dtype, device=device)

    def to_rle(self) -> list[dict]:
        """N compressed COCO RLE, as pycocotools encodes the decoded masks."""
        size = self.height, self.width
        return [
            compress_counts(runs_to_counts(runs, size), size)
            for runs in self.segments.runs()
        ]

    @classmethod
    def cat(cls, masks: Iterable[BaseInstanceMasks]) -> 'RunLengthMasks':
        """Masks of all in one.

        Args:
            masks (Iterable[BaseInstanceMasks]): of one size, of any kind.

        Returns:
            RunLengthMasks: in their order.

        Raises:
            ValueError: if there are none, or if they differ in size.
        """
        masks = list(masks)
        if not masks:
            raise ValueError('masks should not be an empty list.')
        sizes = {(m.height, m.width) for m in masks}
        if len(sizes) > 1:
            raise ValueError(f'masks of different sizes (h, w): {sorted(sizes)}')
        parts = [
            m.segments
            if isinstance(m, RunLengthMasks)
            else ColumnSegments.from_bitmaps(m.to_ndarray())
            for m in masks
        ]
        return cls.from_segments(ColumnSegments.join(parts))

    @classmethod
    def random(
        cls,
        num_masks: int = 3,
        height: int = 32,
        width: int = 32,
        dtype: type = np.uint8,
        rng: int | np.random.RandomState | None = None,
    ) -> 'RunLengthMasks':
        """The masks of ``BitmapMasks.random``, for demonstrations and tests."""
        drawn = BitmapMasks.random(num_masks, height, width, dtype, rng)
        return cls.from_ndarray(drawn.masks)

    def _painted(self, method: str, *args) -> 'RunLengthMasks':
        """What a method of BitmapMasks makes of the decoded masks."""
        operation: Callable[..., BitmapMasks] = getattr(self.to_bitmap(), method)
        return self.from_ndarray(operation(*args).masks)


# mmdet asks isinstance(masks, BitmapMasks) before it draws masks or takes their boxes,
# and then uses no more than what is here.
BitmapMasks.register(RunLengthMasks)


def _sampled(length: int, new_length: int) -> np.ndarray:
    """(new_length,) pixels that cv2 takes when it resizes by nearest neighbours.

    cv2 is asked itself, so that its rounding is met whatever its version.
    """
    if not new_length:
        return np.zeros(0, np.int64)
    line = np.arange(length, dtype=np.int32)[None]
    taken = cv2.resize(line, (new_length, 1), interpolation=cv2.INTER_NEAREST)
    return taken[0].astype(np.int64)


def _offsets(offset: int | float | tuple, direction: str) -> tuple[float, float]:
    """How far right and down, in pixels, as mmdet reads it."""
    if direction not in _MOVES:
        raise ValueError(f'direction should be one of {_MOVES}, got {direction!r}')
    if direction == 'both' and isinstance(offset, tuple) and len(offset) == 2:
        return offset
    if not isinstance(offset, Real):
        raise ValueError(
            "the offset should be a number, or two in a tuple with direction='both'; "
            f'got {offset!r} with {direction!r}'
        )
    return tuple(offset * (direction in (way, 'both')) for way in _MOVES[:2])
