import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from kaggle_files import decode_kaggle
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.kaggle_csv import parse_row, read_train_csv
from projects.fashion_attr.structures.kaggle_rle import (
    coco_to_kaggle,
    kaggle_to_coco,
    kaggle_to_runs,
)
from projects.fashion_attr.structures.rle import runs_area, runs_bbox

masks = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9),
                   elements=st.integers(0, 1))  # fmt: skip


def encode_kaggle(mask):
    """Slow oracle: walk over the pixels in column-major order."""
    pairs, previous = [], 0
    for position, pixel in enumerate(mask.T.ravel(), start=1):
        if pixel and not previous:
            pairs.append([position, 0])
        if pixel:
            pairs[-1][1] += 1
        previous = pixel
    return ' '.join(f'{start} {length}' for start, length in pairs)


def as_coco(mask):
    rle = mask_utils.encode(np.asfortranarray(mask))
    return dict(size=list(rle['size']), counts=rle['counts'].decode())


@pytest.mark.parametrize(
    'text, runs',
    [
        ('1 1', [[0, 1]]),
        ('12 1', [[11, 1]]),
        ('1 12', [[0, 12]]),
        ('2 3 7 1', [[1, 3], [6, 1]]),
        ('2 3 5 1', [[1, 4]]),
        ('1 1 2 1 3 1 9 2', [[0, 3], [8, 2]]),
        (' 2\t3\n7 1 ', [[1, 3], [6, 1]]),
        ('+2\t' + '0' * 25 + '3', [[1, 3]]),
    ],
    ids=[
        'first',
        'last',
        'full',
        'two',
        'touching',
        'three-touch',
        'white-space',
        'zeros',
    ],
)
def test_kaggle_to_runs(text, runs):
    assert kaggle_to_runs(text, (3, 4)).tolist() == runs


@pytest.mark.parametrize(
    'text, message',
    [
        ('', 'the RLE is empty'),
        ('   ', 'the RLE is empty'),
        ('1 2 5', 'the RLE has 3 values, an odd number'),
        ('1 2 x 4', "value 3 of the RLE, 'x', is no integer"),
        ('1 2.0', "value 2 of the RLE, '2.0', is no integer"),
        ('1 ٣', 'value 2 of the RLE'),
        ('0 2', 'run 1 starts at pixel 0; pixels count from 1'),
        ('1 2 -4 2', 'run 2 starts at pixel -4'),
        ('1 2 4 0', 'run 2 has length 0'),
        ('4 -1', 'run 1 has length -1'),
        ('1 1 11 3', 'run 2 ends at pixel 13 of a 3 x 4 mask'),
        ('13 1', 'run 1 ends at pixel 13 of a 3 x 4 mask'),
        ('1 13', 'run 1 ends at pixel 13 of a 3 x 4 mask'),
        ('5 2 1 2', 'run 2 is out of order: it starts at pixel 1, the run before at 5'),
        (
            '1 4 3 1',
            'run 2 overlaps the run before: it starts at pixel 3, .* ends at 4',
        ),
        ('1 4 1 4', 'run 2 overlaps the run before'),
        ('1 4 4 1', 'run 2 overlaps the run before: .* pixel 4, that one ends at 4'),
        ('99999999999999999999 1', 'run 1 ends at pixel .* of a 3 x 4 mask'),
        ('9223372036854775807 9223372036854775807', 'run 1 ends at pixel'),
        ('-99999999999999999999 1', 'run 1 starts at pixel'),
    ],
)
def test_bad_kaggle_code_is_named(text, message):
    with pytest.raises(ValueError, match=message):
        kaggle_to_runs(text, (3, 4))


@settings(max_examples=100, deadline=None)
@given(masks)
def test_codes_equal_pycocotools_on_any_mask(mask):
    text, coco = encode_kaggle(mask), as_coco(mask)
    assert coco_to_kaggle(coco) == text
    if text:
        assert kaggle_to_coco(text, mask.shape) == coco
        assert np.array_equal(mask_utils.decode(kaggle_to_coco(text, mask.shape)), mask)


@settings(max_examples=100, deadline=None)
@given(masks, st.randoms())
def test_split_runs_are_merged_into_the_canonical_code(mask, random):
    pieces = []
    for start, length in kaggle_to_runs(encode_kaggle(mask) or '1 1', mask.shape) + [
        1,
        0,
    ]:
        cut = random.randint(1, int(length))
        pieces += [f'{start} {cut}']
        pieces += [f'{start + cut} {length - cut}'] if cut < length else []
    text = ' '.join(pieces)
    assert kaggle_to_coco(text, mask.shape) == as_coco(decode_kaggle(text, mask.shape))


@settings(max_examples=150, deadline=None)
@given(st.text('0123456789 -+.x', max_size=30), st.integers(1, 5), st.integers(1, 5))
def test_any_text_is_read_right_or_refused(text, h, w):
    try:
        runs = kaggle_to_runs(text, (h, w))
    except ValueError as error:
        assert re.search('RLE|run [0-9]+', str(error))
        return
    mask = decode_kaggle(text, (h, w))
    assert runs_area(runs) == mask.sum() == sum(int(v) for v in text.split()[1::2])


def test_real_rows_equal_their_decoded_masks(shared_data):
    rows = [
        parse_row(r) for r in read_train_csv(shared_data / 'kaggle_sample/train.csv')
    ]
    assert len(rows) == 46
    for row in rows:
        size = row.height, row.width
        rle = kaggle_to_coco(row.encoded_pixels, size)
        assert coco_to_kaggle(rle) == row.encoded_pixels
        if row.height * row.width > 2_000_000 and row.line % 5:
            continue  # decoding the largest takes most of this test's time
        mask = decode_kaggle(row.encoded_pixels, size)
        assert np.array_equal(mask_utils.decode(rle), mask)
        runs = kaggle_to_runs(row.encoded_pixels, size)
        assert runs_bbox(runs, size) == mask_utils.toBbox(rle).tolist()
        assert runs_area(runs) == mask.sum()
