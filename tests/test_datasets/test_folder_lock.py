import errno
import subprocess
import sys

import pytest

from projects.fashion_attr.datasets import folder_lock
from projects.fashion_attr.datasets.folder_lock import locked

HOLD = """
import sys, time
from projects.fashion_attr.datasets.folder_lock import locked
with locked(sys.argv[1]):
    print('locked', flush=True)
    time.sleep(100)
"""


def test_a_folder_is_locked_until_the_process_is_killed(root, tmp_path):
    command = [sys.executable, '-c', HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b'locked\n'
        message = f'another run is at work in {tmp_path}; wait'
        with pytest.raises(BlockingIOError, match=message), locked(tmp_path):
            pass
        holder.kill()
    with locked(tmp_path):
        pass


def test_a_lock_ends_with_an_error_and_leaves_nothing(tmp_path):
    for _ in range(2):
        with pytest.raises(KeyError), locked(tmp_path):
            raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_other_folders_are_free(tmp_path):
    (tmp_path / 'a').mkdir()
    with locked(tmp_path), locked(tmp_path / 'a'):
        pass


def test_where_there_are_no_locks_work_goes_on(tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError(errno.EBADF, 'no locks on folders')

    monkeypatch.setattr(folder_lock.fcntl, 'flock', refuse)
    with locked(tmp_path), locked(tmp_path):
        pass
    monkeypatch.setattr(folder_lock, 'fcntl', None)
    with locked(tmp_path), locked(tmp_path):
        pass


def test_a_folder_that_is_absent(tmp_path):
    with pytest.raises(FileNotFoundError), locked(tmp_path / 'gone'):
        pass
