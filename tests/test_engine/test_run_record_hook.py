"""What a run leaves behind to be repeated."""

import json
import logging
from types import SimpleNamespace

import pytest
from mmengine.logging import MMLogger

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.engine.hooks import RunRecordHook
from projects.fashion_attr.engine.hooks.run_record_hook import command_line


def runner(folder):
    return SimpleNamespace(
        work_dir=str(folder), timestamp='20260102_030405', _load_from='weights.pth'
    )


@pytest.mark.parametrize('mode', ['train', 'val', 'test'])
def test_the_record_of_each_mode(tmp_path, monkeypatch, mode):
    monkeypatch.setattr('sys.argv', ['tools/train.py', 'a config.py'])
    monkeypatch.chdir(tmp_path)
    getattr(RunRecordHook(), f'before_{mode}')(runner(tmp_path))
    record = json.loads((tmp_path / '20260102_030405/run.json').read_text())
    assert record['mode'] == mode
    assert record['command'].endswith("python tools/train.py 'a config.py'")
    assert record['directory'] == str(tmp_path)
    assert record['checkpoint'] == 'weights.pth'
    assert {'python', 'torch', 'numpy'} <= set(record['versions'])
    assert record['cores'] >= 1
    assert 'RoIAlign' in record['ops']
    assert len(record['commit'] or 40 * ' ') == 40


def test_validation_during_training_leaves_the_record_of_the_training(tmp_path):
    hook = RunRecordHook()
    hook.before_train(runner(tmp_path))
    hook.before_val(runner(tmp_path))
    record = json.loads((tmp_path / '20260102_030405/run.json').read_text())
    assert record['mode'] == 'train'


@pytest.mark.parametrize(
    'environment, command',
    [
        ({}, 'python t.py'),
        (dict(OMP_NUM_THREADS='1', HOME='/x'), 'OMP_NUM_THREADS=1 python t.py'),
        (
            dict(WORLD_SIZE='4', LOCAL_WORLD_SIZE='4'),
            'torchrun --nproc-per-node=4 t.py',
        ),
        (
            dict(WORLD_SIZE='8', LOCAL_WORLD_SIZE='4'),
            'torchrun --nproc-per-node=4 --nnodes=2 t.py',
        ),
        (dict(WORLD_SIZE='1', LOCAL_WORLD_SIZE='1'), 'python t.py'),
    ],
)
def test_command_line(environment, command):
    assert command_line(['t.py'], environment) == command


def test_a_folder_that_cannot_be_written_costs_no_training(
    tmp_path, caplog, monkeypatch
):
    logger = MMLogger.get_current_instance()
    monkeypatch.setattr(logger, 'handlers', [*logger.handlers, caplog.handler])
    (tmp_path / '20260102_030405').write_text('in the way')
    RunRecordHook().before_test(runner(tmp_path))
    assert 'run.json not written' in caplog.text
    assert caplog.records[-1].levelno == logging.WARNING
