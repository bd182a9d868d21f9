"""Every fault of a submission, by row and ImageId."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from submissions import box_mask, encode, write_rows

from projects.fashion_attr.evaluation.functional.submission_size import scaled_size
from projects.fashion_attr.evaluation.submission.check import check_submission
from projects.fashion_attr.evaluation.submission.faults import FAULTS, format_checked
from projects.fashion_attr.structures.kaggle_rle import coco_to_kaggle

# At a longest edge of 8: a is 8 x 6, b 4 x 8.
SIZES = {'a': (16, 12), 'b': (6, 12)}
GOOD = [['a', '1 3', '31', '3,115'], ['a', '1 2', '33', ''], ['b', '2 4 9 1', '0', '']]


def check(tmp_path, rows, **options):
    path = write_rows(tmp_path / 's.csv', rows)
    return check_submission(path, SIZES, longest_edge=8, **options)


def faults(*args, **options):
    found = check(*args, **options).faults
    return [(f.code, f.image_id, f.row) for f in found]


def test_a_sound_submission(tmp_path):
    checked = check(tmp_path, GOOD)
    assert (checked.rows, checked.pictures, checked.faults) == (3, 2, [])
    assert format_checked('s.csv', checked) == 's.csv: 3 rows of 2 pictures: no fault'


# rows after the sound ones of a and before b's, faults found, what the first says
BAD_ROWS = {
    'cells': ([['a', '9 1', '5']], [('cells', 'a', 4)], '3 cells instead of 4'),
    'unknown': (
        [['x', '9 1', '5', '']],
        [('picture-unknown', 'x', 4)],
        'this is none of the 2 pictures',
    ),
    'ending': (
        [['a.jpg', '9 1', '5', '']],
        [('picture-ending', 'a', 4)],
        "the ImageId is 'a.jpg'; it has no ending",
    ),
    'class': (
        [['a', '9 1', '46', '']],
        [('class', 'a', 4)],
        'ClassId 46 is none of the 46 categories 0 to 45',
    ),
    'no-class': ([['a', '9 1', '', '']], [('class', 'a', 4)], "ClassId '' is no whole"),
    'attribute': (
        [['a', '9 1', '5', '235']],
        [('attributes', 'a', 4)],
        'attribute id 235 is none of the 294',
    ),
    'unsorted': (
        [['a', '9 1', '5', '115,3']],
        [('attributes', 'a', 4)],
        "attribute ids '115,3' should be sorted",
    ),
    'repeated': ([['a', '9 1', '5', '3,3']], [('attributes', 'a', 4)], 'each once'),
    'spaces': ([['a', '9 1', '5', '3, 4']], [('attributes', 'a', 4)], 'nothing else'),
    'empty': ([['a', '', '5', '']], [('rle-empty', 'a', 4)], 'the RLE is empty'),
    'odd': ([['a', '9 1 5', '5', '']], [('rle-odd', 'a', 4)], 'has 3 values'),
    'number': ([['a', '9 x', '5', '']], [('rle-number', 'a', 4)], "'x', is no integer"),
    'start': ([['a', '0 2', '5', '']], [('rle-start', 'a', 4)], 'starts at pixel 0'),
    'length': ([['a', '9 0', '5', '']], [('rle-length', 'a', 4)], 'has length 0'),
    'unsorted-runs': (
        [['a', '9 1 5 1', '5', '']],
        [('rle-order', 'a', 4)],
        'run 2 starts at pixel 5, the run before at 9',
    ),
    'overlapping-runs': (
        [['a', '9 3 10 3', '5', '']],
        [('rle-overlap', 'a', 4)],
        'run 2 starts at pixel 10, the run before ends at 11',
    ),
    'beyond': (
        [['a', '48 2', '5', '']],
        [('rle-beyond', 'a', 4)],
        'run 1 ends at pixel 49 of a 8 x 6 mask',
    ),
    'overlap': (
        [['a', '2 9', '31', '']],
        [('overlap', 'a', 4)],
        'shares 2 pixels with row 2',
    ),
    'twice': ([GOOD[1]], [('row-twice', 'a', 4)], 'the same as row 3'),
    'again': (
        [GOOD[2], ['a', '9 1', '5', '']],
        [('picture-again', 'a', 5), ('picture-again', 'b', 6)],
        'rows of this picture stand further up too',
    ),
    'several': (
        [['a', '9 3 10', '46', '3,3']],
        [('class', 'a', 4), ('attributes', 'a', 4), ('rle-odd', 'a', 4)],
        'ClassId 46',
    ),
}


@pytest.mark.parametrize(('rows', 'found', 'message'), BAD_ROWS.values(), ids=BAD_ROWS)
def test_faults_of_rows(tmp_path, rows, found, message):
    rows = [*GOOD[:2], *rows, GOOD[2]]
    assert faults(tmp_path, rows) == found
    checked = check(tmp_path, rows)
    _, image_id, row = found[0]
    first, *_, last = format_checked('x/s.csv', checked).split('\n')
    assert first.startswith(f's.csv, ImageId {image_id}, row {row}: ')
    assert message in first
    assert last == f'x/s.csv: {len(rows)} rows of {checked.pictures} pictures: ' + (
        f'{len(found)} faults' if len(found) > 1 else '1 fault'
    )


def test_segments_of_different_classes_may_overlap_or_not(tmp_path):
    assert faults(tmp_path, GOOD) == []
    assert faults(tmp_path, GOOD, no_overlap='all') == [('overlap', 'a', 3)]
    with pytest.raises(ValueError, match="no_overlap is one of .* got 'none'"):
        check(tmp_path, GOOD, no_overlap='none')


def test_missing_pictures_are_named(tmp_path):
    checked = check(tmp_path, GOOD[:2])
    assert checked.faults[0].text('s.csv') == (
        's.csv, ImageId b: no row names this picture; one without segments has a row '
        "too, as 'b,1 1,23,'"
    )
    assert faults(tmp_path, []) == [(*('picture-missing', n), None) for n in 'ab']


@pytest.mark.parametrize(
    ('text', 'code', 'message'),
    [
        ('', 'columns', 'has no column ImageId'),
        ('ImageId,EncodedPixels,ClassId\n', 'columns', 'no column AttributesIds'),
        ('ImageId,ClassId,EncodedPixels,AttributesIds\n', 'columns', 'in this order'),
        ('ImageId,EncodedPixels,ClassId,AttributesIds,x\n', 'columns', 'be exactly Im'),
        (
            'ImageId,EncodedPixels,ClassId,AttributesIds\na,"1 2,0,\n',
            'csv-broken',
            'opens near line 2 is not closed .* was not checked',
        ),
        (b'ImageId,EncodedPixels,ClassId,AttributesIds\n\xff,1', 'csv-broken', 'utf-8'),
    ],
    ids=['empty', 'missing', 'order', 'more', 'quote', 'bytes'],
)
def test_malformed_files(tmp_path, text, code, message):
    path = tmp_path / 's.csv'
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (fault,) = check_submission(path, SIZES).faults
    assert fault.code == code
    with pytest.raises(ValueError, match=message):
        raise ValueError(fault.text('s.csv'))


@pytest.mark.parametrize(
    ('size', 'drawn', 'wrong'),
    [
        ((3000, 2000), (3000, 2000), True),
        ((3000, 2000), (1024, 682), False),
        ((300, 200), (300, 200), True),
        ((300, 200), (1024, 682), False),
        ((1024, 700), (1024, 700), False),
    ],
)
def test_masks_of_another_size_are_told(tmp_path, size, drawn, wrong):
    h, w = drawn
    mask = box_mask(drawn, h // 5, w // 10, h // 3, w // 10 + 25)  # fits either size
    row = ['a', coco_to_kaggle(encode(mask)), '31', '']
    found = check_submission(write_rows(tmp_path / 's.csv', [row]), {'a': size}).faults
    codes = {f.code for f in found}
    assert codes <= {'size', 'rle-beyond'}
    assert bool(codes) == wrong
    if 'size' in codes:
        small = scaled_size(size)
        assert f'drawn at {h} x {w} pixels (h x w)' in found[0].message
        assert f'have {small[0]} x {small[1]};' in found[0].message


@given(st.lists(st.tuples(st.sets(st.integers(0, 23), min_size=1), st.integers(0, 1)),
                min_size=1, max_size=5), st.sampled_from(['class', 'all']))  # fmt: skip
def test_overlaps_are_found(tmp_path_factory, masks, no_overlap):
    rows, expected = [], []
    for n, (pixels, category) in enumerate(masks):
        flat = np.zeros(24, np.uint8)
        flat[list(pixels)] = 1
        code = coco_to_kaggle(encode(flat.reshape((4, 6), order='F')))
        rows.append(['a', code, str(category), ''])
        others = [
            pixels & other
            for other, group in masks[:n]
            if no_overlap == 'all' or group == category
        ]
        if any(others):
            expected.append(n + 2)
    path = write_rows(tmp_path_factory.mktemp('overlap') / 's.csv', rows)
    found = check_submission(path, {'a': (4, 6)}, 0, no_overlap).faults
    assert [f.row for f in found] == expected
    assert {f.code for f in found} <= {'overlap', 'row-twice'}


def test_many_faults_are_counted_and_some_shown(tmp_path):
    rows = [*GOOD, *(['b', '31 1 32 0', '0', ''] for _ in range(3))]
    text = format_checked('s.csv', check(tmp_path, rows), shown=1).split('\n')
    assert text[1] == '... and 2 more'
    assert text[2].split() == ['rle-length', '3', *FAULTS['rle-length'].split()]
