"""What there is in a data set: counts over the columns of an annotation file.

Pure numpy, without decoding a mask. Letters: I pictures, K categories, L attributes,
G objects, as in ``object_table``.
"""

from collections.abc import Sequence

import numpy as np

from .object_table import ObjectTable
from .taxonomy import Label

# The four on most garments: always answering with them is a strong baseline.
CATCH_ALL_NAMES = (
    'no non-textile material',
    'no special manufacturing technique',
    'symmetrical',
    'plain (pattern)',
)
# COCO's: below 32 x 32 pixels small, from 96 x 96 large.
SIZE_NAMES = ('small', 'medium', 'large')
SIZE_LIMITS = (32.0**2, 96.0**2)
# Labels with fewer objects than these are rare.
RARE = (50, 100)


def count_categories(table: ObjectTable) -> np.ndarray:
    """(K,) int64 numbers of objects."""
    return np.bincount(table.category, minlength=len(table.categories))


def count_attributes(table: ObjectTable) -> np.ndarray:
    """(L,) int64 numbers of objects that have each attribute."""
    return np.bincount(table.pair_attribute, minlength=len(table.attributes))


def count_pairs(table: ObjectTable) -> np.ndarray:
    """How often each category occurs with each attribute.

    Args:
        table (ObjectTable): G objects.

    Returns:
        np.ndarray: (K, L) int64 numbers of objects.
    """
    shape = len(table.categories), len(table.attributes)
    cells = table.category[table.pair_object] * shape[1] + table.pair_attribute
    return np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape)


def count_together(table: ObjectTable) -> np.ndarray:
    """How many objects have both of two attributes.

    Args:
        table (ObjectTable): G objects.

    Returns:
        np.ndarray: (L, L) int64, symmetric; the diagonal is ``count_attributes``.
    """
    size = len(table.attributes)
    lengths = attributes_per_object(table)
    starts = np.cumsum(lengths) - lengths
    # Each pair (object, attribute) meets all attributes of the same object.
    repeats = lengths[table.pair_object]
    left = np.repeat(table.pair_attribute, repeats)
    firsts = np.repeat(starts[table.pair_object], repeats)
    steps = np.arange(len(left)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    right = table.pair_attribute[firsts + steps]
    return np.bincount(left * size + right, minlength=size * size).reshape(size, size)


def attributes_per_object(table: ObjectTable) -> np.ndarray:
    """(G,) int64 numbers of attributes."""
    return np.bincount(table.pair_object, minlength=table.num_objects)


def objects_per_image(table: ObjectTable) -> np.ndarray:
    """(I,) int64 numbers of objects."""
    return np.bincount(table.image, minlength=table.num_images)


def relative_areas(table: ObjectTable) -> np.ndarray:
    """(G,) float64 parts of the picture that the objects' masks cover, 0..1."""
    pixels = table.image_sizes.prod(axis=1)
    return table.area / pixels[table.image]


def area_quantiles(table: ObjectTable, quantiles: Sequence[float]) -> np.ndarray:
    """How large the masks of each category are.

    Args:
        table (ObjectTable): G objects.
        quantiles (Sequence[float]): Q of them, 0..1.

    Returns:
        np.ndarray: (K, Q) float64 relative areas; NaN for a category without
        objects.
    """
    areas = relative_areas(table)
    result = np.full((len(table.categories), len(quantiles)), np.nan)
    for k in np.unique(table.category):
        result[k] = np.quantile(areas[table.category == k], quantiles)
    return result


def count_sizes(table: ObjectTable) -> np.ndarray:
    """(3,) int64 numbers of small, medium and large objects, as COCO parts them."""
    return np.bincount(np.digitize(table.area, SIZE_LIMITS), minlength=3)


def lift(together: np.ndarray, first: np.ndarray, second: np.ndarray, total: int):
    """How much more often two labels meet than if they were independent.

    Args:
        together (np.ndarray): (A, B) numbers of objects with both.
        first (np.ndarray): (A,) numbers of objects with the one.
        second (np.ndarray): (B,) numbers of objects with the other.
        total (int): number of objects that all of this counts.

    Returns:
        np.ndarray: (A, B) float64, 1 where they are independent, 0 where they never
        meet; NaN where one of them never occurs.
    """
    expected = np.outer(first, second).astype(np.float64)
    result = np.full(together.shape, np.nan)
    return np.divide(together * float(total), expected, out=result, where=expected > 0)


def strongest_pairs(
    together: np.ndarray, lifts: np.ndarray, least: int, most: int
) -> np.ndarray:
    """The pairs of attributes that seek each other most.

    Args:
        together (np.ndarray): (L, L) numbers of objects with both.
        lifts (np.ndarray): (L, L), see :func:`lift`.
        least (int): pairs of fewer objects are left out: chance rules there.
        most (int): how many pairs to give.

    Returns:
        np.ndarray: (N, 2) int64 indices, the highest lift first, the first index
        smaller than the second.
    """
    rows, columns = np.nonzero(np.triu(together >= max(least, 1), k=1))
    order = np.argsort(-lifts[rows, columns], kind='stable')[:most]
    return np.stack([rows[order], columns[order]], axis=1)


def rarer_than(counts: np.ndarray, limit: int) -> np.ndarray:
    """Indices of labels with fewer than ``limit`` objects, the rarest first."""
    order = np.argsort(counts, kind='stable')
    return order[counts[order] < limit]


def catch_all(labels: Sequence[Label]) -> np.ndarray:
    """(L,) bool: which attributes are among the four catch-all ones."""
    return np.isin([label.name for label in labels], CATCH_ALL_NAMES)


def count_only(table: ObjectTable, chosen: np.ndarray) -> int:
    """How many objects have attributes, but none besides the chosen.

    Args:
        table (ObjectTable): G objects.
        chosen (np.ndarray): (L,) bool.

    Returns:
        int: number of objects.
    """
    others = table.pair_object[~chosen[table.pair_attribute]]
    return len(np.unique(table.pair_object)) - len(np.unique(others))
