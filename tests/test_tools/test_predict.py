"""tools/predict.py as a user runs it: killed, started again, and given wrong things."""

import json
import os
import signal
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest

from tests.tiny_run import write_tiny_run

NUM_PICTURES = 60


@pytest.fixture(scope='module')
def images(tmp_path_factory):
    """Pictures of noise in two folders, and one that is cut off."""
    folder = tmp_path_factory.mktemp('images')
    rng = np.random.default_rng(0)
    for n in range(NUM_PICTURES):
        path = folder / f'f{n % 2}' / f'{n // 2:03d}.jpg'
        path.parent.mkdir(exist_ok=True)
        cv2.imwrite(str(path), rng.integers(0, 255, (64, 64, 3), dtype=np.uint8))
    whole = (folder / 'f0/000.jpg').read_bytes()
    (folder / 'cut.jpg').write_bytes(whole[: len(whole) // 2])
    return folder


@pytest.fixture(scope='module')
def command(root, tmp_path_factory):
    """command(images, out, ...) -> what to run."""
    config, checkpoint = write_tiny_run(tmp_path_factory.mktemp('run'))

    def make(images, out, *more):
        tool = [sys.executable, str(root / 'tools/predict.py'), str(images)]
        network = ['--config', config, '--checkpoint', checkpoint, '--device', 'cpu']
        return [*tool, *network, '--out', str(out), *map(str, more)]

    return make


@pytest.fixture(scope='module')
def settings(root):
    """How to run it."""
    return dict(
        cwd=root,
        env=dict(os.environ, OMP_NUM_THREADS='1', PYTHONPATH=str(root)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_goes_on_after_kill_9(images, command, settings, tmp_path):
    arguments = command(images, tmp_path, '--format', 'coco')
    progress = tmp_path / 'progress.jsonl'
    with subprocess.Popen(arguments, **settings) as process:
        while not (progress.exists() and progress.read_bytes().count(b'\n') > 5):
            assert process.poll() is None, process.stdout.read()
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
    assert progress.read_bytes().count(b'\n') < NUM_PICTURES
    with pytest.raises(json.JSONDecodeError):
        json.loads((tmp_path / 'results.json').read_text())

    done = subprocess.run(arguments, **settings)
    assert done.returncode == 0, done.stdout
    assert f'of {NUM_PICTURES + 1} pictures are done already' in done.stdout
    assert 'passed over cut.jpg: ' in done.stdout
    assert '1 could not be read' in done.stdout
    listed = json.loads((tmp_path / 'images.json').read_text())['images']
    names = [image['file_name'] for image in listed]
    assert sorted(names) == sorted(set(names)) and len(names) == NUM_PICTURES
    results = json.loads((tmp_path / 'results.json').read_text())
    found = [result['image_id'] for result in results]
    assert found == sorted(list(range(1, NUM_PICTURES + 1)) * 5)


def test_wrong_input_is_one_line(images, command, settings, tmp_path):
    done = subprocess.run(command('gone', tmp_path), **settings)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == ('error: there is no picture or folder gone')
    assert 'Traceback' not in done.stdout
