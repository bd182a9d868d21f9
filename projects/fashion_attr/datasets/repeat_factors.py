"""How often to show each picture so that rare labels are seen more often.

LVIS's repeat factors (Gupta, Dollar and Girshick, CVPR 2019), for
categories and for attributes. With f(c) the share of pictures that have label c:

    r(c) = max(1, sqrt(thr / f(c))),   r(picture) = max of r over its labels

Letters: N pictures, L labels, P pairs of a picture and a label that it has.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np


class LabelPairs(NamedTuple):
    """Which picture has which label; a pair may occur twice.

    Attributes:
        pictures (np.ndarray): (P,) int64 index of the picture of each pair.
        labels (np.ndarray): (P,) int64 index of its label.
        num_pictures (int): N.
        num_labels (int): L.
    """

    pictures: np.ndarray
    labels: np.ndarray
    num_pictures: int
    num_labels: int

    def once(self) -> 'LabelPairs':
        """The same pairs in order, each one once."""
        keys = np.unique(self.pictures * self.num_labels + self.labels)
        pictures, labels = np.divmod(keys, self.num_labels)
        return self._replace(pictures=pictures, labels=labels)


def label_factors(pairs: LabelPairs, thr: float) -> np.ndarray:
    """The repeat factor of each label.

    Args:
        pairs (LabelPairs): which picture has which label.
        thr (float): share of the pictures below which a label is rare, in (0, 1].

    Returns:
        np.ndarray: (L,) float64, 1 or more; 1 for a label that no picture has.

    Raises:
        ValueError: if ``thr`` is not a share.
    """
    if not 0 < thr <= 1:
        raise ValueError(f'the threshold should be a share in (0, 1], got {thr}')
    counts = np.bincount(pairs.once().labels, minlength=pairs.num_labels)
    counts = np.where(counts, counts, np.inf)
    return np.sqrt(np.maximum(1, thr * pairs.num_pictures / counts))


def picture_factors(pairs: LabelPairs, thr: float) -> np.ndarray:
    """The repeat factor of each picture: that of its rarest label.

    Args:
        pairs (LabelPairs): which picture has which label.
        thr (float): as in `label_factors`.

    Returns:
        np.ndarray: (N,) float64, 1 or more; 1 for a picture without labels.
    """
    factors = np.ones(pairs.num_pictures)
    np.maximum.at(factors, pairs.pictures, label_factors(pairs, thr)[pairs.labels])
    return factors


def label_pairs(
    pictures: Iterable[list[dict]], num_categories: int, num_attributes: int
) -> tuple[LabelPairs, LabelPairs]:
    """Which picture has which category and which attribute, in one pass.

    Args:
        pictures (Iterable[list[dict]]): the instances of each picture, with
            ``bbox_label``, ``attr_labels`` and ``ignore_flag``; ignored objects do
            not count.
        num_categories (int): how many categories there are.
        num_attributes (int): how many attributes there are.

    Returns:
        tuple[LabelPairs, LabelPairs]: of the categories, and of the attributes.
    """
    categories, attributes, count = [], [], 0
    for i, instances in enumerate(pictures):
        for instance in instances:
            if not instance.get('ignore_flag'):
                categories.append((i, instance['bbox_label']))
                attributes += [(i, k) for k in instance.get('attr_labels', ())]
        count = i + 1
    return tuple(
        LabelPairs(*np.array(pairs, np.int64).reshape(-1, 2).T, count, num_labels)
        for pairs, num_labels in (
            (categories, num_categories),
            (attributes, num_attributes),
        )
    )


def repeats(factors: np.ndarray, offset: float) -> np.ndarray:
    """Round factors up or down at random, their sum staying what it is.

    Detectron2 rounds each factor by itself: an epoch's length is random then, but a
    schedule has to know it. Here the running sum of the factors is rounded with one
    offset: every picture still is shown floor(r) or ceil(r) times, r on average,
    and the total is the sum of the factors, rounded down or up.

    Args:
        factors (np.ndarray): (N,) repeat factors, in random order.
        offset (float): random number in [0, 1).

    Returns:
        np.ndarray: (N,) int64 numbers of repeats.
    """
    edges = np.floor(np.cumsum(factors) + offset).astype(np.int64)
    return np.diff(edges, prepend=0)
