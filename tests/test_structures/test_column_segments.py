"""Column segments, by tables that can be worked out by hand."""

import numpy as np
import pytest

from projects.fashion_attr.structures.column_segments import ColumnSegments


def read(text: str) -> np.ndarray:
    """(h, w) of rows such as '.#.'."""
    return np.array([[c == '#' for c in row] for row in text.split()], np.uint8)


def segments_of(*texts: str) -> ColumnSegments:
    return ColumnSegments.from_bitmaps(np.stack([read(text) for text in texts]))


RING = '### #.# ###'


def test_run_over_three_columns_is_cut_at_their_borders():
    segments = ColumnSegments.from_runs([np.array([[4, 7]])], (5, 3))
    rows = zip(segments.columns, segments.tops, segments.bottoms, strict=True)
    assert [tuple(map(int, row)) for row in rows] == [(0, 4, 5), (1, 0, 5), (2, 0, 1)]


@pytest.mark.parametrize(
    'rows, expected',
    [
        ([0, 1, 2], RING),
        ([0, 2], '### ###'),
        ([1], '#.#'),
        ([1, 1, 2], '#.# #.# ###'),
        ([], ''),
    ],
    ids=['all', 'without the middle', 'one', 'one twice', 'none'],
)
def test_take_rows(rows, expected):
    taken = segments_of(RING).take_rows(np.array(rows, int))
    assert taken.paint()[0].tolist() == read(expected).reshape(-1, 3).tolist()


@pytest.mark.parametrize(
    'columns, expected',
    [
        ([0, 1, 2], '#.. .#. ..#'),
        ([2, 1, 0], '..# .#. #..'),
        ([1, 1], '.. ## ..'),
        ([0, 2, 2], '#.. ... .##'),
    ],
    ids=['all', 'reversed', 'one twice', 'without the middle'],
)
def test_take_columns(columns, expected):
    taken = segments_of('#.. .#. ..#').take_columns(np.array(columns))
    assert taken.paint()[0].tolist() == read(expected).tolist()


@pytest.mark.parametrize(
    'size, top, left, expected',
    [
        ((3, 3), 0, 0, RING),
        ((2, 2), 0, 0, '## #.'),
        ((2, 2), -1, -1, '.# ##'),
        ((4, 5), 1, 2, '..... ..### ..#.# ..###'),
        ((2, 2), 5, 0, '.. ..'),
        ((2, 2), 0, -3, '.. ..'),
    ],
    ids=['same', 'corner', 'other corner', 'moved in', 'below', 'left of it'],
)
def test_place(size, top, left, expected):
    placed = segments_of(RING).place(size, top, left)
    assert placed.size == size
    assert placed.paint()[0].tolist() == read(expected).tolist()


def test_select_repeats_and_reorders_masks():
    segments = segments_of('#.', '..', '##')
    chosen = segments.select(np.array([2, 0, 2, 1]))
    assert chosen.paint()[:, 0].tolist() == [[1, 1], [1, 0], [1, 1], [0, 0]]


def test_areas_and_boxes_of_ring_dot_and_nothing():
    segments = segments_of(RING, '... ... .#.', '... ... ...')
    assert segments.areas().tolist() == [8, 1, 0]
    assert segments.bboxes().tolist() == [[0, 0, 3, 3], [1, 2, 2, 3], [0, 0, 0, 0]]


def test_segments_that_touch_are_painted_through_and_merged_as_runs():
    # Rows 0 and 2 of a column of three are left: the hole between them is gone.
    segments = segments_of('# . #').take_rows(np.array([0, 2]))
    assert segments.tops.tolist() == [0, 1]
    assert segments.paint()[0].tolist() == [[1], [1]]
    assert segments.runs()[0].tolist() == [[0, 2]]


def test_join_counts_masks_on():
    joined = ColumnSegments.join([segments_of('#.'), segments_of('.#', '##')])
    assert joined.paint()[:, 0].tolist() == [[1, 0], [0, 1], [1, 1]]
