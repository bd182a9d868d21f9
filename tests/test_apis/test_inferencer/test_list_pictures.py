"""Which pictures are meant."""

import cv2
import numpy as np
import pytest

from projects.fashion_attr.apis.inferencer import list_pictures

ARRAY = np.zeros((2, 3, 3), np.uint8)


@pytest.fixture
def folder(tmp_path):
    """b.jpg, a.PNG, sub/b.jpg; and what is no picture."""
    (tmp_path / 'sub').mkdir()
    for name in ('b.jpg', 'a.PNG', 'sub/b.jpg', 'notes.txt', '._b.jpg', 'sub/x.json'):
        (tmp_path / name).write_bytes(b'')
    return tmp_path


def names(inputs):
    """Of the pictures that are meant."""
    return [picture.name for picture in list_pictures(inputs)]


def test_a_folder_is_searched_to_its_depths(folder):
    assert names(folder) == names(str(folder)) == ['a.PNG', 'b.jpg', 'sub/b.jpg']


def test_names_of_several_inputs_are_paths_as_given(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert names(['sub', 'b.jpg']) == ['sub/b.jpg', 'b.jpg']
    assert names(['b.jpg', '.', str(folder / 'b.jpg')]) == [
        'b.jpg',
        'a.PNG',
        'sub/b.jpg',
    ]


def test_links_are_followed_but_not_in_circles(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp('other')
    (other / 'c.webp').write_bytes(b'')
    (folder / 'link').symlink_to(other)
    (folder / 'round').symlink_to(folder)
    assert names(folder) == ['a.PNG', 'b.jpg', 'link/c.webp', 'sub/b.jpg']


def test_arrays_are_numbered_among_all_inputs(folder):
    pictures = list_pictures([ARRAY, str(folder / 'b.jpg'), ARRAY + 1])
    assert [p.name for p in pictures] == [
        'array 0', (folder / 'b.jpg').as_posix(), 'array 2'
    ]  # fmt: skip
    assert pictures[2].source.max() == 1
    assert [p.name for p in list_pictures(ARRAY)] == ['array 0']


@pytest.mark.parametrize(
    'inputs, error, message',
    [
        ([], ValueError, 'no picture given'),
        ('gone.jpg', FileNotFoundError, 'no picture or folder gone.jpg'),
        ('https://a.b/c.jpg', ValueError, 'is a URL: download'),
        ({'a.jpg'}, TypeError, 'got set'),
        ([3], TypeError, 'input 0 is a int'),
        (np.zeros((4, 4)), ValueError, r'shape \(4, 4\), not \(H, W, 3\)'),
        (np.zeros((2, 4, 4, 3), np.uint8), ValueError, 'a list of arrays'),
        (np.zeros((0, 4, 3), np.uint8), ValueError, r'shape \(0, 4, 3\)'),
        ([ARRAY, ARRAY / 2], ValueError, 'array 1 is float64, not uint8'),
    ],
)
def test_wrong_inputs_are_named(inputs, error, message):
    with pytest.raises(error, match=message):
        list_pictures(inputs)


def test_a_folder_without_pictures_says_what_it_looks_for(tmp_path):
    with pytest.raises(
        ValueError, match='has no pictures: none of its files ends in .jpg'
    ):
        list_pictures(tmp_path)


@pytest.mark.parametrize('suffix', ['.jpg', '.png', '.bmp', '.webp', '.tiff', '.ppm'])
def test_suffixes_are_those_that_opencv_writes(tmp_path, suffix):
    assert cv2.imwrite(str(tmp_path / f'a{suffix}'), ARRAY)
    assert names(tmp_path) == [f'a{suffix}']
