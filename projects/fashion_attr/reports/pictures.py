"""Pictures inside a page."""

import base64
from pathlib import Path

import cv2
import numpy as np

_QUALITIES = (85, 75, 65, 55)


def jpeg_uri(image: np.ndarray, max_edge: int = 1100, max_bytes: int = 150_000) -> str:
    """A picture as a data URI of bounded size.

    Args:
        image (np.ndarray): (H, W, 3) uint8 RGB.
        max_edge (int): a longer edge is reduced to this, in pixels.
        max_bytes (int): of the JPEG; quality goes down until it fits, then the size.

    Returns:
        str: ``data:image/jpeg;base64,...``.
    """
    image = image[..., ::-1]
    edge = min(max_edge, max(image.shape[:2]))
    while True:
        reduced = _reduced(image, edge)
        for quality in _QUALITIES:
            jpeg = _encode(reduced, quality)
            if len(jpeg) <= max_bytes or max(reduced.shape[:2]) <= 16:
                return 'data:image/jpeg;base64,' + base64.b64encode(jpeg).decode()
        edge = edge * 3 // 4


def _reduced(image: np.ndarray, edge: int) -> np.ndarray:
    scale = edge / max(image.shape[:2])
    if scale >= 1:
        return np.ascontiguousarray(image)
    size = [max(1, round(n * scale)) for n in image.shape[1::-1]]
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _encode(image: np.ndarray, quality: int) -> bytes:
    return cv2.imencode('.jpg', image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def read_stored_pixels(file: Path, size: tuple[int, int]) -> np.ndarray:
    """The stored pixels of a picture, which masks belong to: EXIF turns nothing.

    Args:
        file (Path): picture.
        size (tuple[int, int]): (h, w) that its annotations are for.

    Returns:
        np.ndarray: (H, W, 3) uint8 RGB.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it cannot be decoded or has another size.
    """
    if not file.is_file():
        raise FileNotFoundError(f'{file} is missing')
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imread(str(file), flags)
    if pixels is None:
        raise ValueError(f'{file} cannot be decoded')
    if pixels.shape[:2] != tuple(size):
        raise ValueError(
            f'{file} has {pixels.shape[0]} x {pixels.shape[1]} pixels, its annotations '
            f'are for {size[0]} x {size[1]}'
        )
    return pixels[..., ::-1]
