"""How often labels occur in a training set, for losses and heads that ask for it."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .coco_tables import check_form
from .json_file import load_json
from .object_table import ObjectTable
from .statistics import attributes_per_object, count_attributes, count_pairs


class LabelCounts(NamedTuple):
    """Numbers of objects of an annotation file, with K categories, A attributes."""

    pairs: np.ndarray  # (K, A) objects of a category that have an attribute
    attributes: np.ndarray  # (A,) objects that have it
    with_attributes: int  # objects that have any
    objects: int


@lru_cache(maxsize=4)
def read_label_counts(ann_file: str, wanted_by: str = 'this') -> LabelCounts:
    """Count the labels of an annotation file; the same file is read once.

    Args:
        ann_file (str): as `prepare` writes it, or Fashionpedia's own.
        wanted_by (str): what the counts are for, for the error.

    Returns:
        LabelCounts: in the order of the taxonomy's indices.

    Raises:
        FileNotFoundError: if the file is absent.
        ValueError: naming the file and the entry that is not sound.
    """
    if not Path(ann_file).exists():
        raise FileNotFoundError(
            f'{ann_file} is absent: {wanted_by} counts labels in it; '
            'tools/prepare_imaterialist.py writes it'
        )
    try:
        coco = load_json(ann_file)
        check_form(ann_file, coco)
        table = ObjectTable.from_coco(coco)
    except ValueError as error:
        text = str(error)
        text = text if text.startswith(ann_file) else f'{ann_file}: {text}'
        raise ValueError(text) from error
    return LabelCounts(
        count_pairs(table),
        count_attributes(table),
        int((attributes_per_object(table) > 0).sum()),
        table.num_objects,
    )
