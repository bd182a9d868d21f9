"""A catalogue's run that was killed goes on: nothing twice, nothing left out."""

from itertools import count

import cv2
import numpy as np
import pandas as pd
import pytest
import torch

from projects.fashion_attr.apis.catalog.places import Place
from projects.fashion_attr.apis.prediction import PredictRequest, run_prediction
from projects.fashion_attr.datasets.folder_lock import locked
from tests.catalogs import NUM_PICTURES, go, read_rows, without_ray, write_pictures
from tests.fake_backend import FakeBackend


class Killed(BaseException):
    """What ends a run in the middle."""


@pytest.fixture(autouse=True)
def no_ray(monkeypatch):
    """One chunk after the other."""
    without_ray(monkeypatch)


@pytest.fixture
def images(tmp_path):
    """See `write_pictures`."""
    return write_pictures(tmp_path / 'images')


def kill_at(monkeypatch, step):
    """Let the given file of all that are written end the run."""
    steps, whole = count(), Place.whole

    def dying(self):
        if next(steps) == step:
            raise Killed
        return whole(self)

    monkeypatch.setattr(Place, 'whole', dying)


def test_a_row_for_each_picture(images, tmp_path):
    said = go(images, tmp_path / 'out')
    rows = read_rows(tmp_path / 'out')
    assert rows['path'].tolist() == sorted(
        [f'f{n % 2}/{n // 2}.png' for n in range(NUM_PICTURES)] + ['bad.png']
    )
    bad = rows.iloc[0]
    assert bad['status'] == 'unreadable' and 'bad.png cannot be read' in bad['error']
    assert pd.isna(bad['width']) and bad['score'] is None
    sound = rows.iloc[1:]
    assert (sound['status'] == 'ok').all() and sound['error'].isna().all()
    assert set(zip(sound['width'], sound['height'], strict=True)) == {(6, 8)}
    found = {row.path: len(row.score) for row in sound.itertuples()}
    assert [found[f'f{n % 2}/{n // 2}.png'] for n in range(5)] == [0, 1, 2, 3, 0]
    assert f'{NUM_PICTURES} pictures, 12 garments' in said[-2]
    assert said[-1] == "1 could not be read: their status is 'unreadable'"


def test_says_of_garments_what_predict_says(images, tmp_path):
    go(images, tmp_path / 'out')
    request = PredictRequest([str(images)], tmp_path / 'other', format='parquet')
    run_prediction(request, lambda line: None, FakeBackend())
    wanted = pd.read_parquet(tmp_path / 'other/garments.parquet')
    rows = read_rows(tmp_path / 'out').rename(columns=dict(path='picture'))
    lists = [c for c in wanted.columns if c not in ('picture', 'width', 'height')]
    rows = rows[rows['score'].str.len() > 0].explode(lists)[list(wanted.columns)]

    def by_row(table):
        table = table.sort_values(['picture', 'score'])
        return table.astype(dict(width=int, height=int)).astype(str).to_numpy()

    np.testing.assert_array_equal(by_row(rows), by_row(wanted))


@pytest.mark.parametrize('again', [False, True], ids=['once', 'twice'])
def test_goes_on_from_wherever_it_was_killed(images, tmp_path, monkeypatch, again):
    go(images, tmp_path / 'whole')
    wanted = read_rows(tmp_path / 'whole')
    for step in count():
        out = tmp_path / f'{step}'
        with monkeypatch.context() as patch:
            kill_at(patch, step)
            try:
                go(images, out)
            except Killed:
                pass
            else:
                break
        if again:
            with monkeypatch.context() as patch, pytest.raises(Killed):
                kill_at(patch, 0)
                go(images, out)
        go(images, out)
        pd.testing.assert_frame_equal(read_rows(out), wanted)
    assert step == 2 + 2 * 5  # the manifest, the plan, notes and parts of five chunks


def test_a_worker_that_outlives_its_run_does_no_harm(images, tmp_path, monkeypatch):
    from projects.fashion_attr.apis.catalog import run

    late = []
    with monkeypatch.context() as patch, pytest.raises(Killed):

        def killed(ray, job, numbers, workers):
            late.append((job, numbers))
            raise Killed
            yield

        patch.setattr(run, 'work_off', killed)
        go(images, tmp_path / 'out')
    go(images, tmp_path / 'out', part_size=3, workers=2)
    wanted = read_rows(tmp_path / 'out')
    for _ in run.work_off(None, *late[0], 1):
        pass
    pd.testing.assert_frame_equal(read_rows(tmp_path / 'out'), wanted)
    go(images, tmp_path / 'out', overwrite=True)
    with pytest.raises(ValueError, match='out has been started anew by another'):
        list(run.work_off(None, *late[0], 1))


