import numpy as np
import pytest
from coco_oracles import slow_f1
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.evaluation.functional.set_f1 import paired_set_f1, set_f1


def matrix(*sets, length=9):
    rows = np.zeros((len(sets), length), bool)
    for row, members in zip(rows, sets, strict=True):
        row[list(members)] = True
    return rows


@pytest.mark.parametrize(
    ('predicted', 'truth', 'f1'),
    [
        ({0, 1}, {0, 1}, 1),
        ({0, 1, 2}, {0, 1}, 4 / 5),
        ({0}, {0, 1}, 2 / 3),
        ({0, 1}, {2}, 0),
        (set(), {2}, 0),
        ({2}, set(), 1),
        (set(), set(), 1),
    ],
    ids=[
        'equal',
        'one-more',
        'one-less',
        'apart',
        'none-given',
        'none-true',
        'both-none',
    ],
)
def test_worked_by_hand(predicted, truth, f1):
    assert set_f1(matrix(predicted), matrix(truth)) == [[f1]]


subsets = st.lists(st.sets(st.integers(0, 8)), max_size=6)


@given(subsets, subsets)
@settings(max_examples=60, deadline=None)
def test_equals_python_sets(predicted, truth):
    expected = np.array([[slow_f1(p, t) for t in truth] for p in predicted])
    expected = expected.reshape(len(predicted), len(truth))
    whole = set_f1(matrix(*predicted), matrix(*truth))
    np.testing.assert_array_equal(whole, expected)
    rows, columns = np.indices(expected.shape).reshape(2, -1)
    pairs = paired_set_f1(matrix(*predicted), matrix(*truth), rows, columns, chunk=5)
    np.testing.assert_array_equal(pairs, expected.ravel())


def test_columns_have_to_agree():
    with pytest.raises(ValueError, match='9 attribute columns, the ground truth has 8'):
        set_f1(matrix({0}), matrix({0}, length=8))
