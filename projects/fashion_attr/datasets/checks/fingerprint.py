"""A picture's perceptual hash, which survives compression and scaling.

pHash (Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions",
2010): which of the lowest frequencies of a small grey picture lie above their median.
Here 16 x 16 frequencies of 64 x 64 pixels: 8 x 8, as is common, are too few for the
billion pairs of 46,000 pictures. `NEAR` is told by figures in the documentation.
"""

import cv2
import numpy as np

SIDE = 64  # pixels of the small picture
FREQUENCIES = 16  # along either side
BITS = FREQUENCIES**2
WORDS = BITS // 64
NEAR = 40  # of 256 bits: at most this many differ in pictures that look alike
# Below this spread of grey values, of 255, the bits are noise: blank pictures.
_BLANK = 2.0


def fingerprint(grey: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """The hash of a picture and that of its mirror image.

    Args:
        grey (np.ndarray): (h, w) uint8; best at least 128 pixels a side.

    Returns:
        tuple | None: two (4,) uint64 of 256 bits, the second for left and right
        exchanged; None for a picture of one colour, which looks like any other.
    """
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    if small.std() < _BLANK:
        return None
    frequencies = cv2.dct(small.astype(np.float32))[:FREQUENCIES, :FREQUENCIES]
    # Odd frequencies change their sign where left and right are exchanged.
    signs = np.where(np.arange(FREQUENCIES) % 2, -1, 1)
    return _bits(frequencies), _bits(frequencies * signs)


def _bits(frequencies: np.ndarray) -> np.ndarray:
    above = frequencies > np.median(frequencies)
    return np.packbits(above.ravel()).view(np.uint64)
