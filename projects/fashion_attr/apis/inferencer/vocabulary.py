"""What the numbers of a network mean: categories and attributes by index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from projects.fashion_attr.datasets.labels import Label
from projects.fashion_attr.datasets.taxonomy_file import taxonomy_of


@dataclass(frozen=True)
class Vocabulary:
    """Labels in the order of a network's outputs.

    Attributes:
        categories (tuple[Label, ...]): K, by label.
        attributes (tuple[Label, ...]): L, by column of the attribute scores; none
            where the network has no attribute head.
    """

    categories: tuple[Label, ...]
    attributes: tuple[Label, ...]

    @classmethod
    def from_meta(cls, meta: Mapping[str, Any]) -> 'Vocabulary':
        """Look the names of a checkpoint up in the taxonomy.

        Args:
            meta (Mapping): ``dataset_meta`` of the checkpoint: ``classes`` and
                ``attributes``, names in the order of the outputs; ``taxonomy`` where
                they are of one's own.

        Returns:
            Vocabulary: with their ids and supercategories.

        Raises:
            ValueError: if there are no classes, or a name is none of the taxonomy.
        """
        classes = meta.get('classes')
        if not classes:
            raise ValueError(
                "the checkpoint's dataset_meta has no 'classes': it was not written by "
                'tools/train.py'
            )
        taxonomy = taxonomy_of(meta)
        attributes = meta.get('attributes') or ()
        return cls(
            _look_up(classes, taxonomy.categories, 'class'),
            _look_up(attributes, taxonomy.attributes, 'attribute'),
        )

    @property
    def category_ids(self) -> np.ndarray:
        """(K,) int64 ids by label."""
        return np.array([c.id for c in self.categories], np.int64)

    @property
    def attribute_ids(self) -> np.ndarray:
        """(L,) int64 ids by column."""
        return np.array([a.id for a in self.attributes], np.int64)


def _look_up(names: Sequence[str], labels: Sequence[Label], kind: str):
    by_name = {label.name: label for label in labels}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise ValueError(
            f'{kind} {unknown[0]!r} of the checkpoint is none of the {len(labels)} of '
            f'the taxonomy ({labels[0].name!r}, ...): it was '
            'trained on another data set'
        )
    return tuple(by_name[name] for name in names)
