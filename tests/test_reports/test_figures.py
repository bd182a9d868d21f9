"""What figures show, read from their data."""

import numpy as np
import pytest
from small_wardrobe import small_wardrobe

from projects.fashion_attr.datasets import statistics
from projects.fashion_attr.datasets.object_table import ObjectTable, joined
from projects.fashion_attr.datasets.taxonomy import Label
from projects.fashion_attr.reports import (
    figures,
    label_figures,
    label_maps,
    size_figures,
)


@pytest.fixture(scope='module')
def table():
    return ObjectTable.from_coco(small_wardrobe())


@pytest.fixture(scope='module')
def empty():
    """The same labels without pictures and objects."""
    return ObjectTable.from_coco(small_wardrobe() | dict(images=[], annotations=[]))


@pytest.mark.parametrize(
    'low, high, per_cent, expected',
    [
        (1, 9, False, ['1', '2', '3', '4', '5', '6', '8']),
        (1, 90, False, ['1', '2', '5', '10', '20', '50']),
        (1, 59448, False, ['1', '10', '100', '1,000', '10,000']),
        (1, 1, False, ['1']),
        (170, 600, False, ['200', '300', '400', '500', '600']),
        (0.02, 1, True, ['2%', '5%', '10%', '20%', '50%', '100%']),
        (1e-5, 0.5, True, ['0.001%', '0.01%', '0.1%', '1%', '10%']),
    ],
)
def test_ticks_have_room(low, high, per_cent, expected):
    axis = figures.log_axis(low, high, per_cent)
    assert axis['ticktext'] == expected
    scale = 0.01 if per_cent else 1
    values = [float(text.strip('%').replace(',', '')) * scale for text in expected]
    np.testing.assert_allclose(axis['tickvals'], values)


def test_names_that_are_equal_get_their_id():
    labels = [Label(3, 'peg', ''), Label(7, 'peg', ''), Label(8, 'a & <b>', '')]
    names = figures.unique_names(labels)
    assert names == ['peg #3', 'peg #7', 'a &amp; &lt;b&gt;']


def test_bars_stand_in_the_order_of_their_counts():
    labels = [Label(i, f'label {i}', '') for i in range(4)]
    counts = dict(train=np.array([1, 0, 5, 2]), val=np.array([9, 0, 0, 1]))
    figure = label_figures.label_bars(labels, counts)
    assert [list(bar.y) for bar in figure.data] == [
        ['label 0', 'label 2', 'label 3']
    ] * 2
    assert [bar.x.tolist() for bar in figure.data] == [[1, 5, 2], [9, 0, 1]]
    assert [bar.name for bar in figure.data] == ['train', 'val']
    assert label_figures.label_bars(labels, counts, [1]) is None


def test_pair_map_holds_the_counts(table):
    figure = label_maps.pair_map(table)
    numbers, shares, lifts = figure.data
    # The first super-category has attributes 0 and 6, the second 3.
    assert list(numbers.x) == figures.plain(
        ['symmetrical', '<b>bold</b> & "dot"', 'letters, numbers']
    )
    assert list(numbers.y) == figures.plain(['shirt, blouse', 'bag & <wallet>'])
    counts = [[3, 0, 1], [0, 1, 1]]
    assert numbers.customdata.tolist() == counts
    np.testing.assert_allclose(10**numbers.z, np.where(counts, counts, np.nan), 1e-6)
    expected = [[1, np.nan, 1 / 3], [np.nan, 1, 1]]
    np.testing.assert_allclose(shares.z, expected, rtol=1e-6)
    # 4 objects have attributes: 3 shirts, 1 bag.
    lift = [[4 / 3, np.nan, 2 / 3], [np.nan, 4, 2]]
    np.testing.assert_allclose(2**lifts.z, lift, rtol=1e-6)
    assert [trace.visible for trace in figure.data] == [True, False, False]


def test_together_map_gives_shares_of_the_row(table):
    trace = label_maps.together_map(table, most=2).data[0]
    assert list(trace.y) == ['symmetrical', 'letters, numbers']
    np.testing.assert_allclose(trace.z, [[np.nan, 1 / 3], [1 / 2, np.nan]], rtol=1e-6)
    assert trace.customdata.tolist() == [[3, 1], [1, 2]]


def test_ranks_begin_with_the_commonest(table):
    counts = dict(attributes=dict(train=statistics.count_attributes(table)))
    labels = dict(attributes=table.attributes)
    curve = label_figures.rank_curves(labels, counts).data[0]
    assert curve.x.tolist() == [1, 2, 3] and curve.y.tolist() == [3, 2, 1]


def test_shares_of_two_splits_without_what_one_lacks():
    labels = dict(categories=[Label(i, f'c{i}', '') for i in range(3)])
    both = dict(train=np.array([0.5, 0.5, 0]), val=np.array([0.25, 0, 0.75]))
    points = label_figures.share_scatter(labels, dict(categories=both)).data[1]
    assert (points.x.tolist(), points.y.tolist()) == ([0.5], [0.25])
    assert list(points.text) == ['c0']


def test_sizes_by_split(table):
    tables = dict(train=table)
    bars = size_figures.attributes_per_mask(tables).data[0]
    assert bars.x.tolist() == [0, 1, 2]
    assert bars.y.tolist() == [0.2, 0.4, 0.4]
    bars = size_figures.objects_per_picture(tables).data[0]
    np.testing.assert_allclose(bars.y, [1 / 3, 0, 1 / 3, 1 / 3])
    assert size_figures.size_shares(tables).data[0].y.tolist() == [0.2, 0.2, 0.6]
    curve = size_figures.area_curves(tables).data[0]
    assert curve.y.sum() == pytest.approx(1)


def test_boxes_of_areas_by_category(table):
    box = size_figures.area_boxes(table).data[0]
    assert list(box.y) == figures.plain(['shoe', 'bag & <wallet>', 'shirt, blouse'])
    np.testing.assert_allclose(box.median, [1, 0.4608, 0.0512])
    np.testing.assert_allclose(box.q1[2], (0.01 + 0.0512) / 2)


def test_every_picture_is_in_a_bin(table):
    trace = size_figures.picture_sizes(table, bins=10).data[0]
    assert len(trace.x) == len(trace.y) == 11
    assert trace.customdata.sum() == 3 and trace.customdata.max() == 2


@pytest.mark.parametrize(
    'draw',
    [
        label_maps.pair_map,
        label_maps.together_map,
        size_figures.area_boxes,
        size_figures.picture_sizes,
    ],
)
def test_nothing_can_be_drawn(draw, empty):
    assert draw(empty).to_json()


def test_files_joined_are_drawn_as_one(table, empty):
    trace = label_maps.pair_map(joined([empty, table, table])).data[0]
    assert trace.customdata.tolist() == [[6, 0, 2], [0, 2, 2]]
