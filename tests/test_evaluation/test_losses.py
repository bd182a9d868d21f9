"""What each kind of error costs: by hand, by repair and re-evaluation, by property."""

import numpy as np
import pytest
from coco_oracles import add_twins, box, boxes_case, random_case
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.evaluation.functional import (
    GroundTruth,
    Predictions,
    evaluate_coco_f1,
)
from projects.fashion_attr.evaluation.functional.losses import KINDS, lost_points


def losses(objects, detections, **options):
    rows = lost_points(*boxes_case(objects, detections), **options)
    return {row['error']: row for row in rows}


def whole(**fields):
    return box(0, 0, 10, 10, [0, 3], **fields)


# Objects, detections, the kind, errors of it at .50, f1AP before and after.
HALF = 51 / 101  # AP where one of two objects is found, first
CASES = {
    'missed': ([whole(), box(20, 0, 9, 9)], [whole()], 'missed', 1, HALF, 1),
    'wrong class': ([whole()], [whole(category_id=1)], 'wrong class', 1, 0, 1),
    'wrong class of a taken object is taken away': (
        # The false positive is in a class without objects: it costs nothing.
        [whole()],
        [whole(category_id=1), whole()],
        *('wrong class', 1, 1, 1),
    ),
    'poor mask': ([whole()], [box(0, 0, 10, 4, [0, 3])], 'poor mask', 1, 0, 1),
    'mask of IoU .6, from .65 on': (
        *([whole()], [box(0, 0, 10, 6, [0, 3])]),
        *('poor mask', 0, 0.3, 1),
    ),
    'poor attributes': (
        [whole()],
        [box(0, 0, 10, 10, [6])],
        'poor attributes',
        1,
        0,
        1,
    ),
    'F1 of .8, from .85 on': (
        *([whole()], [box(0, 0, 10, 10, [0, 3, 6])]),
        *('poor attributes', 0, 0.7, 1),
    ),
    'duplicate before the second object': (
        [whole(), box(20, 0, 9, 9)],
        [whole(), whole(), box(20, 0, 9, 9)],
        # Precision 1 up to recall 1/2, then 2/3.
        *('duplicate', 1, (51 + 50 * 2 / 3) / 101, 1),
    ),
    'background first': (
        *([whole()], [box(20, 20, 9, 9), whole()]),
        *('background', 1, 0.5, 1),
    ),
    'a crowd forgives': (
        [whole(), box(20, 20, 20, 20, iscrowd=1)],
        [box(20, 20, 9, 9), whole()],
        *('background', 0, 1, 1),
    ),
}


@pytest.mark.parametrize(
    ('objects', 'detections', 'kind', 'count', 'before', 'after'),
    CASES.values(),
    ids=CASES,
)
@pytest.mark.parametrize('iou_type', ['segm', 'bbox'])
def test_worked_by_hand(objects, detections, kind, count, before, after, iou_type):
    row = losses(objects, detections, iou_type=iou_type)[kind]
    assert row['at .50'] == count
    assert row['f1AP'] == pytest.approx(after)
    assert row['f1AP'] - row['cost'] == pytest.approx(before)


def test_the_first_of_two_errors_on_one_object_is_repaired():
    detections = [box(0, 0, 10, 10, [6]), box(0, 0, 10, 10, [9]), whole(image_id=0)]
    detections[2]['category_id'] = 1
    rows = losses([whole()], detections)
    counts = [rows[kind]['at .50'] for kind in KINDS]
    assert dict(zip(KINDS, counts, strict=True)) == {
        'missed': 0,
        'wrong class': 1,
        'poor mask': 0,
        'poor attributes': 2,
        'duplicate': 0,
        'background': 0,
    }
    assert rows['poor attributes']['f1AP'] == pytest.approx(1)
    assert rows['wrong class']['f1AP'] == pytest.approx(1 / 3)  # third by score


def test_a_second_error_stays():
    """Neither the class alone nor the attributes alone would make it a hit."""
    rows = losses([whole()], [box(0, 0, 10, 10, [6], category_id=1)])
    assert rows['wrong class']['at .50'] == 1
    assert {row['f1AP'] for row in rows.values()} == {0}


def random_boxes_case(seed):
    gt, results = random_case(seed)
    add_twins(gt, results, seed)
    truth = GroundTruth.from_coco(gt)
    return truth, Predictions.from_coco(results, truth)


@given(seed=st.integers(0, 10**6), iou_type=st.sampled_from(['segm', 'bbox']))
@settings(max_examples=30, deadline=None)
def test_no_repair_lowers_the_score(seed, iou_type):
    gt, predictions = random_boxes_case(seed)
    f1ap = evaluate_coco_f1(gt, predictions, [iou_type])[iou_type]['f1AP']
    rows = lost_points(gt, predictions, iou_type)
    assert {row['error'] for row in rows} == set(KINDS)
    assert [row['cost'] for row in rows] == sorted(r['cost'] for r in rows)[::-1]
    for row in rows:
        assert row['cost'] >= -1e-12
        assert row['f1AP'] <= 1 + 1e-12
        assert row['f1AP'] - row['cost'] == pytest.approx(f1ap, abs=1e-12)
        if row['mean'] == 0:
            assert row['cost'] == pytest.approx(0, abs=1e-12)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_attributes_repaired_on_distinct_objects_equal_a_new_evaluation(seed):
    """One detection an object, in place: with all attributes right, f1AP is AP."""
    gt, results = random_case(seed)
    objects = [a for a in gt['annotations'] if not a['iscrowd']]
    rng = np.random.default_rng(seed)
    detections = [
        dict(
            {key: o[key] for key in ('image_id', 'category_id', 'segmentation')},
            bbox=o['bbox'],
            score=float(rng.random()),
            attribute_ids=[0, 9] if rng.random() < 0.5 else o['attribute_ids'],
        )
        for o in objects
    ]
    gt['annotations'] = objects
    truth = GroundTruth.from_coco(gt)
    predictions = Predictions.from_coco(detections, truth)
    rows = {r['error']: r for r in lost_points(truth, predictions)}
    plain = evaluate_coco_f1(truth, predictions, ['segm'])['segm']['AP']
    assert rows['poor attributes']['f1AP'] == pytest.approx(plain, abs=1e-12)


def test_no_detections():
    rows = losses([whole()], [])
    assert rows['missed'] == pytest.approx(
        {'error': 'missed', 'at .50': 1, 'mean': 1, 'f1AP': 1, 'cost': 1}
    )
    assert rows['background']['cost'] == 0


def test_no_objects():
    rows = losses([], [whole()])
    assert {row['f1AP'] for row in rows.values()} == {-1}
    assert rows['background']['at .50'] == 1
