"""Runs as sets of pixels, beside sets of pixels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.fashion_attr.structures.run_sets import subtract_runs, unite_runs

PIXELS = 24
pixel_sets = st.sets(st.integers(0, PIXELS - 1))


def runs_of(pixels) -> np.ndarray:
    """Slow oracle: the runs of a set of pixels."""
    runs = []
    for pixel in sorted(pixels):
        if runs and pixel == sum(runs[-1]):
            runs[-1][1] += 1
        else:
            runs.append([pixel, 1])
    return np.array(runs, np.int64).reshape(-1, 2)


@given(pixel_sets, pixel_sets)
def test_runs_are_sets(first, second):
    left = subtract_runs(runs_of(first), runs_of(second))
    both = unite_runs(runs_of(first), runs_of(second))
    assert left.tolist() == runs_of(first - second).tolist()
    assert both.tolist() == runs_of(first | second).tolist()


@pytest.mark.parametrize(
    ('runs', 'taken', 'left', 'both'),
    [
        ([[2, 3]], [[5, 2]], [[2, 3]], [[2, 5]]),
        ([[2, 3]], [[4, 2]], [[2, 2]], [[2, 4]]),
        ([[2, 6]], [[4, 2]], [[2, 2], [6, 2]], [[2, 6]]),
        ([[2, 3]], [[0, 9]], [], [[0, 9]]),
        ([[2, 3]], [], [[2, 3]], [[2, 3]]),
        ([], [[2, 3]], [], [[2, 3]]),
    ],
    ids=['touching', 'end', 'middle', 'all', 'nothing-taken', 'nothing-there'],
)
def test_some_sets(runs, taken, left, both):
    runs, taken = (np.array(r, np.int64).reshape(-1, 2) for r in (runs, taken))
    assert subtract_runs(runs, taken).tolist() == left
    assert unite_runs(runs, taken).tolist() == both
