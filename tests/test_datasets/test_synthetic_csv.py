import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.datasets import synthetic_csv
from projects.fashion_attr.datasets.annotations import convert_row
from projects.fashion_attr.datasets.kaggle_csv import parse_row, read_train_csv
from projects.fashion_attr.datasets.synthetic_csv import (
    GARMENT,
    IMAGES,
    ROWS,
    SLEEVES,
    SMALL,
    attribute_cells,
    attribute_numbers,
    blob_runs,
    category_counts,
    category_ids,
    masks_per_picture,
    picture_sizes,
    write_train_csv,
)
from projects.fashion_attr.structures.kaggle_rle import kaggle_to_runs


@pytest.fixture(scope='module')
def rows(tmp_path_factory):
    path = tmp_path_factory.mktemp('csv') / 'train.csv'
    write_train_csv(path, images=60, progress=False)
    return list(read_train_csv(path))


def test_every_row_is_sound(rows):
    results = [convert_row(row) for row in rows]
    assert [result.problem for result in results if result.problem] == []
    sizes = {}
    for result in results:
        assert sizes.setdefault(result.image_id, result.size) == result.size


def test_rows_of_a_picture_follow_each_other_by_rising_hex_ids(rows):
    ids = [row.image_id for row in rows]
    assert ids == sorted(ids)
    assert len(set(ids)) == 60
    assert {len(i) for i in ids} == {32}
    assert len(rows) == round(60 * ROWS / IMAGES) == 438
    int(ids[0], 16)


def test_runs_are_as_many_as_in_real_rows(rows):
    parsed = [parse_row(row) for row in rows]
    runs = [len(kaggle_to_runs(r.encoded_pixels, (r.height, r.width))) for r in parsed]
    assert 350 < np.mean(runs) < 650
    characters = sum(len(row.encoded_pixels) for row in parsed)
    assert 10.5 < characters / sum(runs) < 12


def test_the_known_figures_hold_at_full_size():
    rng = np.random.default_rng(0)
    categories = category_ids(rng, ROWS)
    counts = np.bincount(categories, minlength=46)
    assert (counts[31], counts[20], counts.sum()) == (59_448, 112, 333_401)
    assert counts.max() == 59_448
    assert counts.min() == 112
    numbers = attribute_numbers(rng, categories)
    assert (numbers > 0).sum() == 206_410
    assert numbers.max() <= 14
    assert numbers[numbers > 0].mean() == pytest.approx(3.7, abs=0.01)
    sizes = picture_sizes(rng, IMAGES)
    assert sizes.min(axis=0).tolist() == [269, 151]
    assert sizes[:, 0].max() == 8688
    assert sizes[:, 1].max() <= 10717
    masks = masks_per_picture(rng, IMAGES, ROWS)
    assert (len(masks), masks.sum()) == (45_623, 333_401)
    assert masks.min() == 1


def test_counts_fall_along_the_order():
    assert (np.diff(category_counts()) < 0).all()
    assert sorted(synthetic_csv.CATEGORIES_BY_COUNT) == list(range(46))


def test_attributes_are_different_and_as_many_as_asked():
    numbers = np.array([0, 14, 1, 7] * 20)
    cells = attribute_cells(np.random.default_rng(0), numbers)
    ids = [cell.split(',') if cell else [] for cell in cells]
    assert [len(set(i)) for i in ids] == numbers.tolist()


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(2, 60), st.integers(2, 60),
    st.sampled_from([GARMENT, SLEEVES, SMALL]),
)  # fmt: skip
def test_blobs_are_runs_within_the_picture(seed, h, w, kind):
    runs = blob_runs(np.random.default_rng(seed), (h, w), kind)
    assert len(runs) >= 1
    assert (runs[:, 1] > 0).all()
    assert (runs[1:, 0] > runs.sum(axis=1)[:-1]).all()
    assert runs[0, 0] >= 0
    assert runs[-1].sum() <= h * w


def test_the_seed_decides(tmp_path):
    contents = []
    for seed in (0, 0, 1):
        write_train_csv(tmp_path / 'x.csv', 3, 9, seed, progress=False)
        contents.append((tmp_path / 'x.csv').read_bytes())
    assert contents[0] == contents[1] != contents[2]
    with open(tmp_path / 'x.csv', newline='') as file:
        assert len(list(csv.reader(file))) == 10


@pytest.mark.parametrize('images, rows', [(0, 0), (3, 2)])
def test_fewer_rows_than_pictures_are_refused(tmp_path, images, rows):
    with pytest.raises(ValueError, match='a picture has one row at least'):
        write_train_csv(tmp_path / 'x.csv', images, rows, progress=False)
    assert not (tmp_path / 'x.csv').exists()
