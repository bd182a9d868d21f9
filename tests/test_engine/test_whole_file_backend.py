"""Checkpoints that appear as a whole, and go only when another one is there."""

import pytest
from mmengine.fileio import get_file_backend

from projects.fashion_attr.engine.whole_file_backend import WholeFileBackend


def backend():
    """As mmengine makes one, for each checkpoint anew."""
    return get_file_backend('/x', backend_args=dict(backend='whole_file'))


def test_it_is_known_by_its_name():
    assert isinstance(backend(), WholeFileBackend)


def test_a_file_and_its_folder_are_written(tmp_path):
    backend().put(b'weights', tmp_path / 'runs/epoch_1.pth')
    assert (tmp_path / 'runs/epoch_1.pth').read_bytes() == b'weights'
    assert len(list((tmp_path / 'runs').iterdir())) == 1


def test_what_is_removed_stays_until_the_next_one_is_there(tmp_path):
    old, new = tmp_path / 'epoch_1.pth', tmp_path / 'epoch_2.pth'
    backend().put(b'1', old)
    backend().remove(old)
    assert old.exists()
    backend().put(b'2', new)
    assert [path.name for path in tmp_path.iterdir()] == ['epoch_2.pth']


def test_what_is_written_again_is_not_removed(tmp_path):
    path = tmp_path / 'epoch_1.pth'
    backend().remove(path)
    backend().put(b'again', path)
    assert path.read_bytes() == b'again'


def test_a_write_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    path, older = tmp_path / 'epoch_2.pth', tmp_path / 'epoch_1.pth'
    backend().put(b'old', path)
    backend().put(b'older', older)
    backend().remove(older)

    def full(*_):
        raise OSError(28, 'No space left on device', str(path))

    monkeypatch.setattr('os.fsync', full)
    with pytest.raises(OSError, match='No space left'):
        backend().put(b'new', path)
    assert path.read_bytes() == b'old'
    assert older.exists()
    assert len(list(tmp_path.iterdir())) == 2
    monkeypatch.undo()
    backend().put(b'new', path)
    assert not older.exists()
