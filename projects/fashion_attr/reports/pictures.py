"""Pictures inside a page."""

import base64

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
