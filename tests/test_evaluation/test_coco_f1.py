"""The metric against hand-worked cases, COCOeval per threshold and brute force."""

import copy
import json

import numpy as np
import pytest
from coco_oracles import (
    add_twins,
    box,
    boxes_coco,
    brute_force_ap,
    oracle,
    pycocotools_stats,
    random_case,
)
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from pycocotools import mask as mask_utils

from projects.fashion_attr.evaluation.functional.coco_f1 import (
    THRESHOLDS,
    evaluate_coco_f1,
)
from projects.fashion_attr.evaluation.functional.overlaps import box_iou

seeds = st.integers(0, 10**6)


def evaluate(objects, detections, **options):
    return evaluate_coco_f1(boxes_coco(objects, detections), detections, **options)


WHOLE = (0, 0, 10, 10)
CASES = {
    'perfect': ([box(*WHOLE, [0, 3])], [box(*WHOLE, [0, 3])], dict(AP=1, f1AP=1)),
    'none predicted': ([box(*WHOLE, [0, 3])], [box(*WHOLE)], dict(AP=1, f1AP=0)),
    'none to predict': ([box(*WHOLE)], [box(*WHOLE, [0, 3])], dict(AP=1, f1AP=1)),
    'F1 of .8 passes at .50 to .80': (
        [box(*WHOLE, [0, 3])],
        [box(*WHOLE, [0, 3, 6])],
        {'AP': 1, 'f1AP': 0.7, 'f1AP50': 1, 'f1AP75': 1, 'f1APs': 0.7, 'f1APm': -1},
    ),
    'IoU of .6 passes at .50 to .60': (
        [box(*WHOLE, [0, 3])],
        [box(0, 0, 10, 6, [0, 3, 6])],
        {'AP': 0.3, 'AP50': 1, 'AP75': 0, 'f1AP': 0.3, 'AR@1': 0.3},
    ),
    'the attributes decide which detection hits': (
        [box(*WHOLE, [0, 3])],
        [box(*WHOLE, [6]), box(*WHOLE, [0, 3])],
        dict(AP=1, f1AP=0.5),
    ),
    'the attributes decide which object is hit': (
        # By IoU the first detection takes object 0, the second comes too late.
        [box(*WHOLE, [0]), box(0, 0, 10, 9, [3])],
        [box(*WHOLE, [3]), box(*WHOLE, [0])],
        # IoU with object 1 is .9, F1 is 0 or 1: both hit at .50 to .90, at .95
        # only the second, with precision 1/2 up to recall 1/2: 51 of 101 points.
        {'AP': (9 + 51 / 101) / 10, 'f1AP': (9 + 51 / 202) / 10},
    ),
    'another category': (
        [box(*WHOLE)],
        [box(*WHOLE, category_id=1)],
        {'AP': 0, 'AR@100': 0, 'f1AP': 0},
    ),
    'a crowd takes all and counts for nothing': (
        [box(*WHOLE), box(20, 0, 20, 20, iscrowd=1)],
        [box(20, 0, 9, 9), box(30, 0, 9, 9), box(*WHOLE)],
        {'AP': 1, 'f1AP': 1, 'AR@1': 0, 'AR@10': 1},
    ),
    'a crowd whose attributes differ forgives nothing': (
        [box(*WHOLE), box(20, 0, 20, 20, [0], iscrowd=1)],
        [box(20, 0, 9, 9), box(*WHOLE)],
        {'AP': 1, 'f1AP': 0.5},
    ),
    'no detection': ([box(*WHOLE)], [], {'AP': 0, 'AR@100': 0, 'f1AP': 0, 'APl': -1}),
    'no object': ([], [box(*WHOLE)], {'AP': -1, 'AR@100': -1, 'f1AP': -1}),
    'nothing': ([], [], {'AP': -1, 'f1AP50': -1}),
}


@pytest.mark.parametrize(('objects', 'detections', 'scores'), CASES.values(), ids=CASES)
def test_worked_by_hand(objects, detections, scores):
    result = evaluate(copy.deepcopy(objects), copy.deepcopy(detections))
    for iou_type in ('segm', 'bbox'):
        got = {key: result[iou_type][key] for key in scores}
        assert got == pytest.approx(scores, abs=1e-12)


