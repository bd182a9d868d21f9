"""Rows and annotations by themselves: several faults each, and whatever junk."""

import json

import numpy as np
import pytest
from check_folders import HEIGHT, WIDTH
from hypothesis import given
from hypothesis import strategies as st
from kaggle_files import row

from projects.fashion_attr.datasets.checks.annotations import Task, check_annotations
from projects.fashion_attr.datasets.checks.findings import Findings
from projects.fashion_attr.datasets.checks.rows import check_row
from projects.fashion_attr.datasets.checks.run_length import read_mask
from projects.fashion_attr.datasets.checks.seen_rows import SeenRows
from projects.fashion_attr.datasets.csv_rows import CsvRow
from projects.fashion_attr.datasets.kaggle_csv import parse_row
from projects.fashion_attr.structures.kaggle_rle import kaggle_to_runs

SIZE = 4, 5
numbers = st.integers(-2, 22) | st.integers(-(10**30), 10**30)
texts = st.lists(numbers | st.sampled_from(['x', '1.5', '+3', '007']), max_size=8).map(
    lambda tokens: ' '.join(map(str, tokens))
)


def faults_of(*cells):
    faults, _ = check_row(CsvRow(2, tuple(cells)))
    return dict(faults)


@given(texts)
def test_a_mask_has_faults_where_prepare_refuses_it(text):
    runs, faults = read_mask(text, SIZE)
    codes = [code for code, _ in faults]
    try:
        expected = kaggle_to_runs(text, SIZE)
    except ValueError:
        assert runs is None
        assert codes and 'rle-touch' not in codes
    else:
        assert np.array_equal(runs, expected)
        assert codes == ['rle-touch'] * (len(expected) < len(text.split()) // 2)
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    'text, expected',
    [
        ('', {'rle-empty': 'the RLE is empty'}),
        ('x 2 y', {
            'rle-number': "value 1 of the RLE, 'x', is no integer (the first of 2)",
            'rle-odd': 'the RLE has 3 values, an odd number',
        }),
        ('0 2 9 0 4 3 6 1 18 4', {
            'rle-start': 'run 1 starts at pixel 0; pixels count from 1',
            'rle-length': 'run 2 has length 0; the shortest is 1',
            'rle-order': 'run 3 starts at pixel 4, the run before at 9',
            'rle-overlap': 'run 4 starts at pixel 6, the run before ends at 6',
            'rle-beyond': 'run 5 ends at pixel 21 of a 4 x 5 mask',
        }),
        ('5 2 3 1 2 1', {
            'rle-order': 'run 2 starts at pixel 3, the run before at 5 '
                         '(the first of 2)',
        }),
        ('1 2 3 4 8 1', {'rle-touch': '1 runs touch the run before'}),
        ('9' * 30 + ' 1', {
            'rle-beyond': 'run 1 ends at pixel 100,000,000,000,000,000 of a 4 x 5 mask',
        }),
    ],
    ids=['empty', 'no-integers', 'five-kinds', 'twice', 'touch', 'huge'],
)  # fmt: skip
def test_every_kind_of_fault_is_told_once_with_its_first_place(text, expected):
    assert dict(read_mask(text, SIZE)[1]) == expected


def test_all_faults_of_one_row_are_told():
    faults = faults_of('../x', '1 2 3', '0', 'w', '46', '3,284,3')
    assert faults == {
        'row-image': "ImageId '../x' is no file name",
        'row-size': "Width 'w' is no whole number",  # Height is told of as well
        'row-category': 'ClassId 46 is none of the 46 categories 0 to 45',
        'row-attribute': 'attribute id 284 is none of the 294 attributes',
        'rle-odd': 'the RLE has 3 values, an odd number',
    }
    codes = [c for c, _ in check_row(CsvRow(2, ('a', '1 2', '0', 'w', '0', '')))[0]]
    assert codes == ['row-size', 'row-size']


cells = st.sampled_from(
    ['', ' ', '3', '0', '-1', '3,3', '3,,4', '999', 'x', '1_2', 'ä']
)


@given(st.tuples(cells, texts, cells, cells, cells, cells))
def test_a_row_has_faults_where_prepare_refuses_it(row_cells):
    csv_row = CsvRow(2, row_cells)
    codes = {code for code, _ in check_row(csv_row)[0]}
    try:
        parse_row(csv_row)
    except ValueError:
        assert any(code.startswith('row-') for code in codes)
    else:
        assert not {c for c in codes if c.startswith('row-')} - {
            'row-repeated-attribute'
        }


def test_the_same_mask_in_another_spelling_is_the_same():
    spellings = '2 3 7 4', '2 1 3 2 7 4', '2 3  7 4', '02 3 7 4'
    keys = {check_row(CsvRow(2, tuple(row('a', t))))[1].mask_key for t in spellings}
    others = {
        check_row(CsvRow(2, tuple(row(*r))))[1].mask_key
        for r in (('a', '2 3 7 5'), ('b', '2 3 7 4'))
    }
    assert len(keys) == 1
    assert len(others | keys) == 3


@pytest.mark.parametrize('attributes', ['115', '116'])
def test_a_third_object_is_compared_with_the_first(attributes):
    findings = Findings()
    seen = SeenRows(findings)
    seen.start_file('train.csv')
    for line, text in enumerate(('115', '115', attributes), start=2):
        cells = tuple(row('a', '1 2', attributes=text))
        seen.add([check_row(CsvRow(line, cells))[1]])
    assert [(f.row, f.message[-5:]) for f in findings.list] == [
        (3, 'row 2'),
        (4, 'row 2' if attributes == '115' else 'iffer'),
    ]


SOUND = dict(
    id=1,
    image_id=1,
    category_id=0,
    attribute_ids=[],
    bbox=[1, 1, 1, 24],
    segmentation=dict(size=[HEIGHT, WIDTH], counts=[49, 24, 1847]),
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
junk = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(['size', 'counts', 'x']), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(list(SOUND)), junk, min_size=1))
def test_no_junk_in_an_annotation_stops_the_check(changes):
    task = Task('a.json', [({**SOUND, **changes}, (HEIGHT, WIDTH))])
    findings, summaries, places = check_annotations(task)
    assert len(summaries) == len(places) == 1
    json.dumps([finding._asdict() for finding in findings])


@pytest.mark.parametrize('polygons', [1, 2])
def test_polygons_are_the_same_only_point_by_point(polygons):
    square = [2.0, 3.0, 12.0, 3.0, 12.0, 9.0, 2.0, 9.0]
    moved = [2.5, *square[1:]]
    anns = [
        dict(SOUND, id=i, bbox=None, segmentation=[p] * polygons)
        for i, p in enumerate((square, moved, square), start=1)
    ]
    task = Task('a.json', [(ann, (HEIGHT, WIDTH)) for ann in anns])
    keys = [summary.mask_key for summary in check_annotations(task)[1]]
    assert keys[0] == keys[2] != keys[1]
