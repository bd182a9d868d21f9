"""The hook in a real run of mmengine's, and where it cannot write."""

import logging

import pytest
import torch
from mmengine.logging import MMLogger
from mmengine.model import BaseModel
from mmengine.registry import DefaultScope
from mmengine.runner import Runner
from torch.utils.data import Dataset

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.apis.safe_checkpoints import load_safely
from projects.fashion_attr.engine.hooks.loss_curve_hook import LossCurveHook
from projects.fashion_attr.engine.hooks.loss_curves import read_scalars


class Line(Dataset):
    """y = 2 x."""

    def __len__(self):
        return 12

    def __getitem__(self, index):
        return torch.tensor([float(index)]), torch.tensor([2.0 * index])


class Linear(BaseModel):
    """One weight, two losses."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)

    def forward(self, x, y, mode='loss'):
        error = self.layer(x) - y
        return dict(loss_cls=error.abs().mean(), loss_attr=(error**2).mean() * 0.01)


@pytest.fixture(autouse=True)
def own_scope(monkeypatch):
    """A Runner's default scope outlives it: other tests must not build in it."""
    scopes = DefaultScope._instance_dict.copy()
    monkeypatch.setattr(DefaultScope, '_instance_dict', scopes)


def train(work_dir, epochs, name, resume=False):
    runner = Runner(
        model=Linear(),
        work_dir=str(work_dir),
        train_dataloader=dict(
            batch_size=2,
            dataset=Line(),
            collate_fn=dict(type='default_collate'),
            sampler=dict(type='DefaultSampler', shuffle=False),
        ),
        train_cfg=dict(by_epoch=True, max_epochs=epochs),
        optim_wrapper=dict(optimizer=dict(type='SGD', lr=1e-4)),
        default_hooks=dict(logger=dict(type='LoggerHook', interval=2)),
        custom_hooks=[LossCurveHook()],
        visualizer=dict(type='Visualizer', vis_backends=[dict(type='LocalVisBackend')]),
        resume=resume,
        experiment_name=name,
        default_scope='mmengine',
    )
    runner.train()


def test_a_run_leaves_its_picture(tmp_path):
    load_safely()  # as load_config does for tools/train.py
    train(tmp_path, 1, 'first_run')
    picture = tmp_path / 'loss_curves.png'
    first = picture.read_bytes()
    train(tmp_path, 2, 'resumed_run', resume=True)
    assert len(picture.read_bytes()) > 10_000
    assert picture.read_bytes() != first
    scalars = read_scalars(tmp_path)
    assert scalars.train['loss_attr'].steps.tolist() == [2, 4, 6, 8, 10, 12]


def _logged(caplog):
    return '\n'.join(record.getMessage() for record in caplog.records)


@pytest.fixture
def logger(caplog, monkeypatch):
    """mmengine's current logger, with what it says captured."""
    current = MMLogger.get_current_instance()
    monkeypatch.setattr(current, 'handlers', [*current.handlers, caplog.handler])
    return current


class FakeRunner:
    def __init__(self, work_dir):
        self.work_dir = str(work_dir)


def test_a_work_dir_without_scalars_says_why(tmp_path, logger, caplog):
    LossCurveHook().after_train(FakeRunner(tmp_path))
    assert 'no loss in 0 scalars.json' in _logged(caplog)
    assert caplog.records[-1].levelno == logging.WARNING
    assert list(tmp_path.iterdir()) == []


def test_a_picture_that_cannot_be_written_loses_no_training(tmp_path, logger, caplog):
    folder = tmp_path / '20240101_000000' / 'vis_data'
    folder.mkdir(parents=True)
    (folder / 'scalars.json').write_text('{"loss": 1.0, "iter": 10, "step": 10}\n')
    (tmp_path / 'loss_curves.png').mkdir()
    LossCurveHook().after_train(FakeRunner(tmp_path))
    assert f'not drawn to {tmp_path / "loss_curves.png"}' in _logged(caplog)
    assert caplog.records[-1].levelno == logging.WARNING


def test_not_after_each_epoch(tmp_path, logger, caplog):
    LossCurveHook(every_epoch=False).after_train_epoch(FakeRunner(tmp_path))
    assert _logged(caplog) == ''


def test_a_format_that_nobody_writes():
    with pytest.raises(ValueError, match="'losses.xyz' must end in one of"):
        LossCurveHook(out_name='losses.xyz')
