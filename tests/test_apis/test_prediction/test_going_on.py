"""A run that was killed goes on where it stopped: nothing twice, nothing left out."""

import json
import multiprocessing
import os
import signal
import time
from itertools import count
from threading import RLock

import cv2
import numpy as np
import pandas as pd
import pytest
from tqdm import tqdm

from projects.fashion_attr.apis.prediction import (
    PredictRequest,
    parquet_parts,
    run_prediction,
)
from projects.fashion_attr.apis.prediction.progress import Progress
from projects.fashion_attr.apis.prediction.text_files import TextFile
from tests.fake_backend import FakeBackend

FORMATS = ('json', 'coco', 'csv', 'parquet')
NUM_PICTURES = 9


class Killed(BaseException):
    """What ends a run in the middle."""


@pytest.fixture(scope='module')
def images(tmp_path_factory):
    """Pictures with 0, 1, 2, 3, 0, 1, ... garments, in two folders."""
    folder = tmp_path_factory.mktemp('images')
    for n in range(NUM_PICTURES):
        path = folder / f'f{n % 2}' / f'{n // 2}.png'
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), np.full((8, 6, 3), n % 4, np.uint8))
    return folder


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parquet parts of a few rows."""
    monkeypatch.setattr(parquet_parts, '_PART_GARMENTS', 4)


def go(images, out, kind, seconds=0.0, **settings):
    """Run to the end."""
    request = PredictRequest([str(images)], out, format=kind, **settings)
    said = []
    run_prediction(request, said.append, FakeBackend(seconds))
    return '\n'.join(said)


def go_apart(*given):
    """`go` in a process that is killed: it must not take tqdm's lock with it."""
    tqdm.set_lock(RLock())
    go(*given)


def content(out, kind):
    """What the run has found, in a form that can be compared."""
    if kind == 'parquet':
        table = pd.read_parquet(out / 'garments.parquet')
        return table.to_json()
    files = dict(json='garments.jsonl', coco='results.json', csv='garments.csv')
    return (out / files[kind]).read_bytes()


