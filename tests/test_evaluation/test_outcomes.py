"""Hits, wrong attributes and misses: by hand, and as many hits as f1AP counts."""

import numpy as np
import pytest
from coco_oracles import box, boxes_case, random_case
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.evaluation.functional import GroundTruth, Predictions
from projects.fashion_attr.evaluation.functional.losses import lost_points
from projects.fashion_attr.evaluation.functional.outcomes import Outcome, outcomes

IGNORED, WRONG, POOR, HIT = Outcome


def whole(attributes=(0, 3), **fields):
    return box(0, 0, 10, 10, attributes, **fields)


CASES = {
    'found': ([whole()], [whole()], [HIT], [HIT], [0]),
    'nothing there': ([], [whole()], [WRONG], [], [-1]),
    'nothing said': ([whole()], [], [], [WRONG], []),
    'half of the pixels is enough': (
        [whole()],
        [box(0, 0, 5, 10, [0, 3])],
        [HIT],
        [HIT],
        [0],
    ),
    'less is not': ([whole()], [box(0, 0, 4, 10, [0, 3])], [WRONG], [WRONG], [-1]),
    'another class': ([whole()], [whole(category_id=1)], [WRONG], [WRONG], [-1]),
    'F1 of a half is enough': ([whole()], [whole([0, 6])], [HIT], [HIT], [0]),
    'other attributes': ([whole()], [whole([6])], [POOR], [POOR], [0]),
    'an object without attributes asks for none': (
        *([whole([])], [whole([6])], [HIT], [HIT], [0]),
    ),
    'the second comes too late': (
        *([whole()], [whole(), whole()], [HIT, WRONG], [HIT], [0, -1]),
    ),
    'the one with the attributes hits, though it scores less': (
        *([whole()], [whole([6]), whole()], [WRONG, HIT], [HIT], [-1, 0]),
    ),
    'of two objects, the other is left to the other': (
        [whole(), box(0, 0, 10, 9, [6])],
        [whole([6]), box(0, 0, 10, 9, [9])],
        *([HIT, POOR], [POOR, HIT], [1, 0]),
    ),
    'a crowd': ([whole(iscrowd=1)], [whole()], [IGNORED], [IGNORED], [-1]),
}


@pytest.mark.parametrize(
    'objects, detections, of_detections, of_objects, truth',
    CASES.values(),
    ids=CASES.keys(),
)
def test_by_hand(objects, detections, of_detections, of_objects, truth):
    result = outcomes(*boxes_case(objects, detections))
    assert result.detections.tolist() == of_detections
    assert result.objects.tolist() == of_objects
    assert result.truth.tolist() == truth
    for row, found in enumerate(result.found_by()):
        assert found < 0 or result.truth[found] == row


def test_what_is_below_the_score_is_not_looked_at():
    gt, predictions = boxes_case([whole()], [whole(), whole()])
    result = outcomes(gt, predictions, score_thr=0.85)
    assert result.detections.tolist() == [HIT, IGNORED]
    result = outcomes(gt, predictions, score_thr=0.95)
    assert result.objects.tolist() == [WRONG]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(['segm', 'bbox']))
def test_as_many_as_the_table_of_lost_points_counts(seed, iou_type):
    gt, results = random_case(seed)
    gt = GroundTruth.from_coco(gt)
    predictions = Predictions.from_coco(results, gt)
    result = outcomes(gt, predictions, iou_type)
    rows = {r['error']: r['at .50'] for r in lost_points(gt, predictions, iou_type)}
    ignored = np.count_nonzero(result.detections == IGNORED)
    hits = np.count_nonzero(result.detections == HIT)
    errors = sum(rows.values()) - rows['missed']
    assert hits + errors + ignored == len(results)
    poor = np.count_nonzero(result.detections == POOR)
    # There, several detections may aim at one object.
    assert poor <= rows['poor attributes'] and bool(poor) == bool(
        rows['poor attributes']
    )
    assert np.count_nonzero(result.objects == HIT) == hits
    assert np.count_nonzero(result.objects == POOR) == poor
