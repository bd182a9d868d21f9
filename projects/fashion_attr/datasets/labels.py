"""What ids and names of categories and attributes mean."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class Label(NamedTuple):
    """One category or attribute of a taxonomy."""

    id: int
    name: str
    supercategory: str


@dataclass(frozen=True)
class Taxonomy:
    """Categories and attributes, in the order of a network's outputs.

    Attributes:
        name (str): what files made with it say of themselves.
        categories (tuple[Label, ...]): K, ids may have gaps.
        attributes (tuple[Label, ...]): A, ids may have gaps.
        max_per_object (int): the most attributes that one object may have.
    """

    name: str
    categories: tuple[Label, ...]
    attributes: tuple[Label, ...]
    max_per_object: int

    @cached_property
    def category_names(self) -> tuple[str, ...]:
        """K names."""
        return tuple(label.name for label in self.categories)

    @cached_property
    def attribute_names(self) -> tuple[str, ...]:
        """A names."""
        return tuple(label.name for label in self.attributes)

    @cached_property
    def category_index(self) -> dict[int, int]:
        """0..K-1 of each category id."""
        return {label.id: index for index, label in enumerate(self.categories)}

    @cached_property
    def attribute_index(self) -> dict[int, int]:
        """0..A-1 of each attribute id."""
        return {label.id: index for index, label in enumerate(self.attributes)}

    @cached_property
    def category_ids(self) -> tuple[int, ...]:
        """K ids."""
        return tuple(label.id for label in self.categories)

    @cached_property
    def attribute_ids(self) -> tuple[int, ...]:
        """A ids."""
        return tuple(label.id for label in self.attributes)

    def tables(self) -> dict[str, list[dict]]:
        """``categories`` and ``attributes`` as a COCO file holds them."""
        return dict(
            categories=[label._asdict() for label in self.categories],
            attributes=[label._asdict() for label in self.attributes],
        )
