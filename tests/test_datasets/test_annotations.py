import json
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaggle_files import decode_kaggle
from pycocotools import mask as mask_utils
from pycocotools.coco import COCO

from projects.fashion_attr.datasets.annotations import (
    ImageRecord,
    atomic_writer,
    mask_record,
    write_annotations,
)
from projects.fashion_attr.datasets.kaggle_csv import KaggleRow


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=8, unique=True))
def test_mask_record_equals_pycocotools_on_the_decoded_mask(edges):
    edges = sorted(edges[: len(edges) // 2 * 2])
    text = ' '.join(
        f'{a} {b - a}' for a, b in zip(edges[::2], edges[1::2], strict=True)
    )
    mask = mask_record(KaggleRow(2, 'a', text, 8, 5, 6, (115,)))
    rle = mask_utils.encode(np.asfortranarray(decode_kaggle(text, (8, 5))))
    assert mask.counts.encode() == rle['counts']
    assert mask.area == mask_utils.area(rle)
    assert list(mask.bbox) == mask_utils.toBbox(rle).tolist()


def test_the_file_is_fashionpedias_format(tmp_path):
    path = tmp_path / 'train.json'
    row = KaggleRow(2, 'abc', '2 3 7 4', 12, 10, 31, (115, 281))
    image = ImageRecord('abc', 12, 10, [mask_record(row), mask_record(row)])
    write_annotations(path, [ImageRecord('aaa', 3, 4), image], dict(year=2020))
    file = json.loads(path.read_text())
    assert list(file) == ['info', 'images', 'annotations', 'categories', 'attributes']
    assert file['images'][1] == dict(
        id=2, file_name='abc.jpg', height=12, width=10, kaggle_id='abc'
    )
    assert [a['id'] for a in file['annotations']] == [1, 2]
    counts = mask_record(row).counts
    assert file['annotations'][0] == dict(
        id=1,
        image_id=2,
        category_id=31,
        attribute_ids=[115, 281],
        segmentation=dict(size=[12, 10], counts=counts),
        area=7,
        bbox=[0.0, 1.0, 1.0, 9.0],
        iscrowd=0,
    )  # fmt: skip
    coco = COCO(str(path))
    assert np.array_equal(
        coco.annToMask(coco.anns[1]), decode_kaggle('2 3 7 4', (12, 10))
    )
    assert (len(coco.cats), len(file['attributes'])) == (46, 294)


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / 'x.json'
    path.write_text('old')
    with (
        pytest.raises(RuntimeError, match='in the middle'),
        atomic_writer(path) as file,
    ):
        file.write('half')
        raise RuntimeError('in the middle')
    assert path.read_text() == 'old'
    assert os.listdir(tmp_path) == ['x.json']
    with atomic_writer(path) as file:
        file.write('new')
        assert path.read_text() == 'old'
    assert path.read_text() == 'new'
    assert os.listdir(tmp_path) == ['x.json']


def test_a_folder_that_cannot_be_written_is_named_by_the_file_wanted(tmp_path):
    (tmp_path / 'file').touch()
    path = tmp_path / 'file/x.json'
    with pytest.raises(NotADirectoryError) as error, atomic_writer(path):
        pass
    assert error.value.filename == str(path)
