"""What a toy wardrobe replaces, and what it leaves alone."""

import csv
import json
from pathlib import Path

import pytest
from kaggle_files import write_folder

from projects.fashion_attr.datasets.toy_wardrobe import marker, write_wardrobe, writer

SIZE = (64, 64)


def pictures(folder: Path) -> set[str]:
    return {path.stem for path in (folder / 'train').iterdir()}


def named(folder: Path) -> set[str]:
    with (folder / 'train.csv').open(newline='') as file:
        return {row['ImageId'] for row in csv.DictReader(file)}


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob('*') if path.is_file()}


def test_marker_says_how_it_was_made(tmp_path):
    write_wardrobe(tmp_path, 2, seed=5, size=SIZE)
    text = (tmp_path / 'toy_wardrobe.json').read_text()
    assert json.loads(text) == dict(version=1, images=2, seed=5, size=[64, 64])


@pytest.mark.parametrize(
    'images, seed', [(2, 0), (6, 0), (3, 1), (4, 0)], ids=['fewer', 'more', 'seed', '=']
)
def test_own_folder_is_replaced_wholly(tmp_path, images, seed):
    write_wardrobe(tmp_path / 'again', 4, size=SIZE)
    for name in ('again', 'fresh'):
        write_wardrobe(tmp_path / name, images, seed, SIZE)
    again, fresh = (
        {path.relative_to(folder): text for path, text in contents(folder).items()}
        for folder in (tmp_path / 'again', tmp_path / 'fresh')
    )
    assert again == fresh
    assert named(tmp_path / 'again') == pictures(tmp_path / 'again')


def test_files_that_are_not_the_tools_stay_in_an_own_folder(tmp_path):
    write_wardrobe(tmp_path, 2, size=SIZE)
    for name in ('train/mine.jpg', 'notes.txt'):
        (tmp_path / name).write_text('mine')
    write_wardrobe(tmp_path, 1, seed=1, size=SIZE)
    assert (tmp_path / 'train/mine.jpg').read_text() == 'mine'
    assert (tmp_path / 'notes.txt').read_text() == 'mine'
    assert len(pictures(tmp_path)) == 2


@pytest.mark.parametrize(
    'absent, message',
    [
        ((), 'holds a train.csv that is no toy wardrobe; choose another folder'),
        (('train.csv',), 'holds a label_descriptions.json that is no toy wardrobe'),
        (('train.csv', 'label_descriptions.json'), 'holds a train that is no toy'),
    ],
    ids=['all', 'no-csv', 'pictures-only'],
)
def test_other_data_is_refused_and_left_as_it_is(tmp_path, absent, message):
    write_folder(tmp_path)
    for name in absent:
        (tmp_path / name).unlink()
    before = contents(tmp_path)
    with pytest.raises(ValueError, match=message):
        write_wardrobe(tmp_path, 1, size=SIZE)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    'text', ['{"images": 3', '[]', '{"images": 3}', '{"images": "3", "seed": 0}']
)
def test_marker_of_something_else_is_refused(tmp_path, text):
    write_folder(tmp_path)
    (tmp_path / marker.MARKER).write_text(text)
    before = contents(tmp_path)
    with pytest.raises(ValueError, match='is no marker of a toy wardrobe'):
        write_wardrobe(tmp_path, 1, size=SIZE)
    assert contents(tmp_path) == before


def test_empty_train_folder_is_no_other_data(tmp_path):
    (tmp_path / 'train').mkdir()
    write_wardrobe(tmp_path, 1, size=SIZE)
    assert named(tmp_path) == pictures(tmp_path)


def calls_until_interrupted(function, calls):
    """The function, that raises KeyboardInterrupt after so many calls."""
    left = iter(range(calls))

    def call(*args, **kwargs):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return function(*args, **kwargs)

    return call


@pytest.mark.parametrize(
    'owner, name, calls',
    [
        (marker, '_earlier_pictures', 0),
        (Path, 'unlink', 1),
        (Path, 'unlink', 2),
        (marker, 'atomic_writer', 0),
        (writer, 'draw_picture', 2),
    ],
    ids=['begin', 'csv-gone', 'picture-gone', 'mark', 'draw'],
)
def test_interrupted_run_names_no_absent_picture_and_can_be_rerun(
    tmp_path, monkeypatch, owner, name, calls
):
    write_wardrobe(tmp_path, 3, size=SIZE)
    stopped = calls_until_interrupted(getattr(owner, name), calls)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(owner, name, stopped)
        write_wardrobe(tmp_path, 3, seed=1, size=SIZE)
    if (tmp_path / 'train.csv').exists():
        assert named(tmp_path) <= pictures(tmp_path)
    write_wardrobe(tmp_path, 2, seed=2, size=SIZE)
    assert named(tmp_path) == pictures(tmp_path)
    assert len(pictures(tmp_path)) == 2


@pytest.mark.parametrize('name', ['file', 'file/below', 'file/far/below'])
def test_no_folder_under_a_file(tmp_path, name):
    (tmp_path / 'file').write_text('')
    with pytest.raises(NotADirectoryError, match=f'OUT .*{name} is a file or lies'):
        write_wardrobe(tmp_path / name, 1, size=SIZE)
