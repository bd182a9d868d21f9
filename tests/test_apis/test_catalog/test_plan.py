"""Chunks of pictures, written down once."""

import pyarrow as pa
import pytest

from projects.fashion_attr.apis.catalog.places import find_place
from projects.fashion_attr.apis.catalog.plan import Plan

SCHEMA = pa.schema([('path', pa.string()), ('id', pa.int32())])


def tables(*lengths, start=0):
    """Tables of such lengths, numbered through."""
    for length in lengths:
        ids = range(start, start + length)
        yield pa.table([[f'{n}.jpg' for n in ids], list(ids)], SCHEMA)
        start += length


def ids(plan):
    """By chunk."""
    return [plan.chunk(n)['id'].to_pylist() for n in range(len(plan))]


@pytest.fixture
def empty(tmp_path):
    """No plan."""
    return Plan(find_place(tmp_path / 'plan'))


@pytest.mark.parametrize(
    'lengths, size, at_least, wanted',
    [
        ((), 3, 1, []),
        ((0, 0), 3, 1, []),
        ((1,), 3, 4, [[0]]),
        ((4,), 3, 1, [[0, 1, 2], [3]]),
        ((2, 5, 0, 1), 3, 1, [[0, 1, 2], [3, 4, 5], [6, 7]]),
        ((2, 2), 3, 4, [[0], [1], [2], [3]]),
        ((5,), 3, 2, [[0, 1, 2], [3, 4]]),
        ((6, 1), 3, 2, [[0, 1, 2], [3, 4, 5], [6]]),
    ],
)
def test_tables_are_cut_into_chunks(empty, lengths, size, at_least, wanted):
    plan = empty.extended(tables(*lengths), SCHEMA, size, at_least)
    assert ids(plan) == wanted
    assert plan.sizes.tolist() == [len(chunk) for chunk in wanted]
    assert plan.num_pictures == sum(lengths)
    assert not wanted or plan.schema == SCHEMA


def test_what_has_come_since_is_added_behind(empty):
    plan = empty.extended(tables(3), SCHEMA, 2, 1)
    plan = plan.extended(tables(3, start=3), SCHEMA, 3, 1)
    assert ids(plan) == [[0, 1], [2], [3, 4, 5]]
    assert plan.extended(tables(), SCHEMA, 3, 1) is plan
    paths = [path for part in Plan(plan.folder).paths() for path in part]
    assert paths == [f'{n}.jpg' for n in range(6)]


def test_a_file_that_is_missing_or_damaged_is_named(empty):
    plan = empty.extended(tables(3), SCHEMA, 2, 1)
    plan = plan.extended(tables(3, start=3), SCHEMA, 3, 1)
    (plan.folder / 'plan-00000000.parquet').remove()
    with pytest.raises(ValueError, match='plan has no file for chunk 0'):
        Plan(plan.folder)
    with (plan.folder / 'plan-00000000.parquet').whole() as half:
        half.write_text('hello')
    with pytest.raises(ValueError, match='plan-00000000.parquet cannot be read'):
        Plan(plan.folder)
