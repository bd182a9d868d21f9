"""Tables of the long tail: what is rare, and what is on nearly everything.

Letters: L attributes, G objects.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..datasets import statistics
from ..datasets.object_table import ObjectTable
from ..datasets.statistics import RARE
from ..datasets.taxonomy import Label
from .dataset_tables import part_of
from .tables import Column, Table


def tail_table(labels: Mapping[str, Sequence[Label]], counts: Mapping) -> Table:
    """Categories and attributes of few objects, the rarest first.

    Args:
        labels (Mapping[str, Sequence[Label]]): labels by kind.
        counts (Mapping): by kind, then by split: (N,) numbers; the first split
            decides what is rare.

    Returns:
        Table: all below the higher of ``RARE``.
    """
    splits = list(next(iter(counts.values())))
    columns = [Column('kind', 'text'), Column('id'), Column('name', 'text')]
    columns += [Column(split) for split in splits] + [Column('objects', 'text')]
    rows = []
    for kind, series in counts.items():
        for n in statistics.rarer_than(series[splits[0]], max(RARE)).tolist():
            label, number = labels[kind][n], int(series[splits[0]][n])
            limit = next(limit for limit in sorted(RARE) if number < limit)
            numbers = [int(values[n]) for values in series.values()]
            rows.append([kind, label.id, label.name, *numbers, f'under {limit}'])
    return Table('tail', columns, rows, filter=True)


def tail_counts(counts: Mapping) -> Table:
    """How many labels have no object, fewer than 50, fewer than 100.

    Args:
        counts (Mapping): by kind, then by split: (N,) numbers of objects.

    Returns:
        Table: a row for each kind and split.
    """
    columns = [Column('kind', 'text'), Column('split', 'text'), Column('labels')]
    columns += [Column('none')] + [Column(f'under {limit}') for limit in RARE]
    rows = [
        [kind, split, len(values), *(int((values < n).sum()) for n in (1, *RARE))]
        for kind, series in counts.items()
        for split, values in series.items()
    ]
    return Table('tail-counts', columns, rows)


def catch_all_table(table: ObjectTable) -> Table | None:
    """What part the four catch-all attributes have.

    Args:
        table (ObjectTable): G objects.

    Returns:
        Table | None: None where the taxonomy has none of them.
    """
    chosen = statistics.catch_all(table.attributes)
    if not chosen.any():
        return None
    counts = statistics.count_attributes(table)
    described, given = len(np.unique(table.pair_object)), int(counts.sum())
    columns = [
        Column('attribute', 'text'),
        Column('objects'),
        Column('share', 'share', 'of the objects that have attributes'),
        Column('of all attributes', 'share', 'of all that objects are given'),
    ]
    rows = [
        [
            table.attributes[n].name,
            int(counts[n]),
            part_of(int(counts[n]), described),
            part_of(int(counts[n]), given),
        ]
        for n in np.flatnonzero(chosen)
    ]
    every, only = int(counts[chosen].sum()), statistics.count_only(table, chosen)
    rows.append(['these together', None, None, part_of(every, given)])
    rows.append(['objects with no others', only, part_of(only, described), None])
    return Table('catch-all', columns, rows)
