"""A disk that fills up in the middle: an error of one line, and nothing is lost."""

import errno
import importlib.util
import os
import resource
from contextlib import contextmanager

import pytest
from kaggle_files import write_folder
from mmengine.config import Config

from projects.fashion_attr.apis import failure
from projects.fashion_attr.datasets.prepare import prepare
from tests.fake_backend import FakeBackend
from tests.test_apis.test_prediction.test_going_on import (
    FORMATS,
    content,
    go,
    images,
    small_parts,
)

__all__ = ['images', 'small_parts']  # fixtures


@contextmanager
def room(size):
    """No file of this process may grow beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope='module')
def tool(root):
    """tool(name) -> module of tools/name.py."""

    def load(name):
        spec = importlib.util.spec_from_file_location(name, root / f'tools/{name}.py')
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.mark.parametrize('kind', FORMATS)
def test_predictions_go_on_where_the_disk_was_full(images, tmp_path, kind):
    go(images, tmp_path / 'whole', kind)
    failed = 0
    for size in (0, 10, 700, 1500, 2200, 4000):
        try:
            with room(size):
                go(images, tmp_path / 'out', kind)
        except OSError as error:
            failed += 1
            line = failure(error, tmp_path / 'out', '', 'the same command goes on')
            assert line.startswith('no room for ') and str(tmp_path / 'out') in line
    assert failed >= 2
    go(images, tmp_path / 'out', kind)
    assert content(tmp_path / 'out', kind) == content(tmp_path / 'whole', kind)


def test_annotations_that_were_there_stay(tmp_path, tool, capsys):
    folder = write_folder(tmp_path)
    prepare(folder, val=2, progress=False)
    before = {p: p.read_bytes() for p in (folder / 'annotations').iterdir()}
    command = [str(folder), '--val', '3', '--workers', '1']
    with room(300), pytest.raises(SystemExit) as ended:
        tool('prepare_imaterialist').main(command)
    assert str(ended.value.code).startswith(f'error: no room for {folder}')
    assert 'the same command goes on where it stopped' in ended.value.code
    assert {p: p.read_bytes() for p in (folder / 'annotations').iterdir()} == before
    tool('prepare_imaterialist').main(command)
    assert 'val: 3 images' in capsys.readouterr().out


def test_a_folder_that_cannot_be_is_named_with_the_way_out(
    images, tmp_path, tool, monkeypatch
):
    (tmp_path / 'file').touch()
    predict = tool('predict')
    run = predict.run_prediction
    monkeypatch.setattr(
        predict, 'run_prediction', lambda request: run(request, print, FakeBackend())
    )
    words = [str(images), '--checkpoint', 'x.pth', '--out', f'{tmp_path}/file/out']
    monkeypatch.setattr('sys.argv', ['predict.py', *words])
    with pytest.raises(SystemExit) as ended:
        predict.main()
    line = ended.value.code
    assert line.startswith(f'error: {tmp_path}/file') and '\n' not in line
    assert 'cannot be written (Not a directory); name another folder with --out' in line


@pytest.mark.parametrize(
    'name, ways_out',
    [
        ('train', ['with --resume goes on', 'another folder with --work-dir']),
        ('test', ['test again', 'place with --work-dir, --out or --show-dir']),
    ],
    ids=['train', 'test'],
)
@pytest.mark.parametrize('number', [errno.ENOSPC, errno.EROFS])
def test_runs_name_their_work_dir_and_flags_that_they_have(
    tool, monkeypatch, name, ways_out, number
):
    class Runner:
        @staticmethod
        def from_cfg(cfg):
            raise OSError(number, os.strerror(number))

    module = tool(name)
    monkeypatch.setattr(module, 'Runner', Runner)
    monkeypatch.setattr(module, 'build_config', lambda args: Config(dict(work_dir='w')))
    monkeypatch.setattr(
        'sys.argv', [f'{name}.py', 'config.py', 'x.pth'][: 2 + (name == 'test')]
    )
    with pytest.raises(SystemExit) as ended:
        module.main()
    line = str(ended.value.code).strip()
    assert line.startswith(('error: no room for w (', 'error: w cannot be written ('))
    assert ways_out[number == errno.EROFS] in line