def test_grid_averages_all_pairs_of_thresholds():
    objects = [box(*WHOLE, [0, 3])]
    detections = [box(0, 0, 10, 6, [0, 3, 6])]
    result = evaluate(objects, detections, pairs='grid')['bbox']
    assert result['f1AP'] == pytest.approx(3 * 7 / 100)
    assert result['f1AP50'] == pytest.approx(1)
    assert result['f1AP75'] == 0


@pytest.mark.parametrize(
    ('options', 'f1ap'),
    [
        (dict(attr_thr=0.4), 1),
        (dict(attr_thr=0.2), 0.7),
        (dict(attr_thr=[0.4, 0.4, 0.1, 0.4]), 0.7),
        (dict(attr_thr=[[0.4, 0.4, 0.1, 0.4], [0] * 4]), 0.7),
        (dict(attr_thr=0.95), 0),
        (dict(score_thr=0.95), 0),
        (dict(score_thr=0.9), 1),
    ],
    ids=['.4', '.2', 'per-attribute', 'per-category', '.95', 'score-.95', 'score-.9'],
)
def test_thresholds(options, f1ap):
    detection = box(*WHOLE, attr_scores=[0.9, 0.4, 0.3, 0.0])
    result = evaluate([box(*WHOLE, [0, 3])], [detection], **options)
    assert result['segm']['f1AP'] == pytest.approx(f1ap)


def test_constant_predictor_has_the_same_detections():
    objects = [box(*WHOLE, [0, 3]), box(20, 20, 10, 10, [6], category_id=1)]
    detections = [box(*WHOLE), box(20, 20, 10, 10, category_id=1)]
    result = evaluate(objects, detections, constant={0: (0, 3, 6)})['segm']
    # .7 for category 0; category 1 has no constant, so none of its attributes.
    assert result['f1AP_constant'] == pytest.approx((0.7 + 0) / 2)
    assert result['f1AP'] == 0


def test_limits_on_detections_name_the_recalls():
    detections = [box(20, 20, 5, 5), box(*WHOLE)]
    result = evaluate([box(*WHOLE)], detections, max_dets=(2, 1), f1_recall=True)
    got = {key: value for key, value in result['bbox'].items() if '@' in key}
    assert got == {'AR@1': 0, 'AR@2': 1, 'f1AR@1': 0, 'f1AR@2': 1}


@pytest.mark.parametrize(('limit', 'ap'), [(1, 0), (2, 0.5)])
def test_detections_beyond_the_limit_are_left_out(limit, ap):
    detections = [box(20, 20, 5, 5), box(*WHOLE)]
    result = evaluate([box(*WHOLE)], detections, max_dets=(limit,))
    assert result['segm']['AP'] == pytest.approx(ap)


def largest_difference(result, expected):
    assert all(set(result[t]) == set(expected[t]) for t in expected)
    return max(
        abs(result[t][k] - expected[t][k]) for t in expected for k in expected[t]
    )


@pytest.mark.parametrize('seed', range(12))
def test_equals_cocoeval_once_for_each_threshold(seed):
    gt, results = random_case(seed)
    add_twins(gt, results, seed)
    expected = oracle(gt, results)
    assert 0.01 < expected['segm']['f1AP'] < expected['segm']['AP'] < 0.95
    assert largest_difference(evaluate_coco_f1(gt, results), expected) < 1e-12


def test_grid_equals_cocoeval_once_for_each_f1_threshold():
    gt, results = random_case(3)
    result = evaluate_coco_f1(gt, results, pairs='grid')
    assert largest_difference(result, oracle(gt, results, pairs='grid')) < 1e-12


def test_equals_cocoeval_on_fashionpedia_data(shared_data):
    folder = shared_data / 'fashionpedia_golden'
    gt, results = (json.loads((folder / f'{n}.json').read_text()) for n in ('gt', 'dt'))
    result = evaluate_coco_f1(gt, results)
    assert largest_difference(result, oracle(gt, results)) < 1e-12


@pytest.mark.parametrize('seed', range(4))
def test_more_detections_than_the_limit(seed):
    gt, results = random_case(seed)
    rng = np.random.default_rng(seed)
    many = [dict(r, score=rng.random()) for r in results for _ in range(40)]
    result = evaluate_coco_f1(gt, many)
    assert largest_difference(result, oracle(gt, many)) < 1e-12


