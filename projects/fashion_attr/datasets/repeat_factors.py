"""How often to show each picture so that rare labels are seen more often.

LVIS's repeat factors (Gupta, Dollar and Girshick, CVPR 2019, appendix B), for
categories and for attributes. With f(c) the share of pictures that have label c:

    r(c) = max(1, sqrt(thr / f(c))),   r(picture) = max of r over its labels

Letters: N pictures, L labels, P pairs of a picture and a label that it has.
"""

from collections.abc import Iterable

import numpy as np


def label_factors(
    pictures: np.ndarray, labels: np.ndarray, size: tuple[int, int], thr: float
) -> np.ndarray:
    """The repeat factor of each label.

    Args:
        pictures (np.ndarray): (P,) index of the picture of each pair.
        labels (np.ndarray): (P,) index of its label; a pair may occur twice.
        size (tuple[int, int]): (N, L).
        thr (float): share of the pictures below which a label is rare, in (0, 1].

    Returns:
        np.ndarray: (L,) float64, 1 or more; 1 for a label that no picture has.

    Raises:
        ValueError: if ``thr`` is not a share.
    """
    if not 0 < thr <= 1:
        raise ValueError(f'the threshold should be a share in (0, 1], got {thr}')
    num_pictures, num_labels = size
    pairs = np.unique(np.asarray(pictures, np.int64) * num_labels + labels)
    counts = np.bincount(pairs % num_labels, minlength=num_labels)
    return np.sqrt(np.maximum(1, thr * num_pictures / np.where(counts, counts, np.inf)))


def picture_factors(
    pictures: np.ndarray, labels: np.ndarray, size: tuple[int, int], thr: float
) -> np.ndarray:
    """The repeat factor of each picture: that of its rarest label.

    Args:
        pictures, labels, size, thr: as in `label_factors`.

    Returns:
        np.ndarray: (N,) float64, 1 or more; 1 for a picture without labels.
    """
    factors = np.ones(size[0])
    of_labels = label_factors(pictures, labels, size, thr)
    np.maximum.at(factors, pictures, of_labels[labels])
    return factors


def label_pairs(
    instances: Iterable[list[dict]],
) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Which picture has which category and which attribute, in one pass.

    Args:
        instances (Iterable[list[dict]]): N lists with ``bbox_label``,
            ``attr_labels`` and ``ignore_flag``; ignored objects do not count.

    Returns:
        tuple: ``pictures`` and ``labels`` of the categories, and of the attributes,
        each (P,) int64.
    """
    categories, attributes = [], []
    for i, objects in enumerate(instances):
        seen = [each for each in objects if not each.get('ignore_flag')]
        categories += [(i, label) for label in {each['bbox_label'] for each in seen}]
        attributes += [
            (i, label)
            for label in set().union(*(each.get('attr_labels', ()) for each in seen))
        ]
    pairs = (np.array(p, np.int64).reshape(-1, 2) for p in (categories, attributes))
    return tuple((table[:, 0], table[:, 1]) for table in pairs)


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
