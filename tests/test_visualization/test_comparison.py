"""Verdicts on the garments of a picture, small enough to be worked out by hand."""

import numpy as np
import pytest
import torch
from mmdet.structures import DetDataSample
from mmengine.structures import InstanceData

from projects.fashion_attr.structures.run_length_masks import RunLengthMasks
from projects.fashion_attr.visualization import AttrLocalVisualizer
from projects.fashion_attr.visualization.comparison import Side, judge
from projects.fashion_attr.visualization.garment import read_garments
from projects.fashion_attr.visualization.verdict import (
    OTHER_ATTRIBUTES,
    RIGHT,
    WRONG,
)

META = dict(classes=('coat', 'shoe'), attributes=('long', 'red', 'wool', 'silk'))
SIZE = (20, 20)
A, B = (0, 0, 10, 10), (10, 10, 20, 20)


def side(*garments, masks=True, scores=False, attributes=True, size=SIZE):
    """Garments as (box xyxy, label, attribute indices)."""
    boxes = np.array([g[0] for g in garments], np.float32).reshape(-1, 4)
    bitmaps = np.zeros((len(garments), *size), np.uint8)
    for bitmap, box in zip(bitmaps, boxes * size[0] / SIZE[0], strict=True):
        x1, y1, x2, y2 = box.astype(int)
        bitmap[y1:y2, x1:x2] = 1
    instances = InstanceData(
        labels=np.array([g[1] for g in garments], np.int64),
        bboxes=boxes * size[0] / SIZE[0],
    )
    if masks:
        instances.masks = bitmaps
    if scores:
        instances.scores = np.linspace(0.9, 0.5, len(garments))
    if attributes:
        rows = np.full((len(garments), 4), -1)
        for row, (*_, own) in zip(rows, garments, strict=True):
            row[: len(own)] = own
        instances.attr_labels = rows
    return Side(instances, read_garments(instances, SIZE, SIZE, META, 0.4))


def verdicts(truth, found, **options):
    return [[g.verdict for g in part] for part in judge(truth, found, **options)]


@pytest.mark.parametrize('masks', [True, False], ids=['masks', 'boxes'])
def test_one_of_each_kind(masks):
    truth = side((A, 0, [0, 1]), (B, 0, [0, 1]), (B, 1, []), masks=masks)
    found = side((A, 0, [0, 2]), (B, 0, [2]), (A, 1, []), masks=masks, scores=True)
    assert verdicts(truth, found) == [
        [RIGHT, OTHER_ATTRIBUTES, WRONG],
        [RIGHT, OTHER_ATTRIBUTES, WRONG],
    ]


def test_attributes_of_what_was_found():
    truth, found = judge(side((A, 0, [0, 1, 3])), side((A, 0, [0, 2, 3]), scores=True))
    told = [
        [(a.name, a.verdict) for a in part[0].attributes] for part in (truth, found)
    ]
    assert told == [
        [('red', OTHER_ATTRIBUTES), ('long', RIGHT), ('silk', RIGHT)],
        [('wool', OTHER_ATTRIBUTES), ('long', RIGHT), ('silk', RIGHT)],
    ]


def test_attributes_of_what_was_not_found_are_not_judged():
    parts = judge(side((A, 0, [0])), side((B, 0, [0]), scores=True))
    assert [part[0].attributes[0].verdict for part in parts] == [None, None]
    assert [part[0].verdict for part in parts] == [WRONG, WRONG]


def test_the_metric_decides_between_two_that_overlap():
    """The first in score takes the object, the second is a duplicate."""
    truth = side((A, 0, []))
    found = side((A, 0, []), ((0, 0, 10, 9), 0, []), scores=True)
    assert verdicts(truth, found) == [[RIGHT], [RIGHT, WRONG]]


def test_a_detector_without_attributes_is_not_blamed_for_them():
    found = side((A, 0, []), scores=True, attributes=False)
    assert verdicts(side((A, 0, [0, 1])), found) == [[RIGHT], [RIGHT]]


def test_what_finds_a_crowd_is_not_judged():
    crowds = side((B, 0, []))
    found = side((A, 0, []), (B, 0, []), scores=True)
    assert verdicts(side((A, 0, [])), found, crowds=crowds) == [[RIGHT], [RIGHT, None]]


@pytest.mark.parametrize('truth, found', [((), (A,)), ((A,), ()), ((), ())])
def test_sides_with_nothing_on_them(truth, found):
    sides = [side(*((box, 0, [0]) for box in boxes)) for boxes in (truth, found)]
    assert verdicts(*sides) == [[WRONG] * len(truth), [WRONG] * len(found)]


def test_masks_of_another_size_are_compared_as_they_are_drawn():
    truth = side((A, 0, [0]))
    found = side((A, 0, [0]), scores=True, size=(60, 60))
    assert verdicts(truth, found) == [[RIGHT], [RIGHT]]


def test_masks_are_compared_at_the_stored_size():
    """Half of 10 rows is enough, as drawn on 7 it would be more or less than that."""
    for rows, verdict in ((5, RIGHT), (4, WRONG)):
        parts = []
        for box in (A, (0, 0, 10, rows)):
            part = side((box, 0, []), scores=True)
            runs = RunLengthMasks.from_ndarray(part.instances.masks)
            part.instances.masks = runs if box == A else torch.from_numpy(runs.masks)
            garments = read_garments(part.instances, SIZE, (7, 7), META, 0.4)
            parts.append(Side(part.instances, garments))
        assert verdicts(*parts) == [[verdict], [verdict]]


def draw(compare=True, draw_gt=True, moved=False):
    visualizer = AttrLocalVisualizer(compare=compare)
    visualizer.dataset_meta = META
    truth = side((A, 0, [0])).instances
    found = side((B if moved else A, 0, [0]), scores=True).instances
    sample = DetDataSample(gt_instances=truth, pred_instances=found)
    return visualizer.draw_datasample(np.zeros((*SIZE, 3)), sample, draw_gt)


def has(drawn, color):
    return (drawn == color).all(-1).any()


def test_a_picture_with_both_sides_shows_what_was_hit():
    assert has(draw(), RIGHT.color) and not has(draw(), WRONG.color)
    assert has(draw(moved=True), WRONG.color)


def test_one_side_alone_and_a_picture_that_should_not_compare():
    for drawn in (draw(draw_gt=False), draw(compare=False)):
        assert not has(drawn, RIGHT.color)
