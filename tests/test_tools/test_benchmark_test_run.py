"""tools/benchmark/test_run.py and precision.py as a user calls them."""

import json
import os
import subprocess
import sys

import pytest
from tiny_training import write_tiny_training

from tests.tiny_run import write_tiny_run


@pytest.fixture
def call(root):
    def run(*command):
        done = subprocess.run(
            [sys.executable, *map(str, command)],
            cwd=root,
            env=dict(os.environ, OMP_NUM_THREADS='1', CUDA_VISIBLE_DEVICES=''),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run


def test_shares_of_a_test_run(call, tmp_path):
    config = write_tiny_training(tmp_path, val=3)
    _, checkpoint = write_tiny_run(tmp_path)
    out = tmp_path / 'figures.json'
    printed = call(
        'tools/benchmark/test_run.py', config, checkpoint, '--images', 2,
        '--work-dir', tmp_path / 'run', '--json', out,
    )  # fmt: skip
    figures = json.loads(out.read_text())
    assert figures['pictures'] == 2
    parts = {'data', 'network', 'post-processing', 'metric, evaluation'}
    assert parts <= set(figures['seconds'])
    assert 0 < figures['without_network'] < 1
    assert f'{figures["without_network"]:.1%}' in printed


def test_ways_to_compute_are_timed_and_tested(call, tmp_path):
    config = write_tiny_training(tmp_path)
    _, checkpoint = write_tiny_run(tmp_path)
    out = tmp_path / 'figures.json'
    call(
        'tools/benchmark/precision.py', config, '--checkpoint', checkpoint,
        '--images', 1, '--size', 64, 64, '--repeat', 1, '--json', out,
    )  # fmt: skip
    figures = json.loads(out.read_text())['figures']
    assert figures['float32']['train_ratio'] == figures['float32']['test_ratio'] == 1
    assert 'bfloat16, channels_last' in figures
    assert all({'train', 'test', 'AP', 'f1AP'} <= set(f) for f in figures.values())
