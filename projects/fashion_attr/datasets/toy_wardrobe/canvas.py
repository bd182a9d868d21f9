"""Paints pieces back to front and keeps what remains visible of each."""

from dataclasses import dataclass

import cv2
import numpy as np

from .geometry import Points
from .pieces import Piece

# Sub-pixel bits that OpenCV's drawing functions take.
_SHIFT = 4


@dataclass
class Placed:
    """What is visible of an annotated piece.

    Attributes:
        piece: The piece as it was painted.
        mask: (H, W) bool.
        place: The view that painted it.
        painted: Pixels that it had when it was painted.
    """

    piece: Piece
    mask: np.ndarray
    place: 'View'
    painted: int = 0


@dataclass(frozen=True)
class View:
    """From body units to pixels: hip sway, then an affine map.

    Attributes:
        matrix: (2, 3), pixels = matrix @ (x, y, 1).
        sway: How far the hips move sideways, in body units.
    """

    matrix: np.ndarray
    sway: float = 0.0

    @property
    def scale(self) -> float:
        """Pixels per body unit."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))

    def __call__(self, points: Points) -> Points:
        """Pixel positions (N, 2) of body points (N, 2)."""
        x, y = np.asarray(points, dtype=float).T
        bent = np.stack([x + self._shift(y), y, np.ones_like(x)])
        return (self.matrix @ bent).T

    def inverse(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Body coordinates of pixel positions."""
        linear = np.linalg.inv(self.matrix[:, :2])
        x, y = x - self.matrix[0, 2], y - self.matrix[1, 2]
        down = linear[1, 0] * x + linear[1, 1] * y
        return linear[0, 0] * x + linear[0, 1] * y - self._shift(down), down

    def _shift(self, y):
        return self.sway * np.exp(-(((y - 3.3) / 1.5) ** 2))


class Canvas:
    """A picture in the making.

    Args:
        picture (np.ndarray): (H, W, 3) float32 RGB background in 0..255.
    """

    def __init__(self, picture: np.ndarray) -> None:
        self.picture = picture
        self.placed: list[Placed] = []

    def paint(self, piece: Piece, view: View) -> None:
        """Paint a piece over everything painted so far."""
        window = self._window(piece, view)
        if window is None:
            if piece.category:
                empty = np.zeros(self.picture.shape[:2], bool)
                self.placed.append(Placed(piece, empty, view))
            return
        cover = _coverage(piece, view, window)
        host = self._host(piece, view)
        if host is not None and not piece.extends:
            cover *= host.mask[window]
        colours = _colours(piece, view, window, cover)
        area = self.picture[window]
        area += cover[..., None] * (colours - area)
        self._occlude(piece, view, window, cover >= 0.5)

    def _host(self, piece, view) -> Placed | None:
        """The first piece of the same garment."""
        return next((p for p in self.placed if _one_garment(p, piece, view)), None)

    def _window(self, piece, view):
        corners = np.concatenate([view(outline) for outline in piece.outlines])
        height, width = self.picture.shape[:2]
        left, top = np.maximum(np.floor(corners.min(0)).astype(int) - 1, 0)
        right, bottom = np.ceil(corners.max(0)).astype(int) + 2
        right, bottom = min(right, width), min(bottom, height)
        if right <= left or bottom <= top:
            return None
        return slice(top, bottom), slice(left, right)

    def _occlude(self, piece, view, window, inside) -> None:
        """Take the piece's pixels from those behind, give them to its own mask."""
        host = self._host(piece, view)
        for earlier in self.placed:
            if earlier is host:
                if piece.extends:
                    host.mask[window] |= inside
            elif piece.covers_siblings or not _one_garment(earlier, piece, view):
                earlier.mask[window] &= ~inside
        if piece.category:
            mask = np.zeros(self.picture.shape[:2], bool)
            mask[window] = inside
            self.placed.append(Placed(piece, mask, view, int(mask.sum())))


def _one_garment(placed, piece, view) -> bool:
    # Each figure has a view of its own and counts its garments from 1.
    same_figure = placed.place is view
    return same_figure and piece.family != 0 and placed.piece.family == piece.family


def _fixed(points, window):
    """Points relative to the window in OpenCV's fixed-point format."""
    corner = (window[1].start, window[0].start)
    return np.round((points - corner) * (1 << _SHIFT)).astype(np.int32)


def _coverage(piece, view, window) -> np.ndarray:
    """How much of each pixel of the window the piece covers, in 0..1."""
    shape = [side.stop - side.start for side in window]
    cover = np.zeros(shape, np.uint8)
    for outline in piece.outlines:
        points = _fixed(view(outline), window)
        cv2.fillPoly(cover, [points], 255, cv2.LINE_AA, _SHIFT)
    return cover.astype(np.float32) / 255


def _colours(piece, view, window, cover) -> np.ndarray:
    rows, columns = np.mgrid[window].astype(np.float32)
    x, y = view.inverse(columns, rows)
    colours = piece.fabric.colours(x, y) * _shading(x, y, cover)[..., None]
    colours = np.ascontiguousarray(colours, dtype=np.float32)
    for stroke in piece.strokes:
        points = [_fixed(view(stroke.points), window)]
        if stroke.filled:
            cv2.fillPoly(colours, points, stroke.colour, cv2.LINE_8, _SHIFT)
        else:
            width = max(1, round(stroke.width * view.scale))
            cv2.polylines(
                colours, points, False, stroke.colour, width, cv2.LINE_8, _SHIFT
            )
    return colours


def _shading(x, y, cover) -> np.ndarray:
    """Soft folds, light from the upper left and a darker rim."""
    rim = cover - cv2.erode(cover, np.ones((3, 3), np.uint8))
    folds = 0.035 * np.sin(x * 7 + 1.5 * np.sin(y * 1.7))
    return 1.02 - 0.07 * np.clip(x, -1.5, 1.5) + folds - 0.3 * rim