def test_new_pictures_are_added_and_old_ones_are_not_looked_at(images, tmp_path):
    go(images, tmp_path / 'out')
    before = {p: p.stat().st_mtime_ns for p in tmp_path.glob('out/pictures.parquet/*')}
    cv2.imwrite(str(images / 'new.png'), np.full((8, 6, 3), 2, np.uint8))
    said = go(images, tmp_path / 'out')
    assert '10 of 11 pictures are done already' in said
    assert said[-1].startswith('1 pictures, 2 garments')
    assert len(read_rows(tmp_path / 'out')) == NUM_PICTURES + 2
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    said = go(images, tmp_path / 'out')
    assert said[-1].startswith('0 pictures, 0 garments')


def test_columns_of_a_list_stay_with_their_pictures(images, tmp_path):
    path = images / 'list.parquet'
    given = pd.DataFrame(
        dict(
            id=range(4),
            url=['f0/0.png', (images / 'f1/0.png').as_uri(), 'gone.png', 'f0/1.png'],
            when=pd.Timestamp('2024-01-02 03:04:05.123456789'),
        )
    )
    given.to_parquet(path)
    go(path, tmp_path / 'out', path_column='url')
    rows = read_rows(tmp_path / 'out').set_index('id')
    assert rows['when'].tolist() == given['when'].tolist()
    assert rows['path'].to_dict() == given['url'].to_dict()
    assert [len(rows['score'][n]) for n in (0, 1, 3)] == [0, 1, 2]
    assert 'No such file' in rows['error'][2]


def test_pictures_and_output_in_a_store(tmp_path):
    fsspec = pytest.importorskip('fsspec', reason='it is in requirements/catalog.txt')
    images = write_pictures(tmp_path / 'images')
    store = fsspec.filesystem('memory')
    store.put(str(images), f'{tmp_path}/there', recursive=True)
    uri = f'memory:/{tmp_path}'
    go(f'{uri}/there', f'{uri}/out')
    store.get(f'{tmp_path}/out', str(tmp_path / 'out'), recursive=True)
    go(images, tmp_path / 'wanted')
    found, wanted = read_rows(tmp_path / 'out'), read_rows(tmp_path / 'wanted')
    # Of a file that could not be read, the message names another place.
    drop = dict(columns='error')
    pd.testing.assert_frame_equal(found.drop(**drop), wanted.drop(**drop))
    assert go(f'{uri}/there', f'{uri}/out')[0] == '10 of 10 pictures are done already'


def test_failed_pictures_are_tried_again_when_asked_to(images, tmp_path):
    go(images, tmp_path / 'out')
    cv2.imwrite(str(images / 'bad.png'), np.full((8, 6, 3), 3, np.uint8))
    go(images, tmp_path / 'out')
    assert (read_rows(tmp_path / 'out')['status'] != 'ok').sum() == 1
    said = go(images, tmp_path / 'out', retry_failed=True)
    assert said[-1].startswith('1 pictures, 3 garments')
    go(images, tmp_path / 'whole')
    pd.testing.assert_frame_equal(
        read_rows(tmp_path / 'out'), read_rows(tmp_path / 'whole')
    )
    said = go(images, tmp_path / 'out', retry_failed=True)
    assert '0 parts have pictures to be tried again' in said


class FullGPU(FakeBackend):
    """Has no memory for more than one picture, and none for one with 3 garments."""

    def predict(self, loaded, least_score=0.0):
        """See the class."""
        if len(loaded) > 1 or loaded[0][0, 0, 0] == 3:
            raise torch.OutOfMemoryError('no memory left')
        return super().predict(loaded, least_score)


def test_a_picture_too_large_for_the_gpu_is_reported(images, tmp_path):
    go(images, tmp_path / 'out', FullGPU, batch_size=2)
    rows = read_rows(tmp_path / 'out').set_index('path')
    failed = rows[rows['status'] != 'ok']['error'].to_dict()
    assert failed.pop('bad.png')
    assert failed == {'f1/1.png': 'no memory left', 'f1/3.png': 'no memory left'}


class OddDecoder(FakeBackend):
    """Fails at one picture as no decoder should."""

    def load(self, source):
        """See the class."""
        if source.path.endswith('f0/1.png'):
            raise IndexError('odd')
        return super().load(source)


