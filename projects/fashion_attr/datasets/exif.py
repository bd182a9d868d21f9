"""Which way up a picture is: what EXIF says, and arrays turned as it says.

Annotations, and so training and testing, are of the stored pixels: ``train.csv`` has
their height and width. People see pictures turned, and so are those that people give:
the page, `FashionInferencer` and tools/predict.py turn them.
"""

import struct

import cv2
import numpy as np
from PIL import Image

_TAG = 0x0112
# Whether to mirror left and right, then quarter turns against the clock.
_TURNS = {
    2: (True, 0), 3: (False, 2), 4: (True, 2), 5: (True, 1),
    6: (False, 3), 7: (True, 3), 8: (False, 1),
}  # fmt: skip
# Of a TIFF, PIL and OpenCV both turn what is stored. MPO: a JPEG with more behind it.
_TURNED_BY_VIEWERS = ('JPEG', 'MPO', 'WEBP', 'PNG')


def orientation(picture: Image.Image) -> int | None:
    """What the header of an open file says; no pixels are decoded.

    Args:
        picture (Image.Image): just opened.

    Returns:
        int | None: 1 to 8 in sound files; None where there is none that can be read.
    """
    # Of PNG, PIL would go on reading to look for it behind the pixels.
    if picture.format == 'PNG' and 'exif' not in picture.info:
        return None
    try:
        return picture.getexif().get(_TAG)
    except (OSError, SyntaxError, TypeError, ValueError, struct.error):
        return None  # broken EXIF: no viewer turns the picture then


def viewers_turn(picture: Image.Image) -> int:
    """The orientation that `turned` has to undo for a picture to be upright.

    Args:
        picture (Image.Image): just opened.

    Returns:
        int: 1 (nothing to do) to 8.
    """
    if picture.format not in _TURNED_BY_VIEWERS:
        return 1
    said = orientation(picture)
    return said if said in _TURNS else 1


def turned(image: np.ndarray, said: int) -> np.ndarray:
    """Turn stored pixels upright.

    Args:
        image (np.ndarray): (h, w, 3) uint8, as stored.
        said (int): orientation, 1 to 8.

    Returns:
        np.ndarray: (h, w, 3) or (w, h, 3), contiguous.
    """
    mirrored, quarters = _TURNS.get(said, (False, 0))
    if mirrored:
        image = cv2.flip(image, 1)
    return np.ascontiguousarray(np.rot90(image, quarters))


def turned_size(size: tuple[int, int], said: int) -> tuple[int, int]:
    """(w, h) of a turned picture, or of the stored one: swapped or not."""
    return size[::-1] if _TURNS.get(said, (False, 0))[1] % 2 else tuple(size)
