"""A disk without room, a folder that cannot be, a picture that is gone: one line."""

import os
import resource
import subprocess
import sys

import pytest
import torch
from mmengine.config import Config
from tiny_training import write_tiny_training

from projects.fashion_attr.apis import failure


@pytest.fixture(scope='module')
def config(tmp_path_factory):
    """A training whose checkpoints are of some megabytes."""
    return write_tiny_training(tmp_path_factory.mktemp('disks'))


@pytest.fixture
def train(root, config):
    """train(*arguments, room=None) -> the last line of what a failed training says."""

    def run(*arguments, room=None):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        done = subprocess.run(
            [sys.executable, 'tools/train.py', str(config), *map(str, arguments)],
            cwd=root,
            env=dict(os.environ, OMP_NUM_THREADS='1'),
            preexec_fn=limit if room else None,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1, done.stderr[-3000:]
        assert 'Traceback' not in done.stderr
        (line,) = [x for x in done.stderr.splitlines() if x.startswith('error: ')]
        return line

    return run


def test_a_full_disk_leaves_the_checkpoint_that_was_there(train, tmp_path):
    old = tmp_path / 'iter_1.pth'
    torch.save(dict(whole=True), old)
    line = train('--work-dir', tmp_path, room=2 << 20)
    assert f'no room for {tmp_path}/iter_1.pth (File too large)' in line
    assert 'with --resume goes on' in line
    assert torch.load(old) == dict(whole=True)
    assert not list(tmp_path.glob('.*'))


def test_a_work_dir_that_cannot_be(train, tmp_path):
    (tmp_path / 'file').touch()
    line = train('--work-dir', tmp_path / 'file/run')
    assert f'{tmp_path}/file' in line
    assert 'name another folder with --work-dir' in line


def test_a_picture_that_is_gone(train, config, tmp_path):
    data = Config.fromfile(config).data_root
    options = [f'train_dataloader.dataset.data_prefix.img={tmp_path}']
    options += ['train_dataloader.num_workers=1']
    line = train('--work-dir', tmp_path / 'run', '--cfg-options', *options)
    assert f'{tmp_path}/' in line and '.jpg' in line
    assert data


@pytest.mark.parametrize(
    'error, line',
    [
        (FloatingPointError('the loss is nan'), 'the loss is nan'),
        (OSError(5, 'Input/output error', 'x'), "[Errno 5] Input/output error: 'x'"),
        (OSError(28, 'No space left on device'), 'no room for a file '),
        (PermissionError(13, 'Permission denied', '/r'), '/r cannot be written '),
        (
            OSError(
                'Caught FileNotFoundError in DataLoader worker process 0.\nOriginal '
                'Traceback (most recent call last):\n  x\nFileNotFoundError: no a.jpg\n'
            ),
            'no a.jpg',
        ),
    ],
)
def test_lines(error, line):
    assert failure(error).startswith(line)
