"""The table of a run as a file."""

import json
from types import SimpleNamespace

import pytest

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


@pytest.mark.parametrize('metrics', [None, {}, {'coco/bbox_mAP': 0.5}])
def test_nothing_to_write(tmp_path, metrics):
    ScoreTableHook().after_test_epoch(SimpleNamespace(work_dir=tmp_path), metrics)
    assert list(tmp_path.iterdir()) == []