def test_whatever_reading_sets_off_is_reported(images, tmp_path):
    go(images, tmp_path / 'out', OddDecoder)
    rows = read_rows(tmp_path / 'out').set_index('path')
    assert rows['error']['f0/1.png'] == 'IndexError: odd'
    assert (rows['status'] == 'ok').sum() == NUM_PICTURES - 1


@pytest.mark.parametrize(
    'settings, message',
    [
        (dict(score_thr=0.5), r'another --score-thr \(0.3, now 0.5\)'),
        (dict(attr_thr=0.5), r'another attribute threshold \(0.4, now 0.5\)'),
    ],
)
def test_other_settings_do_not_go_on(images, tmp_path, settings, message):
    go(images, tmp_path / 'out')
    with pytest.raises(ValueError, match=message):
        go(images, tmp_path / 'out', **settings)
    go(images, tmp_path / 'out', overwrite=True, **settings)


def test_other_pictures_or_another_network_do_not_go_on(images, tmp_path):
    class Other(FakeBackend):
        def __init__(self):
            super().__init__()
            self.identity = 'other'

    go(images / 'f0', tmp_path / 'out')
    with pytest.raises(ValueError, match='another input .*f0, now .*f1'):
        go(images / 'f1', tmp_path / 'out')
    with pytest.raises(ValueError, match=r'another network .*\(fake, now other\)'):
        go(images / 'f0', tmp_path / 'out', Other)


def test_a_worker_with_another_network_is_refused(images, tmp_path):
    names = iter(['here', 'there'])

    class Other(FakeBackend):
        def __init__(self):
            super().__init__()
            self.identity = next(names)

    with pytest.raises(ValueError, match='has another config or checkpoint than'):
        go(images, tmp_path / 'out', Other)


def test_a_run_that_has_done_nothing_leaves_its_settings_free(images, tmp_path):
    (tmp_path / 'empty').mkdir()
    with pytest.raises(ValueError, match='empty has no pictures'):
        go(tmp_path / 'empty', tmp_path / 'out')
    go(images, tmp_path / 'out', score_thr=0.5)
    assert len(read_rows(tmp_path / 'out')) == NUM_PICTURES + 1


def test_a_catalogue_that_nothing_can_be_read_of_is_an_error(tmp_path):
    (tmp_path / 'images').mkdir()
    (tmp_path / 'images/x.jpg').write_text('x')
    with pytest.raises(ValueError, match='none of the 1 pictures could be read'):
        go(tmp_path / 'images', tmp_path / 'out')
    assert read_rows(tmp_path / 'out')['status'].tolist() == ['unreadable']


@pytest.mark.parametrize(
    'name, text, message',
    [
        ('catalog.json', 'hello', 'catalog.json is not of tools/predict_catalog.py'),
        ('catalog.json', '[]', 'catalog.json is not of tools/predict_catalog.py'),
        ('plan/mine.txt', '', 'plan is there, and no .*catalog.json'),
    ],
)
def test_files_of_somebody_else_are_not_written_over(
    images, tmp_path, name, text, message
):
    (tmp_path / 'out/plan').mkdir(parents=True)
    (tmp_path / 'out' / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        go(images, tmp_path / 'out')
    assert (tmp_path / 'out' / name).read_text() == text


def test_overwrite_removes_what_a_run_has_left_and_nothing_else(images, tmp_path):
    (tmp_path / 'out').mkdir()
    (tmp_path / 'out/mine.txt').write_text('mine')
    go(images, tmp_path / 'out')
    go(images / 'f0', tmp_path / 'out', overwrite=True)
    assert len(read_rows(tmp_path / 'out')) == 5
    left = {path.name for path in (tmp_path / 'out').iterdir()}
    assert left == {'mine.txt', 'catalog.json', 'plan', 'pictures.parquet', 'attempts'}


def test_two_runs_at_once_and_a_file_for_a_folder_are_refused(images, tmp_path):
    with locked(images), pytest.raises(BlockingIOError, match='another run'):
        go(images, images)
    with pytest.raises(ValueError, match='bad.png is a file: give a folder'):
        go(images, images / 'bad.png')


def test_halves_of_killed_workers_are_removed(images, tmp_path):
    go(images, tmp_path / 'out')
    half = tmp_path / f'out/pictures.parquet/.part-0000000.parquet.{"0" * 32}'
    half.write_text('')
    (tmp_path / 'out/pictures.parquet/part-0000001.parquet').write_bytes(b'')
    go(images, tmp_path / 'out')
    assert not half.exists()
    assert len(read_rows(tmp_path / 'out')) == NUM_PICTURES + 1
