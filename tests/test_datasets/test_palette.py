import cv2
import numpy as np

from projects.fashion_attr.datasets.palette import PALETTE
from projects.fashion_attr.datasets.taxonomy import NUM_CATEGORIES


def test_any_two_colours_can_be_told_apart():
    assert len(PALETTE) == NUM_CATEGORIES
    lab = cv2.cvtColor(np.array([PALETTE], np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    distance = np.linalg.norm(lab[:, None] - lab[None], axis=-1)
    assert distance[np.triu_indices(NUM_CATEGORIES, k=1)].min() > 24
