"""The constant predictor: what a score is worth without looking at attributes.

Four catch-all attributes are on most garments, so always answering with a
category's commonest attributes is a strong baseline. A model's F1-masked AP
means something only beside the one that this predictor reaches with the same
detections.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from projects.fashion_attr.datasets import coco_annotation

from .columns import attribute_matrix
from .ground_truth import GroundTruth, check_tables


def constant_attributes(annotations: Iterable[Mapping]) -> dict[int, tuple[int, ...]]:
    """The best constant attribute set of each category.

    Of the sets "k commonest attributes", the one with the highest mean set-F1 over
    the category's training objects that have attributes; the smaller k where two
    are equal. Equally common attributes come in the order of their ids.

    Args:
        annotations (Iterable[Mapping]): training annotations with
            ``category_id`` and ``attribute_ids``.

    Returns:
        dict[int, tuple[int, ...]]: category id to ascending attribute ids;
        empty for categories whose objects never have attributes.

    Raises:
        ValueError: naming the annotation that has no ``attribute_ids``.
    """
    sets = defaultdict(list)
    for number, annotation in enumerate(annotations):
        name = f'annotation {annotation.get("id", number)}'
        ids = coco_annotation.attribute_ids(annotation, name)
        sets[annotation['category_id']].append(set(ids))
    return {
        category: _best_constant([s for s in sets[category] if s])
        for category in sorted(sets)
    }


def fit_constant(coco: dict, gt: GroundTruth) -> dict[int, tuple[int, ...]]:
    """Fit the constant predictor to a loaded file, for use against a ground truth.

    Args:
        coco (dict): COCO JSON of the training set, with ``attribute_ids``.
        gt (GroundTruth): what the predictor will be evaluated against.

    Returns:
        dict[int, tuple[int, ...]]: see :func:`constant_attributes`.

    Raises:
        ValueError: if the file is no COCO file, or has attributes that ``gt`` does
            not know.
    """
    check_tables(coco)
    constant = constant_attributes(coco['annotations'])
    constant_matrix(constant, gt.category_ids, gt.attribute_ids)
    return constant


def constant_matrix(
    constants: Mapping[int, Sequence[int]],
    category_ids: np.ndarray,
    attribute_ids: np.ndarray,
) -> np.ndarray:
    """The constants as rows of zeros and ones.

    Args:
        constants (Mapping): category id to attribute ids.
        category_ids (np.ndarray): (K,) category ids of the rows.
        attribute_ids (np.ndarray): (L,) ascending attribute ids of the columns.

    Returns:
        np.ndarray: (K, L) bool; a category without constant has an empty row.

    Raises:
        ValueError: naming the category whose constant has an unknown attribute.
    """
    rows = [constants.get(int(c), ()) for c in category_ids]
    names = [f'constant of category {c}' for c in category_ids]
    return attribute_matrix(rows, attribute_ids, names)


def _best_constant(sets: Sequence[set[int]]) -> tuple[int, ...]:
    if not sets:
        return ()
    count = Counter(attribute for s in sets for attribute in s)
    ranked = sorted(count, key=lambda attribute: (-count[attribute], attribute))
    place = {attribute: n for n, attribute in enumerate(ranked)}
    # common[i, k - 1]: how many of set i's attributes are among the k commonest.
    common = np.zeros((len(sets), len(ranked)), np.int32)
    for row, s in enumerate(sets):
        common[row, [place[attribute] for attribute in s]] = 1
    common = common.cumsum(1)
    sizes = np.array([[len(s)] for s in sets])
    f1 = 2 * common / (sizes + np.arange(1, len(ranked) + 1))
    best = int(np.argmax(f1.mean(0).round(12)))
    return tuple(sorted(ranked[: best + 1]))
