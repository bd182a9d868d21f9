"""Blocks beside a picture: order, balance, no overlap, nothing outside."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.visualization.label_layout import (
    column_height,
    place_beside,
    split_sides,
    stack_column,
)

GAP = 4


@pytest.mark.parametrize(
    ('targets', 'heights', 'extent', 'tops'),
    [
        pytest.param([], [], 100, [], id='none'),
        pytest.param([30], [10], 100, [30], id='alone: where it wishes'),
        pytest.param([-5], [10], 100, [0], id='pushed in from above'),
        pytest.param([99], [10], 100, [90], id='pushed in from below'),
        pytest.param([20, 50], [10, 10], 100, [20, 50], id='apart'),
        pytest.param([40, 40], [10, 10], 100, [33, 47], id='both give way'),
        pytest.param([0, 2, 80], [10, 10, 10], 100, [0, 14, 80], id='third is free'),
        pytest.param([0, 0], [60, 60], 100, [0, 64], id='too tall: from 0, no overlap'),
    ],
)
def test_stack_column(targets, heights, extent, tops):
    assert stack_column(targets, heights, extent, GAP) == pytest.approx(tops)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(1, 4)), min_size=1, max_size=3)
)
def test_stack_column_is_the_best_of_all(blocks):
    """Against every whole-pixel arrangement of a short column."""
    targets, heights = np.array(blocks).T
    extent, gap = 20, 1
    tops = stack_column(targets, heights, extent, gap)
    best = min(
        sum((np.array(other) - targets) ** 2)
        for other in itertools.product(range(extent), repeat=len(targets))
        if all(a + h + gap <= b for a, h, b in zip(other, heights, other[1:]))  # noqa: B905
        and other[-1] + heights[-1] <= extent
    )
    assert sum((tops - targets) ** 2) <= best + 1e-6


@pytest.mark.parametrize(
    ('xs', 'heights', 'right'),
    [
        pytest.param([], [], [], id='none'),
        pytest.param([20], [10], [False], id='one on the left half'),
        pytest.param([80], [10], [True], id='one on the right half'),
        pytest.param([70, 90], [10, 10], [False, True], id='a pair parts anywhere'),
        pytest.param([10, 90, 91], [30, 60, 60], [False, False, True], id='balanced'),
    ],
)
def test_split_sides(xs, heights, right):
    assert split_sides(xs, heights, (100, 100), GAP).tolist() == right


@st.composite
def layouts(draw):
    h, w = draw(st.integers(60, 500)), draw(st.integers(20, 500))
    number = draw(st.integers(0, 12))
    points = st.tuples(st.floats(0, w), st.floats(0, h))
    sizes = st.tuples(st.integers(5, 90), st.integers(5, 200))
    anchors = draw(st.lists(points, min_size=number, max_size=number))
    blocks = draw(st.lists(sizes, min_size=number, max_size=number))
    return np.array(anchors).reshape(-1, 2), np.array(blocks).reshape(-1, 2), (h, w)


@settings(max_examples=100, deadline=None)
@given(layouts())
def test_blocks_stay_inside_and_apart(case):
    anchors, sizes, picture = case
    layout = place_beside(anchors, sizes, picture, GAP)
    assert layout.height >= picture[0]
    for side in (False, True):
        column = np.flatnonzero(layout.on_right == side)
        column = column[np.argsort(layout.tops[column], kind='stable')]
        tops, bottoms = layout.tops[column], layout.tops[column] + sizes[column, 0]
        assert (tops >= 0).all()
        assert (bottoms <= layout.height).all()
        assert (tops[1:] >= bottoms[:-1]).all()


@settings(max_examples=60, deadline=None)
@given(layouts())
def test_a_panel_grows_only_where_blocks_do_not_fit(case):
    anchors, sizes, picture = case
    layout = place_beside(anchors, sizes, picture, GAP)
    if layout.height > picture[0]:
        columns = [sizes[layout.on_right == side, 0] for side in (False, True)]
        tallest = max(column_height(column, GAP) for column in columns)
        assert layout.height == tallest + 2 * GAP


def test_blocks_follow_the_order_of_their_anchors():
    anchors = np.array([[90, 50], [90, 10], [90, 90]])
    layout = place_beside(anchors, np.full((3, 2), 20), (100, 100), GAP)
    right = layout.on_right
    assert right.any()
    assert (
        np.argsort(layout.tops[right]).tolist()
        == np.argsort(anchors[right, 1]).tolist()
    )
