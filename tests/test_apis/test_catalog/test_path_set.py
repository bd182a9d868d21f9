"""Which paths have been seen, beside Python's own set."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from projects.fashion_attr.apis.catalog.path_set import PathSet

BATCHES = st.lists(st.lists(st.text('abé/', max_size=3), max_size=12), max_size=12)


@given(BATCHES)
def test_gives_what_a_set_gives(batches):
    paths, seen = PathSet(), set()
    for batch in batches:
        wanted = []
        for path in batch:
            wanted.append(path not in seen)
            seen.add(path)
        np.testing.assert_array_equal(paths.add(batch), np.array(wanted, bool))
        assert len(paths) == len(seen)


def test_thousands_in_batches_of_all_sizes():
    paths = PathSet()
    names = [f'{n:06d}.jpg' for n in range(5000)]
    for start, end in ((0, 1), (1, 4), (4, 2000), (2000, 2100), (2100, 5000)):
        assert paths.add(names[start:end]).all()
    assert not paths.add(names[::-7]).any()
    assert paths.add([*names[:3], 'new.jpg']).tolist() == [False] * 3 + [True]
