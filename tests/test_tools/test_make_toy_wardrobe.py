"""tools/make_toy_wardrobe.py as a user calls it."""

import subprocess
import sys

import pytest
from PIL import Image


def call(root, *arguments):
    command = [sys.executable, 'tools/make_toy_wardrobe.py', *map(str, arguments)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


def test_writes_what_it_says(root, tmp_path):
    done = call(root, tmp_path, '--images', 3, '--seed', 5, '--size', 128)
    assert done.returncode == 0, done.stderr
    assert f'wrote 3 pictures and {tmp_path / "train.csv"}' in done.stdout
    assert 'toy wardrobe: 100%' in done.stderr
    pictures = sorted((tmp_path / 'train').glob('*.jpg'))
    assert len(pictures) == 3
    assert {max(Image.open(p).size) for p in pictures} == {128}


@pytest.mark.parametrize(
    'flags, code, message',
    [
        (['--size', 200, 220, 240], 2, '--size takes one or two numbers'),
        (['--size', 20], 1, 'error: --size should be two longest edges, 64 <='),
        (['--images', 0], 1, 'error: --images should be at least 1, got 0'),
        (['--workers', 0], 1, 'error: --workers should be at least 1, got 0'),
        (['--seed', -1], 1, 'error: --seed should be 0 or more, got -1'),
    ],
    ids=['three-sizes', 'tiny', 'images', 'workers', 'seed'],
)
def test_bad_flags_are_one_line(root, tmp_path, flags, code, message):
    done = call(root, tmp_path / 'out', '--images', 1, *flags)
    assert done.returncode == code
    assert message in done.stderr.splitlines()[-1]
    assert code == 2 or done.stderr.count('\n') == 1
    assert not (tmp_path / 'out').exists()


def test_folders_that_cannot_be_written_are_one_line(root, tmp_path):
    (tmp_path / 'train.csv').write_text('mine')
    done = call(root, tmp_path, '--images', 1)
    message = f'error: {tmp_path} holds a train.csv that is no toy wardrobe; choose '
    assert (done.returncode, done.stderr) == (1, message + 'another folder\n')
    assert (tmp_path / 'train.csv').read_text() == 'mine'
    done = call(root, tmp_path / 'train.csv/out', '--images', 1)
    message = f'error: OUT {tmp_path}/train.csv/out is a file or lies under one; '
    assert (done.returncode, done.stderr) == (1, message + 'choose another folder\n')


def test_says_that_annotations_are_older(root, tmp_path):
    arguments = (tmp_path, '--images', 1, '--size', 64)
    advice = 'annotations/ are older: run tools/prepare_imaterialist.py again'
    assert advice not in call(root, *arguments).stdout
    (tmp_path / 'annotations').mkdir()
    assert advice in call(root, *arguments).stdout
