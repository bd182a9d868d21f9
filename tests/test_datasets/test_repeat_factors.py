"""LVIS's repeat factors: a table by hand, and plain loops as the oracle."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.fashion_attr.datasets.repeat_factors import (
    LabelPairs,
    label_factors,
    label_pairs,
    picture_factors,
    repeats,
)

pictures_of_labels = st.lists(st.lists(st.integers(0, 5), max_size=6), min_size=1)


def pairs(pictures, num_labels):
    table = [(i, label) for i, labels in enumerate(pictures) for label in labels]
    columns = np.array(table, np.int64).reshape(-1, 2).T
    return LabelPairs(*columns, len(pictures), num_labels)


def by_loops(pictures, num_labels, thr):
    """Detectron2's words: fraction, then category, then picture."""
    factor = {}
    for label in range(num_labels):
        having = sum(label in labels for labels in pictures)
        if having:
            factor[label] = max(1.0, math.sqrt(thr / (having / len(pictures))))
    return [max((factor[c] for c in labels), default=1.0) for labels in pictures]


def test_table():
    # 16 pictures: label 0 in all, 1 in four, 2 in one, 3 in none; twice in a picture
    # is once.
    pictures = [[0], [0, 1, 1], [0, 1, 2, 2], [0, 1], [0, 1]] + [[0]] * 11
    of_labels = label_factors(pairs(pictures, 4), 0.25)
    assert of_labels.tolist() == [1, 1, 2, 1]
    assert label_factors(pairs(pictures, 4), 1).tolist() == [1, 2, 4, 1]
    factors = picture_factors(pairs(pictures, 4), 1)
    assert factors.tolist() == [1, 2, 4, 2, 2] + [1] * 11


@given(pictures_of_labels, st.floats(0.01, 1))
def test_factors_are_those_of_loops(pictures, thr):
    factors = picture_factors(pairs(pictures, 6), thr)
    assert factors == pytest.approx(by_loops(pictures, 6, thr))


@pytest.mark.parametrize('thr', [0, -0.1, 1.5])
def test_a_threshold_is_a_share(thr):
    with pytest.raises(ValueError, match=r'a share in \(0, 1\], got'):
        label_factors(pairs([[0]], 1), thr)


def test_pairs_leave_out_what_is_ignored():
    pictures = [
        [
            dict(bbox_label=3, attr_labels=[5, 9], ignore_flag=0),
            dict(bbox_label=3, attr_labels=[9], ignore_flag=0),
            dict(bbox_label=7, attr_labels=[1], ignore_flag=1),
        ],
        [],
        [dict(bbox_label=0, attr_labels=[], ignore_flag=0)],
    ]
    categories, attributes = (part.once() for part in label_pairs(pictures, 8, 10))
    assert categories[2:] == (3, 8)
    assert attributes[2:] == (3, 10)
    assert [part.tolist() for part in categories[:2]] == [[0, 2], [3, 0]]
    assert [part.tolist() for part in attributes[:2]] == [[0, 0], [5, 9]]


@given(st.lists(st.floats(1, 9), min_size=1, max_size=30), st.floats(0, 0.999))
def test_repeats_round_and_keep_their_sum(factors, offset):
    times = repeats(np.array(factors), offset)
    assert (times >= np.floor(factors) - 1e-9).all()
    assert (times <= np.ceil(factors) + 1e-9).all()
    assert abs(times.sum() - sum(factors)) < 1


def test_repeats_are_right_on_average():
    factors = np.array([1.25, 2.5, 1.0, 3.75])
    offsets = (np.arange(400) + 0.5) / 400
    mean = np.mean([repeats(factors, offset) for offset in offsets], axis=0)
    assert mean == pytest.approx(factors, abs=1e-9)
