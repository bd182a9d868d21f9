import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from projects.fashion_attr.datasets.split import stratified_split


def long_tailed(n, num_labels, seed=0):
    """(N, L) labels: the first on most pictures, the last on very few."""
    rng = np.random.default_rng(seed)
    share = 0.6 / np.arange(1, num_labels + 1) ** 1.1
    return rng.random((n, num_labels)) < share


tables = hnp.arrays(
    bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.booleans()
)


@settings(max_examples=100, deadline=None)
@given(tables, st.randoms(), st.integers(0, 5))
def test_sizes_are_exact_and_the_seed_decides(labels, random, seed):
    n = len(labels)
    first = random.randint(0, n)
    second = random.randint(0, n - first)
    sizes = [first, second, n - first - second]
    sides = stratified_split(labels, sizes, seed, covered=(0, 1))
    assert np.bincount(sides, minlength=3).tolist() == sizes
    assert np.array_equal(sides, stratified_split(labels, sizes, seed, covered=(0, 1)))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 8), st.integers(2, 5), st.integers(0, 100))
def test_labels_of_two_pictures_are_on_both_sides(num_labels, copies, seed):
    # Label k is on `copies` pictures of its own: a full cover always exists.
    labels = np.tile(np.eye(num_labels, dtype=bool), (copies, 1))
    sides = stratified_split(labels, [len(labels) - num_labels, num_labels], seed)
    assert labels[sides == 0].any(axis=0).all()
    assert labels[sides == 1].any(axis=0).all()


@pytest.mark.parametrize('seed', range(3))
def test_a_long_tail_is_covered_and_in_proportion(seed):
    labels = long_tailed(4000, 120, seed)
    count = labels.sum(axis=0)
    sides = stratified_split(labels, [3400, 200, 400], seed, covered=(0, 1))
    train, val = (labels[sides == s].sum(axis=0) for s in (0, 1))
    possible = count >= 2
    assert (train[possible] > 0).all()
    assert (val[possible] > 0).all()
    # One picture or 20% off, whichever is more; a random split is off by sqrt(n).
    expected = count * 0.05
    off = np.abs(val - expected)
    assert (off <= np.maximum(1.0, 0.2 * expected)).mean() > 0.9


def test_a_single_picture_of_a_label_goes_to_the_larger_side():
    labels = np.zeros((20, 1), bool)
    labels[7] = True
    assert stratified_split(labels, [18, 2])[7] == 0


def test_seeds_differ():
    labels = long_tailed(200, 10)
    a, b = (stratified_split(labels, [150, 50], seed) for seed in (0, 1))
    assert not np.array_equal(a, b)


@pytest.mark.parametrize(
    'sizes', [[3, 3], [6, -1], [4]], ids=['more', 'negative', 'less']
)
def test_sizes_that_do_not_sum_up_are_refused(sizes):
    with pytest.raises(ValueError, match='should be 0 or more and sum to 5'):
        stratified_split(np.ones((5, 2), bool), sizes)
