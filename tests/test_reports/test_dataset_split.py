"""Annotation files are read alike in a stream and as a whole."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from kaggle_files import good_rows, row, write_folder
from small_wardrobe import write_small_wardrobe

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.datasets.object_table import ObjectTable
from projects.fashion_attr.datasets.prepare import prepare
from projects.fashion_attr.reports import dataset_split
from projects.fashion_attr.reports.dataset_split import Split, read_splits


def same(table: ObjectTable, other: ObjectTable) -> bool:
    pairs = [
        (getattr(table, field.name), getattr(other, field.name))
        for field in dataclasses.fields(ObjectTable)
    ]
    return all(
        np.array_equal(a, b) and getattr(a, 'dtype', 0) == getattr(b, 'dtype', 0)
        for a, b in pairs
    )


@pytest.fixture(scope='module')
def prepared(tmp_path_factory) -> Path:
    rows = [*good_rows(9), row('0003', '1 1', category=6, attributes='340,0')]
    root = write_folder(tmp_path_factory.mktemp('kaggle'), rows)
    prepare(root, val=2, progress=False)
    return root / 'annotations/train.json'


@pytest.mark.parametrize('number', [1, 3, 500])
def test_a_file_of_prepare_is_read_in_a_stream(prepared, monkeypatch, number):
    monkeypatch.setattr(dataset_split, '_PICTURES', number)
    [split] = read_splits([prepared])
    coco = json.loads(prepared.read_text())
    assert split.coco is None
    assert same(split.table, ObjectTable.from_coco(coco))
    whole = Split('x', prepared, split.table, coco)
    assert split.pictures({0, 4}) == whole.pictures({0, 4})
    assert split.pictures([4])[4] == (
        coco['images'][4],
        [a for a in coco['annotations'] if a['image_id'] == coco['images'][4]['id']],
    )


def test_a_file_without_pictures_is_read_in_a_stream(tmp_path):
    prepare(write_folder(tmp_path), val=0, progress=False)
    path = tmp_path / 'annotations/val.json'
    [split] = read_splits([path])
    assert split.coco is None
    assert same(split.table, ObjectTable.from_coco(json.loads(path.read_text())))


def test_a_file_of_another_layout_is_read_as_a_whole(prepared, tmp_path):
    coco = json.loads(prepared.read_text())
    path = tmp_path / 'one_line.json'
    path.write_text(json.dumps(coco))
    [split] = read_splits([path])
    assert split.coco == coco
    assert same(split.table, read_splits([prepared])[0].table)
    [small] = read_splits([write_small_wardrobe(tmp_path)])
    assert [len(own) for _, own in small.pictures({0, 1, 2}).values()] == [3, 2, 0]


def test_a_layout_that_ends_in_the_middle_is_read_as_a_whole(prepared, tmp_path):
    lines = prepared.read_text().split('\n')
    first = lines.index('"annotations": [') + 1
    lines[first + 4], lines[first + 6] = lines[first + 6], lines[first + 4]
    path = tmp_path / 'other_order.json'
    path.write_text('\n'.join(lines))
    [split] = read_splits([path])
    coco = json.loads(path.read_text())
    assert split.coco == coco
    assert same(split.table, ObjectTable.from_coco(coco))


def test_what_is_not_sound_is_named(prepared, tmp_path):
    path = tmp_path / 'bad.json'
    text = prepared.read_text()
    path.write_text(text.replace('"attribute_ids": []', '"attribute_ids": [-1]', 1))
    with pytest.raises(ValueError, match=f'^{path}: annotation 2 has the attribute id'):
        read_splits([path])
