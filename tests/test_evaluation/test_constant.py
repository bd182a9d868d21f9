import numpy as np
import pytest

from projects.fashion_attr.evaluation.functional.constant import (
    constant_attributes,
    constant_matrix,
)


def annotations(category, *sets):
    return [dict(category_id=category, attribute_ids=list(s)) for s in sets]


@pytest.mark.parametrize(
    ('sets', 'constant'),
    [
        # k=1: (1 + 2/3) / 2 = 5/6; k=2: (2/3 + 1) / 2 = 5/6: the smaller k.
        ([{7}, {7, 9}], (7,)),
        # k=1: (1 + 2/3 + 2/3) / 3 = 7/9; k=2: (2/3 + 1 + 1) / 3 = 8/9.
        ([{7}, {7, 9}, {7, 9}], (7, 9)),
        # k=1: 1/2; k=2: 2/3: the equally common in the order of their ids.
        ([{9}, {3}], (3, 9)),
        # Objects without attributes do not count.
        ([{5}, set(), set(), set()], (5,)),
        ([set(), set()], ()),
    ],
    ids=['tie', 'two', 'equally-common', 'empty-left-out', 'never'],
)
def test_worked_by_hand(sets, constant):
    assert constant_attributes(annotations(4, *sets)) == {4: constant}


def test_no_other_number_of_commonest_attributes_does_better():
    rng = np.random.default_rng(0)
    sets = [set(rng.geometric(0.3, 5).tolist()) for _ in range(40)]
    counts = {a: sum(a in s for s in sets) for a in set().union(*sets)}
    ranked = sorted(counts, key=lambda a: (-counts[a], a))

    def mean_f1(constant):
        c = set(constant)
        return sum(2 * len(c & s) / (len(c) + len(s)) for s in sets) / len(sets)

    best = max(mean_f1(ranked[:k]) for k in range(1, len(ranked) + 1))
    chosen = constant_attributes(annotations(0, *sets))[0]
    assert mean_f1(chosen) == pytest.approx(best, abs=1e-12)
    assert 1 < len(chosen) < len(ranked)


def test_categories_keep_apart():
    both = annotations(2, {1}) + annotations(0, {5})
    assert constant_attributes(both) == {0: (5,), 2: (1,)}


def test_matrix_has_a_row_for_every_category():
    rows = constant_matrix({2: (5,)}, np.array([0, 2]), np.array([1, 5]))
    assert rows.tolist() == [[False, False], [False, True]]


def test_unknown_attribute_is_named():
    with pytest.raises(ValueError, match='constant of category 2: attribute id 4 does'):
        constant_matrix({2: (4,)}, np.array([0, 2]), np.array([1, 5]))
