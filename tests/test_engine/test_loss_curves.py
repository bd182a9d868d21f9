"""Joining the logs of a run and of the runs that resumed it, and drawing them."""

import json

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.engine.hooks.loss_curves import (
    Curve,
    RunScalars,
    draw_loss_curves,
    read_scalars,
    score_names,
    smooth,
)


def train_line(step, loss=1.0, epoch=None, **others):
    line = dict(lr=0.1, data_time=0.2, loss=loss, time=0.3, iter=step, step=step)
    return line | others | ({} if epoch is None else dict(epoch=epoch))


def write_run(work_dir, timestamp, lines, tail=''):
    path = work_dir / timestamp / 'vis_data' / 'scalars.json'
    path.parent.mkdir(parents=True)
    path.write_text(''.join(json.dumps(line) + '\n' for line in lines) + tail)


def points(curve):
    return list(zip(curve.steps.tolist(), curve.values.tolist(), strict=True))


def test_one_run(tmp_path):
    lines = [train_line(10, 3.0, loss_attr=2.0), train_line(20, 2.0, loss_attr=1.5)]
    write_run(tmp_path, '20240101_000000', lines)
    scalars = read_scalars(tmp_path)
    assert points(scalars.train['loss']) == [(10, 3.0), (20, 2.0)]
    assert points(scalars.train['loss_attr']) == [(10, 2.0), (20, 1.5)]
    assert set(scalars.train) == {'loss', 'loss_attr', 'lr'}
    assert scalars.val == {}


@pytest.mark.parametrize(
    ('runs', 'joined'),
    [
        pytest.param(
            [[(10, 5), (20, 4)], [(30, 3)]], [(10, 5), (20, 4), (30, 3)], id='goes on'
        ),
        pytest.param(
            [[(10, 5), (20, 4), (30, 9)], [(20, 3), (30, 2)]],
            [(10, 5), (20, 3), (30, 2)],
            id='the later run wins',
        ),
        pytest.param(
            [[(10, 5), (20, 4), (30, 9)], [(15, 3)]],
            [(10, 5), (15, 3)],
            id='what a crash lost is gone',
        ),
        pytest.param([[(10, 5)], []], [(10, 5)], id='a resume that logged nothing'),
        pytest.param(
            [[(10, 1), (20, 1), (30, 1)], [(20, 2), (30, 2)], [(30, 3)]],
            [(10, 1), (20, 2), (30, 3)],
            id='three runs',
        ),
    ],
)
def test_resumed_runs(tmp_path, runs, joined):
    for i, run in enumerate(runs):
        lines = [train_line(step, float(loss)) for step, loss in run]
        write_run(tmp_path, f'2024010{i}_000000', lines)
    assert points(read_scalars(tmp_path).train['loss']) == joined


@pytest.mark.parametrize(
    ('train', 'val', 'iterations'),
    [
        pytest.param([(50, 1), (100, 1), (200, 2)], [1, 2], [100, 200], id='by epoch'),
        pytest.param([(100, 1), (300, 3)], [1, 2, 3], [100, 200, 300], id='a gap'),
        pytest.param(
            [(50, None), (100, None)], [50, 100], [50, 100], id='by iteration'
        ),
    ],
)
def test_validation_stands_at_training_iterations(tmp_path, train, val, iterations):
    lines = [train_line(step, epoch=epoch) for step, epoch in train]
    lines += [{'fashion/f1AP': 0.1, 'time': 1.0, 'step': step} for step in val]
    write_run(tmp_path, '20240101_000000', lines)
    scalars = read_scalars(tmp_path)
    assert list(scalars.val) == ['fashion/f1AP']
    assert scalars.val['fashion/f1AP'].steps.tolist() == iterations


def test_half_a_line_of_a_killed_run(tmp_path):
    write_run(tmp_path, '20240101_000000', [train_line(10)], tail='{"loss": 0.')
    scalars = read_scalars(tmp_path)
    assert (scalars.num_files, scalars.num_broken) == (1, 1)
    assert points(scalars.train['loss']) == [(10, 1.0)]


def test_names_with_hierarchy(tmp_path):
    line = {'train/loss': 1.0, 'train/lr': 0.1, 'iter': 10, 'step': 10}
    write_run(tmp_path, '20240101_000000', [line])
    assert 'loss' in read_scalars(tmp_path).train


def test_no_log(tmp_path):
    scalars = read_scalars(tmp_path)
    assert scalars == RunScalars()
    with pytest.raises(ValueError, match='no training step was logged'):
        draw_loss_curves(scalars, tmp_path / 'none.png')


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-10, 10), min_size=1, max_size=60), st.floats(0.5, 5))
def test_smooth_against_its_definition(values, sigma):
    values = np.array(values)
    radius = int(3 * sigma)
    for i, got in enumerate(smooth(values, sigma)):
        near = np.arange(max(0, i - radius), min(len(values), i + radius + 1))
        weights = np.exp(-0.5 * ((near - i) / sigma) ** 2)
        assert got == pytest.approx(np.average(values[near], weights=weights), abs=1e-9)


def test_smooth_passes_over_what_is_not_finite():
    smoothed = smooth(np.array([2.0, np.nan, 2.0, np.inf, 2.0]))
    assert smoothed == pytest.approx(np.full(5, 2.0))
    assert np.isnan(smooth(np.array([np.nan, np.nan]))).all()


@pytest.mark.parametrize(
    ('names', 'main'),
    [
        pytest.param(
            ['fashion/AP', 'fashion/AP50', 'fashion/f1AP', 'fashion/f1AP_over_AP'],
            ['fashion/AP', 'fashion/f1AP'],
            id='ours',
        ),
        pytest.param(
            ['coco/segm_mAP', 'coco/segm_mAP_50'], ['coco/segm_mAP'], id='of mmdet'
        ),
        pytest.param(['accuracy', 'loss'], ['accuracy'], id='whatever there is'),
    ],
)
def test_main_scores(names, main):
    curve = Curve(np.array([1]), np.array([0.5]))
    assert score_names(dict.fromkeys(names, curve)) == main


def test_picture_with_and_without_scores(tmp_path):
    lines = [
        train_line(s, 100 / s, epoch=1, loss_cls=50 / s) for s in range(10, 500, 10)
    ]
    write_run(tmp_path, '20240101_000000', lines)
    scalars = read_scalars(tmp_path)
    draw_loss_curves(scalars, tmp_path / 'losses.png')
    scalars.val = {'fashion/AP': Curve(np.array([100, 400]), np.array([-1.0, 0.4]))}
    draw_loss_curves(scalars, tmp_path / 'both.png')
    losses, both = (cv2.imread(str(tmp_path / f'{n}.png')) for n in ('losses', 'both'))
    assert min(losses.shape[:2]) >= 700
    assert both.shape[0] > losses.shape[0]
    assert (losses != 255).any()
