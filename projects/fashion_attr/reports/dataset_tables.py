"""Tables of a data-set report: every number of its figures, to read and to sort.

Letters: K categories, L attributes, G objects.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..datasets import statistics
from ..datasets.object_table import ObjectTable
from ..datasets.taxonomy import Label
from .tables import Column, Table

Tables = Mapping[str, ObjectTable]
Counts = Mapping[str, np.ndarray]


def files_table(files: Mapping[str, str], tables: Tables) -> Table:
    """What each file holds as a whole.

    Args:
        files (Mapping[str, str]): paths by split.
        tables (Tables): objects by split.

    Returns:
        Table: a row for each split.
    """
    columns = [
        Column('split', 'text'),
        Column('file', 'text'),
        Column('pictures'),
        Column('without objects'),
        Column('objects'),
        Column('without attributes'),
        Column('share', 'share', 'of objects without attributes'),
        Column('attributes', hint='of all objects together'),
        Column('per object', 'number', 'mean of the objects that have attributes'),
        Column('categories', hint='that occur'),
        Column('different attributes', hint='that occur'),
    ]
    rows = [[name, files[name], *_whole(table)] for name, table in tables.items()]
    return Table('files', columns, rows)


def _whole(table: ObjectTable) -> list:
    lengths = statistics.attributes_per_object(table)
    bare = int(np.count_nonzero(lengths == 0))
    described = len(lengths) - bare
    return [
        table.num_images,
        int(np.count_nonzero(statistics.objects_per_image(table) == 0)),
        table.num_objects,
        bare,
        part_of(bare, table.num_objects),
        int(lengths.sum()),
        part_of(int(lengths.sum()), described),
        int(np.count_nonzero(statistics.count_categories(table))),
        int(np.count_nonzero(statistics.count_attributes(table))),
    ]


def part_of(part: int, whole: int) -> float | None:
    """A share; None of nothing."""
    return part / whole if whole else None


def label_table(
    name: str, labels: Sequence[Label], counts: Counts, totals: Mapping[str, int]
) -> Table:
    """How often each label occurs in each split, and what part of it that is.

    Args:
        name (str): of the table.
        labels (Sequence[Label]): N labels.
        counts (Counts): (N,) numbers of objects by split.
        totals (Mapping[str, int]): what shares are of, by split.

    Returns:
        Table: the commonest first. With two splits, their shares' ratio too.
    """
    columns = [Column('id'), Column('name', 'text'), Column('super-category', 'text')]
    columns += [Column(split) for split in counts]
    columns += [Column(f'{split}, share', 'share') for split in counts]
    if len(counts) == 2:
        first, second = counts
        columns.append(
            Column('ratio', 'number', f'share in {second} / share in {first}')
        )
    rows = []
    for n in np.argsort(-sum(counts.values()), kind='stable').tolist():
        numbers = [int(values[n]) for values in counts.values()]
        shares = [part_of(c, t) for c, t in zip(numbers, totals.values(), strict=True)]
        row = [labels[n].id, labels[n].name, labels[n].supercategory, *numbers, *shares]
        rows.append(row + ([_ratio(*shares)] if len(shares) == 2 else []))
    return Table(name, columns, rows, filter=True)


def _ratio(first: float | None, second: float | None) -> float | None:
    return second / first if first and second is not None else None


def pair_table(table: ObjectTable) -> Table:
    """Every pair of category and attribute that occurs, the commonest first."""
    counts = statistics.count_pairs(table)
    objects = statistics.count_categories(table)
    rows, columns = np.nonzero(counts)
    order = np.argsort(-counts[rows, columns], kind='stable')
    return Table(
        'pairs',
        [
            Column('category', 'text'),
            Column('attribute', 'text'),
            Column('objects'),
            Column('share', 'share', "of the category's objects"),
        ],
        [
            [
                table.categories[k].name,
                table.attributes[a].name,
                int(counts[k, a]),
                int(counts[k, a]) / int(objects[k]),
            ]
            for k, a in zip(rows[order].tolist(), columns[order].tolist(), strict=True)
        ],
        filter=True,
    )


def least_together(table: ObjectTable) -> int:
    """Pairs of fewer objects are too few to speak of: 5, in large sets more."""
    return max(5, len(np.unique(table.pair_object)) // 10_000)


def together_table(table: ObjectTable, most: int = 100) -> Table:
    """The pairs of attributes with the highest lift.

    Args:
        table (ObjectTable): G objects.
        most (int): pairs given.

    Returns:
        Table: of pairs on at least ``least_together`` objects.
    """
    together = statistics.count_together(table)
    counts = np.diagonal(together)
    described = len(np.unique(table.pair_object))
    lifts = statistics.lift(together, counts, counts, described)
    found = statistics.strongest_pairs(together, lifts, least_together(table), most)
    names = [label.name for label in table.attributes]
    columns = [
        Column('attribute', 'text'),
        Column('objects'),
        Column('other attribute', 'text'),
        Column('objects'),
        Column('both'),
        Column('lift', 'number', 'both / what chance would bring together'),
    ]
    rows = [
        [
            *(names[a], int(counts[a]), names[b], int(counts[b])),
            *(int(together[a, b]), float(lifts[a, b])),
        ]
        for a, b in found.tolist()
    ]
    return Table('together', columns, rows, filter=True)


def size_table(tables: Tables) -> Table:
    """Numbers and shares of small, medium and large objects by split."""
    columns = [Column('split', 'text')]
    columns += [Column(name) for name in statistics.SIZE_NAMES]
    columns += [Column(f'{name}, share', 'share') for name in statistics.SIZE_NAMES]
    rows = []
    for name, table in tables.items():
        counts = statistics.count_sizes(table).tolist()
        rows.append([name, *counts, *(part_of(c, table.num_objects) for c in counts)])
    return Table('sizes', columns, rows)
