"""The toy wardrobe as a whole: files, bytes, statistics, what labels say."""

import csv
import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from projects.fashion_attr.datasets import taxonomy
from projects.fashion_attr.datasets.toy_wardrobe import write_wardrobe
from projects.fashion_attr.datasets.toy_wardrobe.scene import MIN_AREA

IMAGES = 150
CATCH_ALLS = {115: 0.75, 295: 0.85, 316: 0.5, 317: 0.5}  # id: least share of garments


def decode(text: str, height: int, width: int) -> np.ndarray:
    """Kaggle's code, pixel by pixel: slow and independent of the package."""
    flat = [False] * (height * width)
    numbers = [int(n) for n in text.split()]
    for start, length in zip(numbers[::2], numbers[1::2], strict=True):
        for pixel in range(start - 1, start - 1 + length):
            assert not flat[pixel], 'runs overlap'
            flat[pixel] = True
    return np.array(flat).reshape(width, height).T


def read_rows(folder: Path) -> list[dict]:
    with (folder / 'train.csv').open(newline='') as file:
        return list(csv.DictReader(file))


def attributes(row: dict) -> set[int]:
    return {int(a) for a in row['AttributesIds'].split(',') if a}


def mask_of(row: dict) -> np.ndarray:
    return decode(row['EncodedPixels'], int(row['Height']), int(row['Width']))


def all_bytes(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob('*') if p.is_file())
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


@pytest.fixture(scope='module')
def wardrobe(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp('wardrobe')
    write_wardrobe(folder, IMAGES, seed=11)
    return folder


@pytest.fixture(scope='module')
def rows(wardrobe) -> list[dict]:
    return read_rows(wardrobe)


class TestBytes:
    @pytest.fixture(scope='class')
    def small(self, tmp_path_factory) -> Path:
        return write_wardrobe(tmp_path_factory.mktemp('small'), 9, seed=3).parent

    def test_same_seed_same_bytes_with_other_workers(self, small, tmp_path):
        write_wardrobe(tmp_path, 9, seed=3, workers=2)
        assert all_bytes(tmp_path) == all_bytes(small)

    def test_picture_does_not_depend_on_number_of_pictures(self, small, tmp_path):
        write_wardrobe(tmp_path, 4, seed=3)
        mine = read_rows(tmp_path)
        assert mine == read_rows(small)[: len(mine)]
        pictures = all_bytes(tmp_path / 'train')
        assert len(pictures) == 4
        assert pictures.items() <= all_bytes(small / 'train').items()

    def test_other_seed_other_pictures(self, small, tmp_path):
        write_wardrobe(tmp_path, 9, seed=4)
        mine, other = all_bytes(tmp_path / 'train'), all_bytes(small / 'train')
        assert not mine.keys() & other.keys()
        assert not set(mine.values()) & set(other.values())


class TestFiles:
    def test_label_descriptions_are_those_of_the_competition(self, wardrobe):
        text = (wardrobe / 'label_descriptions.json').read_text()
        assert json.loads(text) == taxonomy.label_descriptions()

    def test_header_is_kaggles(self, rows):
        assert list(rows[0]) == [
            'ImageId', 'EncodedPixels', 'Height', 'Width', 'ClassId', 'AttributesIds'
        ]  # fmt: skip

    def test_rows_of_one_image_are_contiguous(self, rows):
        ids = [row['ImageId'] for row in rows]
        changes = sum(a != b for a, b in zip(ids, ids[1:], strict=False))
        assert changes == len(set(ids)) - 1

    def test_pictures_are_those_of_the_rows(self, wardrobe, rows):
        pictures = {p.stem: p for p in (wardrobe / 'train').iterdir()}
        assert pictures.keys() == {row['ImageId'] for row in rows}
        for row in rows:
            assert len(row['ImageId']) == 32 and int(row['ImageId'], 16) >= 0
            with Image.open(pictures[row['ImageId']]) as picture:
                assert picture.size == (int(row['Width']), int(row['Height']))
                assert 224 <= max(picture.size) <= 320

    def test_masks_decode_and_are_not_tiny(self, rows):
        areas = [mask_of(row).sum() for row in rows]
        assert min(areas) >= MIN_AREA


class TestStatistics:
    def test_masks_per_picture(self, rows):
        assert 6 <= len(rows) / IMAGES <= 9

    def test_share_without_attributes(self, rows):
        assert 0.30 <= np.mean([not attributes(row) for row in rows]) <= 0.46

    def test_counts_and_ids(self, rows):
        counts = Counter(len(attributes(row)) for row in rows)
        assert min(counts) == 0 and 7 <= max(counts) <= 9
        for row in rows:
            ids = [int(a) for a in row['AttributesIds'].split(',') if a]
            assert ids == sorted(set(ids))
            assert set(ids) <= set(taxonomy.ATTRIBUTE_IDS)
            assert int(row['ClassId']) in taxonomy.CATEGORY_IDS

    @pytest.mark.parametrize('attribute, least', CATCH_ALLS.items())
    def test_catch_alls_are_on_most_garments(self, rows, attribute, least):
        garments = [attributes(row) for row in rows if int(row['ClassId']) <= 12]
        share = np.mean([attribute in ids for ids in garments])
        assert least <= share < 1

    def test_attributes_have_a_long_tail(self, rows):
        counts = Counter(a for row in rows for a in attributes(row)).most_common()
        assert len(counts) >= 70
        assert {a for a, _ in counts[:6]} >= {115, 295, 316}
        assert sum(n <= 5 for _, n in counts) >= 20

    def test_accessories_have_no_attributes(self, rows):
        bare = [row for row in rows if 13 <= int(row['ClassId']) <= 26]
        assert bare and not any(attributes(row) for row in bare)

    def test_constant_prediction_is_far_from_right(self, rows):
        """Always the commonest attributes of the category: what a model must beat."""
        by_class = defaultdict(list)
        for row in rows:
            if attributes(row):
                by_class[row['ClassId']].append(attributes(row))
        scores = [f1 for sets in by_class.values() for f1 in constant_f1(sets)]
        assert 0.4 < np.mean(scores) < 0.7


def constant_f1(sets: list[set[int]]) -> list[float]:
    """F1 of the best constant set among the k commonest attributes."""
    common = [a for a, _ in Counter(a for s in sets for a in s).most_common()]
    guesses = (set(common[:k]) for k in range(1, 10))
    tables = [[2 * len(g & s) / (len(g) + len(s)) for s in sets] for g in guesses]
    return max(tables, key=np.mean)


class TestWhatLabelsSay:
    def by_image(self, rows):
        groups = defaultdict(list)
        for row in rows:
            groups[row['ImageId']].append(row)
        return groups.values()

    def test_sleeve_lies_on_its_top(self, rows):
        hosts = {0, 1, 2, 3, 4, 9, 10, 11}
        for group in self.by_image(rows):
            tops = [mask_of(row) for row in group if int(row['ClassId']) in hosts]
            for row in group:
                if int(row['ClassId']) == 31:
                    sleeve = mask_of(row)
                    on_one = max((top & sleeve).sum() for top in tops)
                    assert on_one >= 0.9 * sleeve.sum()

    def test_garments_hide_what_is_behind(self, rows):
        """Bags share no pixel with garments: what is hidden is the occluder's."""
        for group in self.by_image(rows):
            bags = [mask_of(row) for row in group if int(row['ClassId']) == 24]
            others = [mask_of(row) for row in group if int(row['ClassId']) <= 12]
            assert not any((bag & other).any() for bag in bags for other in others)
