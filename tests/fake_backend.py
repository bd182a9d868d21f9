"""A network that finds what the first pixels of a picture say, at once."""

import time

import numpy as np
from pycocotools import mask as mask_utils

from projects.fashion_attr.apis.inferencer import RawPrediction
from projects.fashion_attr.apis.inferencer.loading import LoadPicture
from projects.fashion_attr.datasets.palette import PALETTE
from projects.fashion_attr.datasets.taxonomy import (
    ATTRIBUTE_NAMES,
    CATEGORY_NAMES,
    NUM_ATTRIBUTES,
)

SLEEVE, DRESS, SHOE = 31, 10, 23


class FakeBackend:
    """A picture whose blue is n, everywhere, has n garments; scores 0.9, 0.8, ...

    Each has attribute n % 294 at 0.9 and the next one at 0.3, and covers the rows from
    its number on.

    Args:
        seconds (float): how long a batch takes.
    """

    attr_score_thr = 0.4

    def __init__(self, seconds: float = 0.0) -> None:
        self.dataset_meta = dict(
            classes=CATEGORY_NAMES, attributes=ATTRIBUTE_NAMES, palette=PALETTE
        )
        self.identity = 'fake'
        self.seconds = seconds
        self.batches: list[int] = []
        self._load = LoadPicture(encoded=False)

    def load(self, source):
        """(H, W, 3) BGR."""
        return self._load(source)['img']

    def predict(self, loaded, least_score=0.0):
        """See the class."""
        time.sleep(self.seconds)
        self.batches.append(len(loaded))
        return [_predict(image).at_least(least_score) for image in loaded]


def _predict(image: np.ndarray) -> RawPrediction:
    h, w = image.shape[:2]
    n = int(image[0, 0, 0])
    attr_scores = np.full((n, NUM_ATTRIBUTES), 0.1, np.float32)
    masks = []
    for i in range(n):
        attr_scores[i, [i, i + 1]] = 0.9, 0.3
        mask = np.zeros((h, w), np.uint8, order='F')
        mask[i:] = 1
        rle = mask_utils.encode(mask)
        masks.append(dict(size=[h, w], counts=rle['counts'].decode()))
    return RawPrediction(
        size=(h, w),
        labels=np.array([SLEEVE, DRESS, SHOE] * n, np.int64)[:n],
        scores=(0.9 - 0.1 * np.arange(n)).astype(np.float32),
        boxes=np.array([[0, i, w, h] for i in range(n)], np.float32).reshape(-1, 4),
        masks=masks,
        attr_scores=attr_scores,
    )
