"""Training that is killed again and again, against training that is not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from tiny_training import write_tiny_training

STEPS = 30


@pytest.fixture(scope='module')
def trained(root, tmp_path_factory):
    """Folder with the work dirs ``whole`` and ``killed``, and the list of kills."""
    folder = tmp_path_factory.mktemp('trained')
    config = write_tiny_training(folder)
    driver = root / 'tests/killed_training.py'
    done = subprocess.run(
        [sys.executable, str(driver), str(config), str(folder), '5'],
        env=dict(os.environ, OMP_NUM_THREADS='1', PYTHONPATH=str(root)),
        capture_output=True,
        text=True,
    )
    logs = [path.read_text()[-3000:] for path in folder.glob('*/output.txt')]
    assert done.returncode == 0, '\n'.join([done.stderr, *logs])
    return folder, json.loads(done.stdout.splitlines()[-1])


def test_ten_processes_are_killed_three_of_them_while_writing(trained):
    _, kills = trained
    assert [kill['signal'] for kill in kills] == [9] * 10
    writing = [kill for kill in kills if kill['kind'] == 'while writing']
    assert len(writing) == 3
    assert any(name.startswith('.') for kill in writing for name in kill['left'])


def test_weights_and_optimizer_are_those_of_the_run_that_was_not_killed(trained):
    whole, killed = (
        torch.load(trained[0] / name / f'iter_{STEPS}.pth', weights_only=False)
        for name in ('whole', 'killed')
    )
    for key in ('state_dict', 'optimizer', 'param_schedulers'):
        assert_equal(killed[key], whole[key])


def test_every_loss_is_that_of_the_run_that_was_not_killed(trained):
    whole, killed = (losses(trained[0] / name) for name in ('whole', 'killed'))
    assert sorted(whole) == list(range(1, STEPS + 1))
    assert killed == whole


def test_no_half_checkpoint_is_left_at_the_end(trained):
    names = {path.name for path in (trained[0] / 'killed').glob('*.pth')}
    names |= {path.name for path in (trained[0] / 'killed').glob('.*')}
    assert f'iter_{STEPS}.pth' in names
    assert not [name for name in names if name.startswith('.')]


def losses(work_dir: Path) -> dict[int, dict]:
    """What was logged of each step; a step done twice has to agree with itself."""
    found = {}
    for file in work_dir.glob('*/vis_data/scalars.json'):
        for line in file.read_text().splitlines():
            entry = json.loads(line)
            if 'loss' not in entry:
                continue
            entry = {k: v for k, v in entry.items() if 'time' not in k}
            assert found.setdefault(entry['step'], entry) == entry
    return found


def assert_equal(one, other):
    """Bit for bit, through dicts and lists."""
    assert type(one) is type(other)
    if isinstance(one, torch.Tensor):
        assert torch.equal(one, other)
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_equal(one[key], other[key])
    elif isinstance(one, list | tuple):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            assert_equal(a, b)
    else:
        assert one == other
