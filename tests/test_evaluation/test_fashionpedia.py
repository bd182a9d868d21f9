"""The protocol against FPEval's own figures, hand-worked cases and plain loops."""

import copy
import json

import numpy as np
import pytest
from coco_oracles import entry
from fashionpedia_oracles import (
    GRADED,
    GROUPS,
    fashionpedia_case,
    fpeval,
    slow_fashionpedia,
    slow_macro_f1,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from projects.fashion_attr.datasets.taxonomy import label_descriptions
from projects.fashion_attr.evaluation.functional import coco_f1, fashionpedia
from projects.fashion_attr.evaluation.functional.ground_truth import GroundTruth
from projects.fashion_attr.evaluation.functional.macro_f1 import paired_macro_f1
from projects.fashion_attr.evaluation.functional.predictions import Predictions

evaluate_fashionpedia = fashionpedia.evaluate_fashionpedia
seeds = st.integers(0, 10**6)
GARMENT, ZIPPER = 10, 35  # a dress has attributes, a zipper has none
WHOLE = (0, 0, 10, 10)


def box(x, y, width, height, attributes=(), category=GARMENT, **fields):
    """An annotation or result whose mask is its box, in a 40 x 40 image."""
    mask = np.zeros((40, 40), bool)
    mask[y : y + height, x : x + width] = True
    fields = dict(image_id=0, category_id=category) | fields
    return entry(mask, attribute_ids=list(attributes), **fields)


def ground_truth(objects):
    for number, annotation in enumerate(objects):
        _, _, width, height = annotation['bbox']
        annotation |= dict(id=number, area=width * height)
        annotation.setdefault('iscrowd', 0)
    image = dict(id=0, height=40, width=40)
    return dict(images=[image], annotations=objects, **label_descriptions())


def evaluate(objects, detections, **options):
    for rank, detection in enumerate(detections):
        detection.setdefault('score', 0.9 - rank / 10)
    return evaluate_fashionpedia(ground_truth(objects), detections, **options)


def scores_of(result, iou_type, names):
    """Scores named kind/figure."""
    pairs = {name: name.split('/') for name in names}
    return {name: result[iou_type][kind][f] for name, (kind, f) in pairs.items()}


def perfect(attributes, **fields):
    return [box(*WHOLE, attributes, **fields)], [box(*WHOLE, attributes, **fields)]


HALF = 51 / 101  # precision 1 up to a recall of 1/2, at 51 of the 101 points
CASES = {
    'perfect': (
        *perfect([0, 3]),
        {'iou_f1/AP': 1, 'iou/APo': 1, 'f1/AP': 1, 'iou/APa': -1, 'iou_f1/APm': -1},
    ),
    'macro F1 of {a, b} and {a} is .83: passes at .50 to .80': (
        [box(*WHOLE, [0])],
        [box(*WHOLE, [0, 3])],
        {'iou_f1/AP': 0.7, 'f1/AP': 0.7, 'f1/AP_F175': 1, 'iou/AP': 1},
    ),
    'macro F1 of sets apart is just below .50': (
        [box(*WHOLE, [0])],
        [box(*WHOLE, [3])],
        {'iou_f1/AP': 0, 'f1/AP_F150': 0, 'iou/AP': 1},
    ),
    'attributes on a garment without any spoil it': (
        [box(*WHOLE)],
        [box(*WHOLE, [3])],
        {'iou_f1/AP_F150': 0, 'iou/AP': 1},
    ),
    'attributes of other categories are not looked at': (
        [box(*WHOLE, [0], ZIPPER)],
        [box(*WHOLE, [3], ZIPPER)],
        {'iou_f1/AP': 1, 'iou_f1/APp': 1, 'f1/AP': 1},
    ),
    'a category with attributes weighs ten times': (
        [box(*WHOLE, [0]), box(*WHOLE, category=ZIPPER)],
        [box(*WHOLE, category=ZIPPER)],
        {
            'iou_f1/AP': 1 / 11,
            'f1/AP': 1 / 11,
            'iou/AP': 1 / 2,
            'iou_f1/AP_F150': 1 / 2,
        },
    ),
    'without a threshold on IoU no overlap is needed': (
        [box(*WHOLE, [0])],
        [box(20, 20, 10, 10, [0])],
        {'f1/AP': 1, 'iou/AP': 0, 'iou_f1/AP': 0},
    ),
    'the first object keeps the detection unless both rise': (
        # IoU .6 and 1, F1 1 and .83: at .50 the first detection stays with the first
        # object, and the second one misses the other object by an IoU of .4.
        [box(0, 0, 10, 6, [0]), box(*WHOLE, [0, 3])],
        [box(*WHOLE, [0]), box(0, 0, 10, 4, [0])],
        {'iou/AP_IOU50': HALF, 'iou_f1/AP_IOU50_F150': HALF},
    ),
    'the other way round, the order of the file does no harm': (
        [box(*WHOLE, [0, 3]), box(0, 0, 10, 6, [0])],
        [box(*WHOLE, [0]), box(0, 0, 10, 4, [0])],
        {'iou/AP_IOU50': 1, 'iou_f1/AP_IOU50_F150': 1},
    ),
    'a crowd with attributes is taken once': (
        [box(*WHOLE, [0]), box(20, 0, 20, 20, [0], iscrowd=1)],
        [box(20, 0, 9, 9, [0]), box(30, 0, 9, 9, [0]), box(*WHOLE, [0])],
        {'iou/AP': 1 / 2, 'iou_f1/AP': 1 / 2},
    ),
    'a crowd without is taken by all': (
        [box(*WHOLE, (), ZIPPER), box(20, 0, 20, 20, (), ZIPPER, iscrowd=1)],
        [
            box(20, 0, 9, 9, (), ZIPPER),
            box(30, 0, 9, 9, (), ZIPPER),
            box(*WHOLE, (), ZIPPER),
        ],
        {'iou/AP': 1, 'iou_f1/AP': 1},
    ),
    'no detection': (
        [box(*WHOLE, [0])],
        [],
        {'iou_f1/AP': 0, 'f1/AR@100': 0, 'iou/APs': 0, 'iou/APl': -1},
    ),
    'no object': ([], [box(*WHOLE)], {'iou_f1/AP': -1, 'iou/AR@1': -1}),
    'nothing': ([], [], {'iou_f1/AP_IOU50_F150': -1, 'f1/ARs@100': -1}),
}


@pytest.mark.parametrize(('objects', 'detections', 'scores'), CASES.values(), ids=CASES)
def test_worked_by_hand(objects, detections, scores):
    result = evaluate(copy.deepcopy(objects), copy.deepcopy(detections))
    for iou_type in ('segm', 'bbox'):
        got = scores_of(result, iou_type, scores)
        assert got == pytest.approx(scores, abs=1e-12)


@pytest.mark.parametrize('category', range(46))
def test_which_categories_have_attributes_and_where_they_belong(category):
    objects, detections = [box(*WHOLE, [0], category)], [box(*WHOLE, [3], category)]
    result = evaluate(objects, detections, iou_types=('bbox',))['bbox']
    assert result['iou_f1']['AP'] == pytest.approx(0 if category in GRADED else 1)
    groups = {g for g in GROUPS if result['iou'][f'AP{g}'] > 0}
    assert groups == {
        g for g, (first, last) in GROUPS.items() if first <= category <= last
    }


def test_a_file_without_images():
    result = evaluate_fashionpedia(dict(images=[], annotations=[]), [])
    assert {v for f in result['segm'].values() for v in f.values()} == {-1}


def largest_difference(result, expected):
    names = {t: {k: list(v) for k, v in kinds.items()} for t, kinds in result.items()}
    for iou_type, kinds in expected.items():
        for kind, figures in kinds.items():
            assert set(names[iou_type][kind]) == set(figures) - {'seconds'}
    return max(
        abs(value - expected[iou_type][kind][name])
        for iou_type, kinds in result.items()
        for kind, figures in kinds.items()
        for name, value in figures.items()
    )


def test_equals_the_golden_figures(shared_data):
    folder = shared_data / 'fashionpedia_golden'
    gt, results, golden = (
        json.loads((folder / f'{name}.json').read_text())
        for name in ('gt', 'dt', 'golden')
    )
    expected = {
        t: {k: golden[t][k] for k in ('iou_f1', 'iou', 'f1')} for t in ('segm', 'bbox')
    }
    assert largest_difference(evaluate_fashionpedia(gt, results), expected) < 1e-9


@pytest.mark.parametrize('num_attributes', [6, 60])
@pytest.mark.parametrize('seed', range(6))
def test_equals_plain_loops(seed, num_attributes):
    gt, results = fashionpedia_case(seed, num_attributes)
    expected = slow_fashionpedia(gt, results)
    assert 0.01 < expected['segm']['iou_f1']['AP'] < 0.95
    assert largest_difference(evaluate_fashionpedia(gt, results), expected) < 1e-9


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_equals_plain_loops_on_anything(seed):
    gt, results = fashionpedia_case(seed)
    expected = slow_fashionpedia(gt, results, ('segm',))
    result = evaluate_fashionpedia(gt, results, ('segm',))
    assert largest_difference(result, expected) < 1e-9


@pytest.mark.parametrize('seed', range(2))
def test_more_detections_than_the_limit(seed):
    gt, results = fashionpedia_case(seed)
    rng = np.random.default_rng(seed)
    gt['images'] = gt['images'][:4]
    for entries in (gt['annotations'], results):
        entries[:] = [e for e in entries if e['image_id'] < 4]
    many = [dict(r, score=rng.random()) for r in results for _ in range(40)]
    counts = [(r['image_id'], r['category_id']) for r in many]
    assert max(map(counts.count, set(counts))) > 100
    result = evaluate_fashionpedia(gt, many, ('bbox',))
    assert largest_difference(result, slow_fashionpedia(gt, many, ('bbox',))) < 1e-9


def test_results_without_boxes_are_measured_by_their_masks():
    gt, results = fashionpedia_case(0)
    boxed = evaluate_fashionpedia(gt, results, ('segm',))
    for result in results:
        del result['bbox']
    expected = slow_fashionpedia(gt, results, ('segm',))
    result = evaluate_fashionpedia(gt, results, ('segm',))
    assert largest_difference(result, expected) < 1e-9
    assert largest_difference(result, boxed) > 1e-3


def renumbered(gt):
    gt = copy.deepcopy(gt)
    for number, annotation in enumerate(gt['annotations'], 1):
        annotation['id'] = number
    return gt


@pytest.mark.parametrize('num_attributes', [6, 60, 294])
@pytest.mark.parametrize('seed', range(100, 104))
def test_equals_the_published_program(seed, num_attributes):
    gt, results = fashionpedia_case(seed, num_attributes, twins=seed % 2 == 0)
    expected = fpeval(renumbered(gt), results)
    assert largest_difference(evaluate_fashionpedia(gt, results), expected) < 1e-9


def test_the_published_program_loses_matches_with_id_0():
    objects, detections = perfect([0, 3])
    gt = ground_truth(objects)
    detections[0]['score'] = 0.5
    ours = evaluate_fashionpedia(gt, detections)['segm']['iou']
    assert ours['AP'] == pytest.approx(1)
    assert fpeval(gt, detections)['segm']['iou']['AP'] == 0
    theirs = fpeval(renumbered(gt), detections)['segm']['iou']
    assert theirs['AP'] == pytest.approx(1)


@given(seed=seeds)
@example(seed=380078)
@settings(max_examples=15, deadline=None)
def test_perfect_predictions_give_one(seed):
    gt, _ = fashionpedia_case(seed, twins=False)
    gt['annotations'] = [a for a in gt['annotations'] if not a['iscrowd']]
    results = [dict(a, score=0.5) for a in gt['annotations']]
    # As objects are measured by their masks, so have to be the detections.
    for result in results:
        del result['bbox']
    for kind, figures in evaluate_fashionpedia(gt, results, ('segm',))['segm'].items():
        # Without IoU, one object's detection may take another of the same attributes,
        # of which only one is of the size that is looked at.
        sizes = ('APs', 'APm', 'APl', 'ARs', 'ARm', 'ARl') if kind == 'f1' else ()
        one = {
            v
            for key, v in figures.items()
            if not key.startswith('AR@1') and key not in sizes
        }
        assert {round(v, 12) for v in one} <= {1, -1}
        assert figures['AP'] == pytest.approx(1 if results else -1)


@given(seed=seeds)
@settings(max_examples=15, deadline=None)
def test_order_of_detections_images_and_ids_changes_nothing(seed):
    gt, results = fashionpedia_case(seed)
    rng = np.random.default_rng(seed)
    for result, score in zip(results, rng.permutation(len(results)), strict=True):
        result['score'] = float(score)
    expected = evaluate_fashionpedia(gt, results)
    for entries in (gt['images'], gt['categories'], gt['attributes'], results):
        rng.shuffle(entries)
    numbers = rng.permutation(len(gt['annotations']))
    for annotation, number in zip(gt['annotations'], numbers, strict=True):
        annotation['id'] = int(number)
    assert largest_difference(evaluate_fashionpedia(gt, results), expected) < 1e-12


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_without_attribute_categories_iou_is_coco(seed):
    gt, results = fashionpedia_case(seed)
    gt['categories'] = [c for c in gt['categories'] if c['id'] == 40]
    for entries in (gt['annotations'], results):
        entries[:] = [e for e in entries if e['category_id'] == 40]
    coco = coco_f1.evaluate_coco_f1(gt, results, ('bbox',))['bbox']
    result = evaluate_fashionpedia(gt, results, ('bbox',))['bbox']
    for figures in (result['iou'], result['iou_f1']):
        got = [figures[key] for key in ('AP', 'AP_IOU50', 'APm', 'AR@10', 'ARl@100')]
        want = [coco[key] for key in ('AP', 'AP50', 'APm', 'AR@10', 'ARl')]
        assert got == pytest.approx(want, abs=1e-12)


def test_categories_that_the_file_does_not_list_are_absent():
    gt, results = fashionpedia_case(1)
    expected = evaluate_fashionpedia(gt, results)
    gt['categories'] = [c for c in gt['categories'] if c['id'] in (5, 31, 40)]
    assert largest_difference(evaluate_fashionpedia(gt, results), expected) == 0


def test_takes_containers_and_thresholds():
    gt, results = fashionpedia_case(1)
    strong = [r for r in results if r['score'] >= 0.5]
    truth = GroundTruth.from_coco(gt)
    predictions = Predictions.from_coco(results, truth)
    result = evaluate_fashionpedia(truth, predictions, score_thr=0.5)
    assert largest_difference(result, evaluate_fashionpedia(gt, strong)) == 0
    ids = [a['id'] for a in gt['attributes']]
    for detection in results:
        owned = detection.pop('attribute_ids')
        detection['attr_scores'] = [0.3 if i in owned else 0.2 for i in ids]
    scored = evaluate_fashionpedia(gt, results, attr_thr=0.25, score_thr=0.5)
    assert largest_difference(scored, result) == 0
    none = evaluate_fashionpedia(gt, results, score_thr=0.5)
    assert none['segm']['iou_f1']['AP'] < result['segm']['iou_f1']['AP']


def test_inputs_are_left_as_they_were():
    gt, results = fashionpedia_case(0)
    before = copy.deepcopy((gt, results))
    evaluate_fashionpedia(gt, results)
    assert (gt, results) == before


@pytest.mark.parametrize('num_attributes', [1, 3, 294])
def test_macro_f1_equals_its_definition(num_attributes):
    rng = np.random.default_rng(num_attributes)
    density = rng.choice([0, 0.02, 0.5, 1], (2, 40, 1))
    predicted, truth = rng.random((2, 40, num_attributes)) < density
    det, gt = (grid.ravel() for grid in np.mgrid[:40, :40])
    sets = [[set(np.flatnonzero(row)) for row in rows] for rows in (predicted, truth)]
    expected = [
        slow_macro_f1(sets[0][d], sets[1][g], range(num_attributes))
        for d, g in zip(det, gt, strict=True)
    ]
    np.testing.assert_allclose(
        paired_macro_f1(predicted, truth, det, gt), expected, rtol=0, atol=1e-15
    )


@pytest.mark.parametrize(
    ('predicted', 'truth', 'f1'),
    [
        ([], [], 1),
        ([1], [2], (0 + 2 * 292 / (2 * 292 + 2)) / 2),
        ([1], [], (0 + 2 * 293 / (2 * 293 + 1)) / 2),
        ([1, 2], [1], (2 / 3 + 2 * 292 / (2 * 292 + 1)) / 2),
    ],
    ids=['both-empty', 'apart', 'none-true', 'one-too-many'],
)
def test_macro_f1_by_hand(predicted, truth, f1):
    rows = np.zeros((2, 294), bool)
    rows[0, predicted] = rows[1, truth] = True
    got = paired_macro_f1(rows[:1], rows[1:], np.array([0]), np.array([0]))
    assert got == pytest.approx(f1, abs=1e-15)


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(iou_types=('keypoints',)), "iou_types are 'segm' and 'bbox', got"),
        (dict(iou_types=()), "iou_types are 'segm' and 'bbox', got"),
    ],
    ids=['type', 'no-type'],
)
def test_unknown_options(options, message):
    with pytest.raises(ValueError, match=message):
        evaluate([box(*WHOLE)], [box(*WHOLE)], **options)


def test_other_categories_are_refused():
    gt = ground_truth([box(*WHOLE)])
    gt['categories'].append(dict(id=46, name='tote bag'))
    with pytest.raises(ValueError, match=r'category id 46: .* the categories 0 to 45'):
        evaluate_fashionpedia(gt, [])


@pytest.mark.parametrize(
    ('fields', 'message'),
    [
        (dict(image_id=7), r'prediction 0 \(image_id 7\): image_id 7 does not exist'),
        (dict(category_id=99), 'prediction 0 .*: category_id 99 does not exist'),
        (dict(attribute_ids=[250]), 'prediction 0 .*: attribute id 250 does not exist'),
        (dict(score=float('nan')), 'prediction 0 .*: score is nan'),
        (dict(bbox=[0, 0, 0, 9]), r'prediction 0 .*: box \[.*\] \(xywh\) has no area'),
    ],
    ids=['image', 'category', 'attribute', 'score', 'box'],
)
def test_bad_input_is_named(fields, message):
    with pytest.raises(ValueError, match=message):
        evaluate([box(*WHOLE)], [box(*WHOLE) | fields])
