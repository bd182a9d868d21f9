"""The README's lines for who has no data yet, pasted one by one; in small."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.tiny_run import write_tiny_run

# A page that stays open until it is closed; it has tests in a browser of its own.
SERVES = 'tools/app.py'


@pytest.fixture(scope='module')
def checkout(root, tmp_path_factory):
    """A folder like a checkout in which ``make demo`` was run, with a tiny network."""
    folder = tmp_path_factory.mktemp('checkout')
    for name in ('tools', 'configs', 'projects'):
        (folder / name).symlink_to(root / name)
    demo = folder / 'work_dirs/demo'
    demo.mkdir(parents=True)
    config, checkpoint = write_tiny_run(demo)
    shutil.move(config, demo / 'mask-rcnn_r18_attr_focal.py')
    shutil.move(checkpoint, demo / 'epoch_8.pth')
    return folder


def lines(root, after: str) -> list[list[str]]:
    """Words of the commands in the first block after some words of the README."""
    text = (root / 'README.md').read_text().partition(after)[2]
    block = re.search(r'```\n(.*?)```', text, re.DOTALL)[1]
    return [
        shlex.split(line, comments=True)
        for line in block.replace('\\\n', ' ').splitlines()
        if line.startswith('python ')
    ]


def test_lines_without_data_and_of_prediction(root, checkout):
    pasted = lines(root, 'Without data:\n') + lines(root, '## Predict\n')
    assert len(pasted) == 6
    small = {'850': '6', '100': '2'}
    for words in pasted:
        if words[1] == SERVES:
            continue
        done = subprocess.run(
            [sys.executable, *(small.get(word, word) for word in words[1:])],
            cwd=checkout,
            env=dict(os.environ, OMP_NUM_THREADS='1', PYTHONPATH=str(root)),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f'{" ".join(words)}\n{done.stderr[-3000:]}'
    for name in ('predictions', 'exported'):
        file = checkout / 'work_dirs' / name / 'garments.jsonl'
        assert len(file.read_text().splitlines()) == 6
    assert list((checkout / 'work_dirs/predictions').glob('*/*.jpg'))