@pytest.mark.parametrize('iou_type', ['segm', 'bbox'])
@given(seed=seeds)
@settings(max_examples=8, deadline=None)
def test_equals_brute_force(iou_type, seed):
    gt, results = random_case(seed, num_images=3)
    for annotation in gt['annotations']:
        annotation['iscrowd'] = 0
    aps = [brute_force_ap(gt, results, iou_type, t) for t in THRESHOLDS]
    result = evaluate_coco_f1(gt, results, (iou_type,))[iou_type]
    assert result['f1AP'] == pytest.approx(np.mean(aps), abs=1e-12)
    assert result['f1AP75'] == pytest.approx(aps[5], abs=1e-12)


@given(seed=seeds)
@settings(max_examples=15, deadline=None)
def test_f1_of_one_everywhere_gives_pycocotools_numbers(seed):
    gt, results = random_case(seed)
    for annotation in gt['annotations']:
        annotation['attribute_ids'] = []
    result = evaluate_coco_f1(gt, results, f1_recall=True)
    for iou_type, scores in result.items():
        for key, value in pycocotools_stats(gt, results, iou_type).items():
            assert scores[key] == pytest.approx(value, abs=1e-12)
            assert scores[f'f1{key}'] == pytest.approx(value, abs=1e-12)


@given(seed=seeds)
@settings(max_examples=25, deadline=None)
def test_order_and_ids_change_nothing(seed):
    gt, results = random_case(seed)
    rng = np.random.default_rng(seed)
    for result, score in zip(results, rng.permutation(len(results)), strict=True):
        result['score'] = float(score)
    expected = evaluate_coco_f1(gt, results)
    for entries in (gt['images'], gt['annotations'], gt['categories'], results):
        rng.shuffle(entries)
    for annotation, number in zip(
        gt['annotations'], rng.permutation(len(gt['annotations'])), strict=True
    ):
        annotation['id'] = int(number)
    assert largest_difference(evaluate_coco_f1(gt, results), expected) < 1e-12


@given(seed=seeds)
@example(seed=41481)
@settings(max_examples=25, deadline=None)
def test_perfect_predictions_give_one(seed):
    gt, _ = random_case(seed)
    gt['annotations'] = [a for a in gt['annotations'] if not a['iscrowd']]
    # Of two objects with one mask COCOeval may give each the other's detection.
    places = [
        (a['image_id'], a['category_id'], a['segmentation']['counts'])
        for a in gt['annotations']
    ]
    assume(len(set(places)) == len(places))
    results = [dict(a, score=0.5) for a in gt['annotations']]
    scores = evaluate_coco_f1(gt, results)['segm']
    # Not so within an area range: there COCOeval lets a detection of another size
    # take an object of the range before its own.
    keys = ('AP', 'AP50', 'AP75', 'AR@100', 'f1AP', 'f1AP50', 'f1AP75')
    one = 1 if results else -1
    assert [scores[key] for key in keys] == [pytest.approx(one)] * len(keys)


def test_inputs_are_left_as_they_were():
    gt, results = random_case(0)
    before = copy.deepcopy((gt, results))
    evaluate_coco_f1(gt, results)
    assert (gt, results) == before


def test_box_iou_equals_pycocotools():
    rng = np.random.default_rng(0)
    det, gt = np.append(
        rng.uniform(0, 50, (2, 200, 2)), rng.uniform(0, 30, (2, 200, 2)), 2
    )
    crowd = rng.random(200) < 0.5
    expected = [
        mask_utils.iou(d[None], g[None], [int(c)])[0, 0]
        for d, g, c in zip(det, gt, crowd, strict=True)
    ]
    assert np.count_nonzero(expected) > 40
    np.testing.assert_allclose(box_iou(det, gt, crowd), expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(iou_types=('keypoints',)), "iou_types are 'segm' and 'bbox', got"),
        (dict(iou_types=()), "iou_types are 'segm' and 'bbox', got"),
        (dict(pairs='all'), "pairs is one of .*, got 'all'"),
        (dict(max_dets=(0, 10)), r'limits of at least 1, got \(0, 10\)'),
    ],
    ids=['type', 'no-type', 'pairs', 'limits'],
)
def test_unknown_options(options, message):
    with pytest.raises(ValueError, match=message):
        evaluate([box(*WHOLE)], [box(*WHOLE)], **options)
