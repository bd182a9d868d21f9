"""Resizing, overlaps and attributes of segments, beside decoded masks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from submissions import box_mask, encode, result

from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS, CATEGORY_IDS
from projects.fashion_attr.evaluation.functional.submission_size import scaled_size
from projects.fashion_attr.evaluation.submission.segments import (
    Rules,
    make_segments,
    resize_nearest,
    without_overlap,
)
from projects.fashion_attr.structures.column_segments import ColumnSegments

SIZE = 6, 5
bitmaps = st.tuples(st.integers(1, 3), st.integers(1, 9), st.integers(1, 9)).flatmap(
    lambda shape: arrays.arrays(np.uint8, shape, elements=st.integers(0, 1))
)


def plain_resize(mask, size):
    """What numpy makes of the decoded mask."""
    rows = [y * mask.shape[0] // size[0] for y in range(size[0])]
    columns = [x * mask.shape[1] // size[1] for x in range(size[1])]
    return mask[rows][:, columns]


def paint(runs, size):
    flat = np.zeros(size[0] * size[1], np.uint8)
    for start, length in runs:
        flat[start : start + length] = 1
    return flat.reshape(size, order='F')


def plain_segments(masks, groups):
    """Masks, best first, that leave each pixel to the first of its group."""
    owners, left = {}, []
    for mask, group in zip(masks, groups, strict=True):
        free = ~owners.setdefault(group, np.zeros(mask.shape, bool))
        left.append(mask.astype(bool) & free)
        owners[group] |= mask.astype(bool)
    return np.array(left).reshape(len(masks), *masks.shape[1:])


@given(bitmaps, st.tuples(st.integers(1, 12), st.integers(1, 12)))
def test_resize_is_the_plain_one(masks, size):
    resized = resize_nearest(ColumnSegments.from_bitmaps(masks), size).paint()
    expected = [plain_resize(mask, size) for mask in masks]
    np.testing.assert_array_equal(resized, expected)


@given(bitmaps, st.data())
def test_overlaps_go_to_the_first(masks, data):
    groups = data.draw(st.lists(st.integers(0, 1), min_size=3))[: len(masks)]
    masks = masks[: len(groups)]
    runs = ColumnSegments.from_bitmaps(masks).runs()
    left = without_overlap(runs, groups)
    painted = [paint(r, masks.shape[1:]) for r in left]
    expected = plain_segments(masks, groups)
    np.testing.assert_array_equal(np.array(painted).reshape(expected.shape), expected)


@pytest.mark.parametrize(
    ('size', 'expected'),
    [
        ((2048, 1500), (1024, 750)),
        ((1501, 2000), (768, 1024)),
        ((1000, 1000), (1024, 1024)),
        ((239, 205), (1024, 878)),
        ((5000, 3), (1024, 1)),
        ((1, 3), (341, 1024)),
    ],
    ids=['tall', 'floored', 'square', 'small', 'narrow', 'tiny'],
)
def test_sizes(size, expected):
    assert scaled_size(size) == expected
    assert scaled_size(size, 0) == size


@given(st.integers(1, 12000), st.integers(1, 12000), st.integers(1, 2000))
def test_the_longest_edge_is_met(height, width, longest_edge):
    size = scaled_size((height, width), longest_edge)
    assert max(size) == longest_edge
    assert min(size) >= 1


def segments(results, **rules):
    rules.setdefault('longest_edge', 0)
    return make_segments(results, SIZE, Rules(**rules), 'p.json, ImageId a')


def boxes():
    """Three boxes of rows 0..2, 1..3 and 2..4, over the whole width."""
    spans = {'low': (0, 2, 0.3, 31), 'best': (1, 3, 0.9, 31), 'other': (2, 4, 0.5, 33)}
    return [
        result(1, box_mask(SIZE, top, 0, bottom, 5), score, category)
        for top, bottom, score, category in spans.values()
    ]


@pytest.mark.parametrize(
    ('no_overlap', 'areas'),
    [('class', {0.9: 10, 0.5: 10, 0.3: 5}), ('all', {0.9: 10, 0.5: 5, 0.3: 5})],
)
def test_the_higher_score_has_the_pixels(no_overlap, areas):
    found = segments(boxes(), no_overlap=no_overlap)
    assert {s.score: int(s.runs[:, 1].sum()) for s in found.kept} == areas
    assert [s.score for s in found.kept] == [0.9, 0.5, 0.3]
    assert (found.vanished, found.covered) == (0, 0)


def test_what_leaves_no_pixel_is_counted():
    dot = np.zeros(SIZE, np.uint8)
    dot[1, 1] = 1  # rows 0, 2, 4 and columns 0, 1, 3 are shown
    whole = box_mask(SIZE, 0, 0, 6, 5)
    results = [result(1, dot), result(1, whole, 0.8), result(1, whole, 0.7)]
    results.append(result(1, np.zeros(SIZE), 0.6))
    found = segments(results, longest_edge=3)
    assert [s.score for s in found.kept] == [0.8]
    assert (found.vanished, found.covered) == (2, 1)
    assert not segments([]).kept


@given(st.lists(st.tuples(arrays.arrays(np.uint8, SIZE, elements=st.integers(0, 1)),
                          st.sampled_from([0.2, 0.4, 0.6]), st.sampled_from([31, 33])),
                max_size=6), st.sampled_from(['class', 'all']))  # fmt: skip
def test_a_threshold_is_a_prefix(drawn, no_overlap):
    results = [result(1, *entry) for entry in drawn]
    rules = dict(longest_edge=4, no_overlap=no_overlap)
    everything = segments(results, **rules).kept
    for threshold in (0.2, 0.4, 0.6):
        some = segments([r for r in results if r['score'] >= threshold], **rules).kept
        kept = [s for s in everything if s.score >= threshold]
        assert [(s.score, s.runs.tolist()) for s in some] == [
            (s.score, s.runs.tolist()) for s in kept
        ]


def test_attributes_follow_thresholds_and_classes():
    mask = box_mask(SIZE, 0, 0, 1, 1)
    one = result(1, mask, 0.9, 31, {115: 0.6, 136: 0.4})
    two = result(1, mask, 0.8, 33, {115: 0.6, 136: 0.4})
    ids = [s.attribute_ids for s in segments([one, two], attr_thr=0.5).kept]
    assert ids == [(115,), (115,)]
    table = np.full((len(CATEGORY_IDS), len(ATTRIBUTE_IDS)), 0.5)
    table[33, ATTRIBUTE_IDS.index(136)] = 0.4
    ids = [s.attribute_ids for s in segments([one, two], attr_thr=table).kept]
    assert ids == [(115,), (115, 136)]
    bare = segments([one, two], attr_thr=0.5, no_attributes=frozenset([33])).kept
    assert [s.attribute_ids for s in bare] == [(115,), ()]
    listed = dict(one, attr_scores=None, attribute_ids=[136, 3])
    assert segments([listed]).kept[0].attribute_ids == (3, 136)


FAULTS = {
    'category': (dict(category_id=46), 'prediction 1: category_id 46 does not exist'),
    'no-score': (dict(score=None), "prediction 1: no 'score'"),
    'score': (dict(score=float('nan')), 'prediction 1: score is nan'),
    'attributes': (dict(attr_scores=[0.1]), 'prediction 1: 1 attr_scores for 294'),
    'no-mask': (dict(segmentation=None), "prediction 1: no 'segmentation'"),
    'size': (dict(segmentation=encode(np.ones((5, 6)))), 'mask 1 is 5 x 6 pixels, not'),
    'runs': (dict(segmentation=dict(size=[6, 5], counts=[3])), 'mask 1: .* sum to 3'),
}


@pytest.mark.parametrize(('change', 'message'), FAULTS.values(), ids=FAULTS)
def test_faults_are_named(change, message):
    good = result(1, np.ones(SIZE))
    with pytest.raises(ValueError, match=f'^p.json, ImageId a, .*{message}'):
        segments([good, good | change])


@pytest.mark.parametrize(
    ('rules', 'message'),
    [
        (
            dict(no_overlap='none'),
            "no_overlap is one of .*'class', 'all'.*, got 'none'",
        ),
        (dict(longest_edge=-1), 'longest edge is a number of pixels, got -1'),
    ],
)
def test_rules_are_checked(rules, message):
    with pytest.raises(ValueError, match=message):
        Rules(**rules)
