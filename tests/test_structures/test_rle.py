import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as mask_utils

from projects.fashion_attr.structures.rle import (
    check_counts,
    compress_counts,
    counts_to_runs,
    decompress_counts,
    merge_runs,
    read_codes,
    runs_area,
    runs_bbox,
    runs_to_counts,
)

masks = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9),
                   elements=st.integers(0, 1))  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(masks)
def test_runs_and_counts_equal_pycocotools_on_any_mask(mask):
    rle = mask_utils.encode(np.asfortranarray(mask))
    size, counts = mask.shape, decompress_counts(rle)
    runs = counts_to_runs(counts)
    assert runs_to_counts(runs, size).tolist() == counts.tolist()
    assert compress_counts(counts, size)['counts'].encode() == rle['counts']
    assert runs_area(runs) == mask_utils.area(rle)
    assert runs_bbox(runs, size) == mask_utils.toBbox(rle).tolist()
    painted = np.zeros(mask.size, np.uint8)
    for start, length in runs:
        painted[start : start + length] = 1
    assert np.array_equal(painted.reshape(size, order='F'), mask)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 2**26), min_size=1, max_size=12))
def test_compressed_counts_of_any_size_come_back(counts):
    size = (sum(counts), 1)
    rle = compress_counts(np.array(counts), size)
    assert decompress_counts(rle).tolist() == counts
    assert (
        decompress_counts(dict(rle, counts=rle['counts'].encode())).tolist() == counts
    )
    assert decompress_counts(dict(size=size, counts=counts)).tolist() == counts


@pytest.mark.parametrize(
    'counts, runs',
    [
        ([12], []),
        ([0, 12], [[0, 12]]),
        ([1, 2, 0, 3, 6], [[1, 5]]),
        ([1, 0, 2, 3, 6], [[3, 3]]),
        ([0, 0, 12], []),
    ],
    ids=['empty', 'full', 'zero-background', 'zero-foreground', 'only-zeros'],
)
def test_counts_to_runs(counts, runs):
    assert counts_to_runs(np.array(counts)).tolist() == runs


@pytest.mark.parametrize(
    'counts, message',
    [
        ([3, 4], 'sum to 7, not to the 12 pixels of a 3 x 4 mask'),
        ([3, 10], 'sum to 13'),
        ([], 'sum to 0'),
        ([14, -2], 'count 2 of the RLE is negative: -2'),
    ],
)
def test_counts_that_are_no_mask_are_refused(counts, message):
    with pytest.raises(ValueError, match=message):
        check_counts(np.array(counts), (3, 4))
    with pytest.raises(ValueError, match=message):
        compress_counts(np.array(counts), (3, 4))


@pytest.mark.parametrize(
    'code, message',
    [
        ('', 'sum to 0'),
        ('P', 'cut short'),
        ('1 2', 'character 2 of the compressed RLE'),
        ('1é', 'character 2 of the compressed RLE'),
        ('o' * 12 + '0', 'beyond 40 bits'),
        ('3', 'sum to 3'),
    ],
)
def test_bad_compressed_code_is_named(code, message):
    with pytest.raises(ValueError, match=message):
        decompress_counts(dict(size=[3, 4], counts=code))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=12))
def test_any_compressed_code_is_read_or_refused(code):
    try:
        counts = decompress_counts(dict(size=[3, 4], counts=code))
    except ValueError:
        return
    assert counts.sum() == 12


def test_merge_runs_keeps_gaps():
    runs = np.array([[0, 2], [2, 1], [4, 1], [5, 1]])
    assert merge_runs(runs).tolist() == [[0, 3], [4, 2]]


def mask_of(counts: list[int]) -> dict:
    return compress_counts(np.array(counts), (1, sum(counts)))


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 60).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(0, n), max_size=9).map(
                lambda cuts: np.diff([0, *sorted(cuts), n]).tolist()
            ),
            min_size=1,
            max_size=5,
        )
    )
)
def test_many_codes_are_read_as_one_after_the_other(masks):
    codes = [mask_of(counts)['counts'].encode() for counts in masks]
    index, start, length = read_codes(codes, sum(masks[0]))
    for i, counts in enumerate(masks):
        mine = np.stack([start, length], axis=1)[index == i]
        expected = counts_to_runs(np.array(counts))
        np.testing.assert_array_equal(merge_runs(mine) if len(mine) else mine, expected)


@pytest.mark.parametrize(
    'codes, num_pixels',
    [
        ([], 4),
        ([b''], 4),
        ([b'4', b'5'], 4),
        ([b'4', b'!'], 4),
        ([b'4', b'P'], 4),
        ([b'4', b'h'], 4),
        ([b'4', b'21' + b'o' * 9 + b'0'], 4),
        ([b'24n'], 4),
    ],
    ids=['none', 'empty', 'sum', 'character', 'cut', 'above', 'bits', 'negative'],
)
def test_unsound_codes_are_left_to_the_reader_that_names_them(codes, num_pixels):
    assert read_codes(codes, num_pixels) is None