def kill_at(monkeypatch, step, half):
    """Let the given write of all writes end the run, before it or halfway."""
    steps = count()

    def dying(write, cut):
        def call(self, what):
            if next(steps) != step:
                return write(self, what)
            if half:
                self._file.write(cut(what))
                self._file.flush()
            raise Killed

        return call

    halved = lambda entry: json.dumps(entry).encode()[:7]  # noqa: E731
    monkeypatch.setattr(Progress, '_write', dying(Progress._write, halved))
    cut = lambda text: text.encode()[: len(text) // 2]  # noqa: E731
    monkeypatch.setattr(TextFile, '_append', dying(TextFile._append, cut))


@pytest.mark.parametrize('half', [False, True], ids=['before', 'halfway'])
@pytest.mark.parametrize('kind', FORMATS)
def test_goes_on_from_wherever_it_was_killed(images, tmp_path, monkeypatch, kind, half):
    go(images, tmp_path / 'whole', kind)
    wanted = content(tmp_path / 'whole', kind)
    for step in count():
        out = tmp_path / f'{step}'
        with monkeypatch.context() as patch:
            kill_at(patch, step, half)
            try:
                go(images, out, kind)
            except Killed:
                pass
            else:
                break
        go(images, out, kind)
        assert content(out, kind) == wanted, f'killed at write {step}'
    assert step > 2 * NUM_PICTURES


def test_a_part_that_was_not_noted_is_made_again(images, tmp_path, monkeypatch):
    go(images, tmp_path / 'whole', 'parquet')
    with monkeypatch.context() as patch:
        # The part is there, its line is not.
        patch.setattr(Progress, 'add_part', lambda self: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            go(images, tmp_path / 'out', 'parquet')
    assert list((tmp_path / 'out/garments.parquet').glob('part-*.parquet'))
    go(images, tmp_path / 'out', 'parquet')
    wanted = content(tmp_path / 'whole', 'parquet')
    assert content(tmp_path / 'out', 'parquet') == wanted


@pytest.mark.parametrize('kind', FORMATS)
def test_goes_on_after_kill_9(images, tmp_path, kind):
    go(images, tmp_path / 'whole', kind)
    out = tmp_path / 'out'
    process = multiprocessing.get_context('fork').Process(
        target=go_apart, args=(images, out, kind, 0.05)
    )
    process.start()
    progress = out / 'progress.jsonl'
    while not (progress.exists() and progress.read_bytes().count(b'"picture"') >= 4):
        assert process.is_alive()
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    said = go(images, out, kind)
    assert 'of 9 pictures are done already' in said and not said.startswith('9 of')
    assert content(out, kind) == content(tmp_path / 'whole', kind)


@pytest.mark.parametrize('kind', FORMATS)
def test_new_pictures_are_added_to_a_finished_run(images, tmp_path, kind):
    folder = tmp_path / 'images'
    folder.symlink_to(images / 'f0')
    go(folder, tmp_path / 'out', kind)
    assert go(folder, tmp_path / 'out', kind).startswith('5 of 5 pictures are done')
    before = content(tmp_path / 'out', kind)
    extra = images / 'f0' / 'new.png'
    cv2.imwrite(str(extra), np.full((8, 6, 3), 2, np.uint8))
    try:
        said = go(folder, tmp_path / 'out', kind)
    finally:
        extra.unlink()
    assert '1 pictures, 2 garments' in said
    after = content(tmp_path / 'out', kind)
    assert len(after) > len(before)
    if kind == 'coco':
        assert [r['image_id'] for r in json.loads(after)][-2:] == [6, 6]


def test_repaired_pictures_are_looked_at_again(tmp_path):
    folder = tmp_path / 'images'
    folder.mkdir()
    cv2.imwrite(str(folder / 'a.png'), np.full((8, 6, 3), 1, np.uint8))
    (folder / 'b.png').write_text('broken')
    assert '1 could not be read' in go(folder, tmp_path / 'out', 'csv')
    cv2.imwrite(str(folder / 'b.png'), np.full((8, 6, 3), 2, np.uint8))
    assert 'could not' not in go(folder, tmp_path / 'out', 'csv')
    assert not (tmp_path / 'out/unreadable.txt').exists()
    assert len(pd.read_csv(tmp_path / 'out/garments.csv')) == 3


@pytest.mark.parametrize(
    'settings, message',
    [
        (dict(kind='csv'), r'another --format \(json, now csv\)'),
        (dict(score_thr=0.5), r'another --score-thr \(0.3, now 0.5\)'),
        (dict(attr_thr=0.5), r'another attribute threshold \(0.4, now 0.5\)'),
        (dict(draw=True), 'another --draw'),
    ],
)
def test_other_settings_do_not_go_on(images, tmp_path, settings, message):
    go(images, tmp_path, 'json')
    with pytest.raises(ValueError, match=message):
        go(images, tmp_path, **(dict(kind='json') | settings))


def test_other_pictures_do_not_go_on(images, tmp_path):
    go(images / 'f0', tmp_path, 'json')
    with pytest.raises(ValueError, match='another folder of pictures .*f0, now .*f1'):
        go(images / 'f1', tmp_path, 'json')


def test_a_run_that_has_done_nothing_leaves_its_settings_free(images, tmp_path):
    folder = tmp_path / 'images'
    folder.mkdir()
    (folder / 'b.png').write_text('broken')
    with pytest.raises(ValueError, match='none of the 1 pictures'):
        go(folder, tmp_path / 'out', 'csv')
    assert go(images, tmp_path / 'out', 'json').startswith('9 pictures')
    assert not (tmp_path / 'out/garments.csv').exists()


def test_a_file_is_no_folder(images, tmp_path):
    (tmp_path / 'out').write_text('')
    with pytest.raises(ValueError, match='out is a file: give a folder'):
        go(images, tmp_path / 'out', 'csv')


@pytest.mark.parametrize('before', FORMATS)
def test_overwrite_removes_what_a_run_has_left_and_nothing_else(
    images, tmp_path, before
):
    (tmp_path / 'mine.txt').write_text('mine')
    go(images, tmp_path, before, draw=True)
    go(images, tmp_path, 'json', overwrite=True)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {'mine.txt', 'garments.jsonl', 'progress.jsonl'}


def test_files_of_somebody_else_are_not_written_over(images, tmp_path):
    (tmp_path / 'garments.csv').write_text('mine')
    with pytest.raises(ValueError, match='garments.csv has 4 bytes'):
        go(images, tmp_path, 'csv')
    assert (tmp_path / 'garments.csv').read_text() == 'mine'


@pytest.mark.parametrize('text', ['hello\n', '{"a": 1}\n', '[]\n'])
def test_progress_of_somebody_else_is_refused(images, tmp_path, text):
    (tmp_path / 'progress.jsonl').write_text(text)
    with pytest.raises(ValueError, match='line 1 is not of tools/predict.py'):
        go(images, tmp_path, 'csv')
    assert (tmp_path / 'progress.jsonl').read_text() == text


def test_a_file_that_was_shortened_is_refused(images, tmp_path):
    go(images, tmp_path, 'csv')
    (tmp_path / 'garments.csv').write_text('')
    with pytest.raises(ValueError, match=r'garments.csv has 0 bytes, progress.jsonl'):
        go(images, tmp_path, 'csv')


def test_two_runs_at_once_are_refused(images, tmp_path):
    from projects.fashion_attr.datasets.folder_lock import locked

    with locked(tmp_path), pytest.raises(BlockingIOError, match='another run'):
        go(images, tmp_path, 'csv')
