"""Catalogues on Ray itself: workers that die, are others, or wait for room."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from projects.fashion_attr.apis.catalog.cluster import cluster
from tests.catalogs import go, read_rows, without_ray, write_pictures
from tests.ray_backends import Deadly, Elsewhere, Slow

pytest.importorskip('ray', reason='it is in requirements/catalog.txt')
ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.skipif(
    sys.platform != 'linux', reason="Ray's own processes end with ours on Linux alone"
)


@pytest.fixture(scope='module', autouse=True)
def one_ray():
    """Two cores for all tests that start no Ray of their own."""
    with cluster(None, 2):
        yield


@pytest.fixture
def images(tmp_path):
    """See `write_pictures`."""
    return write_pictures(tmp_path / 'images')


@pytest.fixture
def wanted(images, tmp_path, monkeypatch):
    """The rows as one process writes them."""
    with monkeypatch.context() as patch:
        without_ray(patch)
        go(images, tmp_path / 'wanted')
    return read_rows(tmp_path / 'wanted')


# As many as there are cores: then nothing is left for tasks of Ray's own.
@pytest.mark.parametrize('workers', [1, 2])
def test_workers_write_what_one_process_does(images, tmp_path, wanted, workers):
    said = go(images, tmp_path / 'out', Slow, workers=workers)
    pd.testing.assert_frame_equal(read_rows(tmp_path / 'out'), wanted)
    # On a busy machine one may have done it all before the other is there.
    done = sum(line.startswith('worker ') for line in said)
    assert 1 <= done <= workers
    assert any(f'pictures/s with {done} worker' in line for line in said)


def test_a_picture_that_kills_workers_is_passed_over(tmp_path):
    images = write_pictures(tmp_path / 'images', 4)
    go(images, tmp_path / 'out', Deadly, workers=2)
    rows = read_rows(tmp_path / 'out').set_index('path')
    assert (rows['status'] == 'ok').sum() == 3
    assert rows['error']['f0/1.png'] == '2 workers died while they looked at it'


def test_what_a_worker_has_met_is_said_in_one_line(images, tmp_path):
    with pytest.raises(ValueError, match='^a worker: .* has another config or') as info:
        go(images, tmp_path / 'out', Elsewhere)
    assert '\n' not in str(info.value)


def test_more_workers_than_cores_are_refused(images, tmp_path):
    with pytest.raises(ValueError, match='there are 2 cores for 3 --workers'):
        go(images, tmp_path / 'out', workers=3)


def test_killed_outright_with_its_workers_it_goes_on(tmp_path, monkeypatch):
    images, out = write_pictures(tmp_path / 'images', 40), tmp_path / 'out'
    command = [sys.executable, '-m', Slow.__module__, str(images), str(out)]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as process:
        try:
            _wait_for(lambda: len(list(out.glob('pictures.parquet/part*'))) >= 2)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    before = {p: p.stat().st_mtime_ns for p in out.glob('pictures.parquet/part*')}
    assert 2 <= len(before) < 20
    said = go(images, out, workers=2)
    assert f'{2 * len(before) - 1}' in said[0] or f'{2 * len(before)}' in said[0]
    assert all(p.stat().st_mtime_ns == written for p, written in before.items())
    with monkeypatch.context() as patch:
        without_ray(patch)
        go(images, tmp_path / 'wanted')
    pd.testing.assert_frame_equal(read_rows(out), read_rows(tmp_path / 'wanted'))


def _wait_for(condition) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, 'waited for two minutes'
        time.sleep(0.05)
