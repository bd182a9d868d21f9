"""From a picture to what the network reads."""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

INTERPOLATIONS = {
    'nearest': cv2.INTER_NEAREST,
    'bilinear': cv2.INTER_LINEAR,
    'bicubic': cv2.INTER_CUBIC,
    'area': cv2.INTER_AREA,
    'lanczos': cv2.INTER_LANCZOS4,
}


class Prepared(NamedTuple):
    """A picture as the network reads it.

    Attributes:
        pixels: (1, 3, H, W) float32, normalised, padded at the right and below.
        size: (2,) float32 height and width of the picture in it, in pixels.
        factors: (2,) float32, by how much width and height have changed.
    """

    pixels: np.ndarray
    size: np.ndarray
    factors: np.ndarray


@dataclass(frozen=True)
class PicturePlan:
    """How pictures are resized and normalised, equal to mmdet's own steps.

    Attributes:
        scale: (w, h) to resize to, in pixels; with ``keep_ratio`` the longer of the
            two bounds the longer side and the shorter one the shorter side.
        keep_ratio: whether the picture keeps its proportions.
        interpolation: one of `INTERPOLATIONS`.
        to_rgb: whether the network wants RGB; pictures come as BGR.
        mean: of each channel, in the network's order.
        std: likewise.
        divisor: height and width are padded to multiples of it.
        pad_value: what is put there, after normalisation.
    """

    scale: tuple[int, int]
    keep_ratio: bool = True
    interpolation: str = 'bilinear'
    to_rgb: bool = True
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    divisor: int = 32
    pad_value: float = 0.0

    def prepare(self, image: np.ndarray) -> Prepared:
        """Resize, normalise and pad a picture.

        Args:
            image (np.ndarray): (H, W, 3) uint8 BGR.

        Returns:
            Prepared: for the network.

        Raises:
            ValueError: if it is of another shape or type, or a side would become 0.
        """
        _check(image)
        height, width = image.shape[:2]
        new = self.target((width, height))
        if min(new) < 1:
            raise ValueError(
                f'a picture of {height} x {width} pixels (height x width) cannot be '
                f'resized to {new[1]} x {new[0]}: leave it out'
            )
        code = INTERPOLATIONS[self.interpolation]
        pixels = cv2.resize(image, new, interpolation=code)
        return Prepared(
            self._normalised(pixels),
            np.array(new[::-1], np.float32),
            np.array([new[0] / width, new[1] / height], np.float32),
        )

    def target(self, size: tuple[int, int]) -> tuple[int, int]:
        """(w, h) that a picture of (w, h) is resized to, in pixels."""
        if not self.keep_ratio:
            return self.scale
        short, long = sorted(self.scale)
        factor = min(long / max(size), short / min(size))
        return tuple(int(side * factor + 0.5) for side in size)

    def _normalised(self, pixels: np.ndarray) -> np.ndarray:
        height, width = pixels.shape[:2]
        pixels = pixels[..., ::-1] if self.to_rgb else pixels
        padded = [-(-side // self.divisor) * self.divisor for side in (height, width)]
        out = np.full((1, 3, *padded), self.pad_value, np.float32)
        inside = out[0, :, :height, :width]
        inside[...] = pixels.transpose(2, 0, 1)
        inside -= np.array(self.mean, np.float32)[:, None, None]
        inside /= np.array(self.std, np.float32)[:, None, None]
        return out


def _check(image: np.ndarray) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(
            f'the picture is of shape {image.shape}, not (H, W, 3) in the order BGR'
        )
    if image.dtype != np.uint8:
        raise ValueError(f'the picture is {image.dtype}, not uint8 of 0..255')
