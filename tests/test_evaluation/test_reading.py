"""Ground truth and predictions from files."""

import json

import numpy as np
import pytest
from coco_samples import scored_case

from projects.fashion_attr.evaluation.functional import GroundTruth, Predictions
from projects.fashion_attr.evaluation.functional.reading import (
    read_ground_truth,
    read_predictions,
    read_results,
    write_csv,
)


def lines(results):
    return '[\n' + ',\n'.join(map(json.dumps, results)) + '\n]'


@pytest.mark.parametrize(
    'text',
    [lines, json.dumps, lambda r: json.dumps(r, indent=2), lambda r: lines(r) + '\n\n'],
    ids=['a line each', 'one line', 'indented', 'blank lines at the end'],
)
def test_results_read_alike_in_every_layout(tmp_path, text):
    _, results = scored_case()
    path = tmp_path / 'results.json'
    path.write_text(text(results))
    read = read_results(path)
    assert all(r['attr_scores'].dtype == np.float32 for r in read)
    back = [dict(r, attr_scores=r['attr_scores'].tolist()) for r in read]
    assert back == results


def test_no_results(tmp_path):
    path = tmp_path / 'results.json'
    path.write_text('[]')
    assert read_results(path) == []


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('{"annotations": []}', 'results.json: not a list of COCO results'),
        ('[{"image_id": 1}]', 'results.json: entry 0 is no COCO result with'),
        ('[\n{"image_id": 1}\n]', 'results.json: entry 0 is no COCO result with'),
        ('[\n3\n]', 'results.json: entry 0 is no COCO result with'),
        ('[1, 2', 'results.json: Expecting'),
    ],
    ids=['a dict', 'no score', 'no score, by line', 'a number', 'cut off'],
)
def test_what_is_no_list_of_results(tmp_path, text, message):
    gt, _ = scored_case()
    (tmp_path / 'gt.json').write_text(json.dumps(gt))
    (tmp_path / 'results.json').write_text(text)
    truth = read_ground_truth(tmp_path / 'gt.json')
    with pytest.raises(ValueError, match=message):
        read_predictions(tmp_path / 'results.json', truth)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('[]', "gt.json: there is no table 'images'"),
        ('{"images": [{"id": 1}], "annotations": []}', "image 1 has no 'height'"),
        ('nothing', 'gt.json: Expecting value'),
    ],
    ids=['a list', 'an image without size', 'no JSON'],
)
def test_what_is_no_ground_truth(tmp_path, text, message):
    (tmp_path / 'gt.json').write_text(text)
    with pytest.raises(ValueError, match=message):
        read_ground_truth(tmp_path / 'gt.json')


def test_kept_scores_give_the_sets_of_any_threshold(tmp_path):
    coco, results = scored_case()
    (tmp_path / 'gt.json').write_text(json.dumps(coco))
    (tmp_path / 'results.json').write_text(lines(results))
    gt = read_ground_truth(tmp_path / 'gt.json')
    kept = read_predictions(tmp_path / 'results.json', gt, 0.4, keep_scores=True)
    assert kept.attr_scores.dtype == np.float32
    for threshold in (0.4, 0.55, [0.1, 0.2, 0.5, 0.6, 0.7, 0.8]):
        wanted = Predictions.from_coco(results, gt, threshold).attributes
        assert (kept.with_threshold(threshold).attributes == wanted).all()


def test_scores_that_were_not_kept():
    coco, results = scored_case()
    predictions = Predictions.from_coco(results, GroundTruth.from_coco(coco))
    with pytest.raises(ValueError, match='hold no attr_scores: every result needs'):
        predictions.with_threshold(0.3)


def test_scores_are_kept_where_every_result_has_them():
    coco, results = scored_case()
    results[-1]['attribute_ids'] = []
    del results[-1]['attr_scores']
    gt = GroundTruth.from_coco(coco)
    predictions = Predictions.from_coco(results, gt, keep_scores=True)
    assert predictions.attr_scores is None
    assert (
        predictions.attributes == Predictions.from_coco(results, gt).attributes
    ).all()


def test_csv_has_a_header_and_quotes_names(tmp_path):
    write_csv([dict(name='shirt, blouse', AP=0.5)], tmp_path / 'new/rows.csv')
    assert (tmp_path / 'new/rows.csv').read_text().splitlines() == [
        'name,AP',
        '"shirt, blouse",0.5',
    ]
