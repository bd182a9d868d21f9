"""The table of a run as a file."""

import errno
import json
import logging
import os
from types import SimpleNamespace

import pytest
from mmengine.logging import MMLogger

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.engine.hooks import ScoreTableHook

KEYS = ('AP', 'AP50', 'AP75', 'APs', 'APm', 'APl')
SCORES = {k: i / 16 for i, k in enumerate(KEYS + tuple(f'f1{k}' for k in KEYS), 1)}
METRICS = {f'fashion/{t}_{k}': v for t in ('segm', 'bbox') for k, v in SCORES.items()}


@pytest.mark.parametrize(
    'call, suffix', [('after_test_epoch', ''), ('after_val_epoch', '_val')]
)
def test_files_hold_the_figures(tmp_path, call, suffix):
    metrics = dict(METRICS, **{'coco/bbox_mAP': 0.5})
    getattr(ScoreTableHook(), call)(SimpleNamespace(work_dir=tmp_path), metrics)
    written = json.loads((tmp_path / f'scores{suffix}.json').read_text())
    assert written == dict(segm=SCORES, bbox=SCORES)
    table = (tmp_path / f'table{suffix}.md').read_text()
    assert '| segm | 0.062 | 0.125 |' in table


@pytest.mark.parametrize('coco_f1', [METRICS, {}], ids=['beside', 'alone'])
def test_other_protocols_are_kept_without_a_table(tmp_path, coco_f1):
    others = {
        'fashion/kaggle_score': 0.25,
        'fashion/fashionpedia_segm_iou_f1_AP': 0.5,
    }
    ScoreTableHook().after_test_epoch(
        SimpleNamespace(work_dir=tmp_path), coco_f1 | others
    )
    written = json.loads((tmp_path / 'scores.json').read_text())
    assert written['kaggle'] == dict(score=0.25)
    assert written['fashionpedia'] == dict(segm_iou_f1_AP=0.5)
    assert (tmp_path / 'table.md').exists() == bool(coco_f1)


@pytest.mark.parametrize('metrics', [None, {}, {'coco/bbox_mAP': 0.5}])
def test_nothing_to_write(tmp_path, metrics):
    ScoreTableHook().after_test_epoch(SimpleNamespace(work_dir=tmp_path), metrics)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def logged(caplog, monkeypatch):
    """Captures what mmengine's current logger says."""
    logger = MMLogger.get_current_instance()
    monkeypatch.setattr(logger, 'handlers', [*logger.handlers, caplog.handler])
    return caplog


def test_full_disk_costs_no_training_and_keeps_the_last_table(
    tmp_path, monkeypatch, logged
):
    runner, hook = SimpleNamespace(work_dir=tmp_path), ScoreTableHook()
    hook.after_val_epoch(runner, METRICS)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}

    def full(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, 'fsync', full)
    hook.after_val_epoch(runner, dict.fromkeys(METRICS, 0.5))
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert [record.levelno for record in logged.records] == [logging.WARNING] * 2
    assert logged.messages == [
        f'{tmp_path / name} not written: [Errno 28] No space left on device'
        for name in ('table_val.md', 'scores_val.json')
    ]


def test_file_that_cannot_be_written_does_not_cost_the_other(tmp_path, logged):
    (tmp_path / 'table.md').mkdir()
    runner = SimpleNamespace(work_dir=tmp_path)
    ScoreTableHook().after_test_epoch(runner, METRICS)
    assert f'{tmp_path / "table.md"} not written: ' in logged.records[0].getMessage()
    assert json.loads((tmp_path / 'scores.json').read_text())['segm'] == SCORES
    assert len(list(tmp_path.iterdir())) == 2
