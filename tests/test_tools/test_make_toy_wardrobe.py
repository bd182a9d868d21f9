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
    'size, message',
    [(['200', '220', '240'], 'takes one or two numbers'), (['20'], 'longest edges')],
    ids=['three', 'tiny'],
)
def test_bad_size(root, tmp_path, size, message):
    done = call(root, tmp_path, '--images', 1, '--size', *size)
    assert done.returncode != 0
    assert message in done.stderr
