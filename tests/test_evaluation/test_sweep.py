"""The sweep against evaluate_coco_f1, one setting at a time."""

import csv
import json

import numpy as np
import pytest
from coco_samples import scored_case
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.evaluation.functional import (
    GroundTruth,
    Predictions,
    evaluate_coco_f1,
)
from projects.fashion_attr.evaluation.functional.sweep import sweep
from projects.fashion_attr.evaluation.functional.sweep_files import (
    format_sweep,
    write_sweep,
)


def containers(seed=0, **options):
    coco, results = scored_case(seed, **options)
    gt = GroundTruth.from_coco(coco)
    return gt, Predictions.from_coco(results, gt, keep_scores=True)


@pytest.mark.parametrize('iou_type', ['segm', 'bbox'])
@pytest.mark.parametrize('pairs', ['diagonal', 'grid'])
@given(seed=st.integers(0, 10**6), max_det=st.sampled_from([1, 2, 100]))
@settings(max_examples=8, deadline=None)
def test_every_setting_is_what_it_is_alone(iou_type, pairs, seed, max_det):
    gt, predictions = containers(seed)
    predictions.scores[::3] = 0.4  # ties, at a threshold
    thresholds = (0.1, 0.4, 0.75), (0.9, 0.0, 0.4)
    swept = sweep(gt, predictions, iou_type, *thresholds, pairs, max_det)
    for row, attr_thr in enumerate(thresholds[0]):
        cut = predictions.with_threshold(attr_thr)
        for column, score_thr in enumerate(thresholds[1]):
            options = dict(pairs=pairs, score_thr=score_thr, max_dets=(max_det,))
            alone = evaluate_coco_f1(gt, cut, [iou_type], **options)[iou_type]
            assert swept.f1ap[row, column] == alone['f1AP']
            assert swept.ap[column] == alone['AP']


def test_crowds_and_absent_categories():
    coco, results = scored_case(4)
    for annotation in coco['annotations'][::3]:
        annotation['iscrowd'] = 1
    gt = GroundTruth.from_coco(coco)
    predictions = Predictions.from_coco(results, gt, keep_scores=True)
    swept = sweep(gt, predictions, attr_thresholds=[0.5], score_thresholds=[0.2])
    cut = predictions.with_threshold(0.5)
    alone = evaluate_coco_f1(gt, cut, ['segm'], score_thr=0.2)['segm']
    assert (swept.f1ap, swept.ap) == (alone['f1AP'], alone['AP'])


def test_no_detections():
    coco, _ = scored_case()
    gt = GroundTruth.from_coco(coco)
    swept = sweep(gt, Predictions.from_coco([], gt, keep_scores=True))
    assert swept.f1ap.shape == (20, 10)
    assert (swept.f1ap == 0).all()


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(pairs='all'), "pairs is one of .* got 'all'"),
        (dict(attr_thresholds=[]), 'at least one threshold of each kind'),
        (dict(score_thresholds=[]), 'at least one threshold of each kind'),
        (dict(iou_type='keypoints'), "iou_type must be .* got 'keypoints'"),
    ],
    ids=['pairs', 'attribute thresholds', 'class thresholds', 'IoU type'],
)
def test_bad_options(options, message):
    with pytest.raises(ValueError, match=message):
        sweep(*containers(), **options)


def test_attribute_scores_are_needed():
    coco, results = scored_case()
    gt = GroundTruth.from_coco(coco)
    with pytest.raises(ValueError, match='hold no attr_scores'):
        sweep(gt, Predictions.from_coco(results, gt))


def test_files(tmp_path):
    swept = sweep(*containers(), 'bbox', (0.3, 0.6), (0.0, 0.5, 0.8))
    paths = write_sweep(swept, tmp_path / 'new')
    names = [f'sweep_bbox.{suffix}' for suffix in ('md', 'csv', 'json', 'png')]
    assert [path.name for path in paths] == names
    assert paths[0].read_text() == format_sweep(swept) + '\n'
    with open(paths[1]) as file:
        rows = list(csv.DictReader(file))
    assert [float(row['f1AP']) for row in rows] == swept.f1ap.ravel().tolist()
    written = json.loads(paths[2].read_text())
    best = max(written['settings'], key=lambda row: row['f1AP'])
    assert written['best'] == {key: best[key] for key in written['best']}
    assert paths[3].read_bytes()[1:4] == b'PNG'


def test_table_has_a_row_for_each_attribute_threshold():
    swept = sweep(*containers(), 'segm', (0.3, 0.6), (0.0, 0.5))
    lines = format_sweep(swept).splitlines()
    assert [line.split('|')[1].strip() for line in lines[2:5]] == [
        'AP',
        'f1AP, attr 0.3',
        'f1AP, attr 0.6',
    ]
    value, attr_thr, score_thr = swept.best
    assert lines[-1] == (
        f'Best segm f1AP {value:.3f} at attribute threshold {attr_thr:g}, '
        f'class threshold {score_thr:g}.'
    )
    assert value == np.max(swept.f1ap)
