"""tools/predict_catalog.py as people run it, on Ray."""

import subprocess
import sys

import cv2
import numpy as np
import pandas as pd
import pytest

from tests.tiny_run import write_tiny_run

pytest.importorskip('ray', reason='it is in requirements/catalog.txt')


@pytest.fixture
def predict(root, tmp_path):
    """Runs the tool on three pictures; gives exit status, output and errors."""
    config, checkpoint = write_tiny_run(tmp_path)
    images = tmp_path / 'images'
    (images / 'shoes').mkdir(parents=True)
    generator = np.random.default_rng(0)
    for name in ('a.png', 'shoes/b.png'):
        noise = generator.integers(0, 255, (60, 40, 3), dtype=np.uint8)
        cv2.imwrite(str(images / name), noise)
    (images / 'c.png').write_text('no picture')
    network = ['--config', config, '--checkpoint', checkpoint, '--device', 'cpu']

    def run(*arguments):
        command = [sys.executable, 'tools/predict_catalog.py', str(images), *network]
        command += ['--out', str(tmp_path / 'out'), *map(str, arguments)]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    return run


def test_a_row_for_each_picture(predict, tmp_path):
    status, said, errors = predict('--score-thr', 0, '--workers', 2)
    assert status == 0, errors
    rows = pd.read_parquet(tmp_path / 'out/pictures.parquet').set_index('path')
    found = rows['status'].to_dict()
    assert found == {'a.png': 'ok', 'shoes/b.png': 'ok', 'c.png': 'unreadable'}
    assert len(rows['score']['a.png']) and rows['width']['shoes/b.png'] == 40
    assert 'in all: 3 pictures' in said and '1 could not be read' in said


def test_no_cluster_at_the_address(predict):
    status, _, errors = predict('--address', '127.0.0.1:1')
    assert status == 1
    assert errors.startswith('error: there is no Ray cluster at --address 127.0.0.1:1')
