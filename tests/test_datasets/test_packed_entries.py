import pickle

import numpy as np
import pytest

from projects.fashion_attr.datasets.packed_entries import PackedEntries

ENTRIES = [dict(img_id=i, height=i + 1, width=9, text='x' * i * 7) for i in range(5)]


@pytest.mark.parametrize(
    'places', [[0, 1, 2, 3, 4], [1, 2, 4], [4, 0, 0, 3], [2], []],
    ids=['all', 'rising', 'any', 'one', 'none'],
)  # fmt: skip
def test_arrays_hold_the_entries_asked_for(places):
    packed = PackedEntries()
    for entry in ENTRIES:
        packed.append(entry)
    data, ends = packed.arrays(places)
    assert (data.dtype, ends.dtype) == (np.uint8, np.int64)
    starts = [0, *ends[:-1].tolist()] if places else []
    found = [pickle.loads(data[a:b]) for a, b in zip(starts, ends, strict=True)]
    assert found == [ENTRIES[i] for i in places]
    assert len(data) == (ends[-1] if places else 0)


def test_heads_are_what_filters_look_at():
    packed = PackedEntries()
    packed.append(ENTRIES[4])
    packed.clear()
    packed.append(ENTRIES[3])
    assert packed.heads == [dict(img_id=3, height=4, width=9, place=0)]
    assert len(packed.arrays([0])[1]) == 1
