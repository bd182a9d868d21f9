"""Compares rows with each other: twice the same, two sizes, pairs of labels."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ..labels import Taxonomy
from ..taxonomy import FASHIONPEDIA
from .findings import Findings
from .rows import RowSummary

# Objects that would have both, were categories and attributes independent, before it
# means something that they meet in one picture alone.
LEAST_EXPECTED = 5


class _Pair(NamedTuple):
    """Where a category and an attribute met first."""

    file: str
    image_id: str
    row: int


class SeenRows:
    """Remembers of every row what later rows are compared with.

    Args:
        findings (Findings): is told.
        taxonomy (Taxonomy): what the ids are of.

    Attributes:
        first (dict[str, int]): the first row of each picture of the file in hand.
        sizes (dict[str, tuple]): the first row with a sound size, and its (h, w).
    """

    def __init__(self, findings: Findings, taxonomy: Taxonomy = FASHIONPEDIA):
        self.findings = findings
        self.taxonomy = taxonomy
        self._pairs: dict[tuple[int, int], _Pair | None] = {}
        self._objects: Counter = Counter()
        self._same_tuple: dict[tuple, tuple] = {}
        self.start_file('')

    def start_file(self, file: str) -> None:
        """Rows that follow are of this file."""
        self.file = file
        self.first: dict[str, int] = {}
        self.sizes: dict[str, tuple[int, tuple[int, int]]] = {}
        self._masks: dict[int, tuple] = {}

    def add(self, summaries: Iterable[RowSummary]) -> None:
        """Compare rows with those before."""
        for summary in summaries:
            self._compare_size(summary)
            self._compare_mask(summary)
            self._count_pairs(summary)

    def _compare_size(self, summary: RowSummary) -> None:
        image_id, size = summary.image_id, summary.size
        self.first.setdefault(image_id, summary.row)
        if size is None:
            return
        row, known = self.sizes.setdefault(image_id, (summary.row, size))
        if size != known:
            text = f'{size[0]} x {size[1]}, on row {row} {known[0]} x {known[1]}'
            self._tell('size-conflict', summary, text)

    def _compare_mask(self, summary: RowSummary) -> None:
        key = summary.mask_key
        if key is None:
            return
        labels = summary.category_id, summary.attribute_ids
        labels = self._same_tuple.setdefault(labels, labels)  # one object for all
        row, known = self._masks.setdefault(key, (summary.row, labels))
        if row == summary.row:
            return
        if known == labels:
            self._tell('row-duplicate', summary, f'the same object as row {row}')
        else:
            self._tell('mask-twice', summary, f'the mask of row {row}, labels differ')

    def _count_pairs(self, summary: RowSummary) -> None:
        category, ids = summary.category_id, summary.attribute_ids
        if category is None or ids is None:
            return
        self._objects['category', category] += 1
        here = _Pair(self.file, summary.image_id, summary.row)
        for attribute in ids:
            self._objects['attribute', attribute] += 1
            first = self._pairs.setdefault((category, attribute), here)
            if first and first[:2] != here[:2]:
                self._pairs[category, attribute] = None  # in a second picture

    def report_pairs(self) -> None:
        """Tell of pairs that met in one picture alone."""
        total = sum(n for (kind, _), n in self._objects.items() if kind == 'category')
        for (category, attribute), first in sorted(self._pairs.items()):
            counts = (
                self._objects['category', category],
                self._objects['attribute', attribute],
            )
            expected = counts[0] * counts[1] / total
            if first and expected >= LEAST_EXPECTED:
                text = self._pair_text(category, attribute, counts, expected)
                self.findings.add('pair-once', *first, text)

    def _tell(self, code: str, summary: RowSummary, message: str) -> None:
        self.findings.add(code, self.file, summary.image_id, summary.row, message)

    def _pair_text(
        self,
        category: int,
        attribute: int,
        counts: tuple[int, int],
        expected: float,
    ) -> str:
        of = self.taxonomy
        names = (
            of.attributes[of.attribute_index[attribute]].name,
            of.categories[of.category_index[category]].name,
        )
        return (
            f'{names[0]!r} (on {counts[1]:,} objects) with {names[1]!r} '
            f'({counts[0]:,} objects) in this picture alone; chance would give '
            f'{expected:,.0f} objects'
        )
