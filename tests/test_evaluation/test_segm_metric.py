"""SegmMetric: AP as F1SegmMetric gives it, and nothing of attributes."""

import json
from pathlib import Path

import pytest
from mmengine.evaluator import Evaluator
from mmengine.runner import Runner
from test_f1_segm_metric import CLASSES, data_sample, random_case

from projects.fashion_attr.engine.hooks import ScoreTableHook
from projects.fashion_attr.evaluation.functional.table import PLAIN
from projects.fashion_attr.evaluation.metrics import F1SegmMetric, SegmMetric


@pytest.fixture
def case(tmp_path):
    gt, results = random_case(2, num_images=5)
    path = tmp_path / 'val.json'
    path.write_text(json.dumps(gt))
    return gt, results, str(path)


def scores_of(metric, case, without=()):
    gt, results, _ = case
    evaluator = Evaluator(metric)
    evaluator.dataset_meta = dict(classes=CLASSES)
    for image in gt['images']:
        sample = data_sample(image['id'], results)
        for key in without:
            del sample['pred_instances'][key]
        evaluator.process([sample])
    return evaluator.evaluate(len(gt['images']))


def test_ap_without_attributes_is_that_with_them(case):
    path = case[2]
    expected = scores_of(F1SegmMetric(path, train_ann_file=path), case)
    found = scores_of(SegmMetric(path, train_ann_file=path), case, ['attr_scores'])
    plain = {k: v for k, v in expected.items() if 'f1' not in k}
    assert found == plain
    assert {f'fashion/segm_{name}' for name in PLAIN} <= set(found)
    assert 0 < found['fashion/segm_AP'] < 1


def test_table_in_the_work_dir_has_ap_alone(case, tmp_path):
    scores = scores_of(SegmMetric(case[2]), case, ['attr_scores'])
    runner = Runner.__new__(Runner)
    runner._work_dir = str(tmp_path)
    ScoreTableHook().after_val_epoch(runner, scores)
    table = Path(tmp_path, 'table_val.md').read_text()
    assert table.count('| segm |') == 1
    assert 'f1' not in table
    written = json.loads((tmp_path / 'scores_val.json').read_text())
    assert written['bbox']['AP'] == scores['fashion/bbox_AP']


def test_other_protocols_are_refused(case):
    with pytest.raises(ValueError, match="'coco_f1' alone, got \\('kaggle',\\)"):
        SegmMetric(case[2], protocols='kaggle')
