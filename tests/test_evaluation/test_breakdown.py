"""Scores by category, supercategory and attribute."""

import numpy as np
import pytest
from coco_oracles import random_case
from coco_samples import scored_case
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.evaluation.functional import (
    GroundTruth,
    Predictions,
    evaluate_coco_f1,
)
from projects.fashion_attr.evaluation.functional.breakdown import (
    average_precision,
    break_down,
)
from projects.fashion_attr.evaluation.functional.found import found_objects
from projects.fashion_attr.evaluation.functional.overlaps import (
    image_pairs,
    overlapping_pairs,
    rank_detections,
)
from projects.fashion_attr.evaluation.functional.tables_files import format_tables

seeds = st.integers(0, 10**6)


def containers(seed=0, **options):
    coco, results = scored_case(seed, **options)
    gt = GroundTruth.from_coco(coco)
    return gt, Predictions.from_coco(results, gt, keep_scores=True)


@pytest.mark.parametrize(
    ('scores', 'positive', 'wanted'),
    [
        ([0.9, 0.8, 0.7], [1, 1, 0], 1),
        ([0.9, 0.8, 0.7], [0, 1, 0], 1 / 2),
        ([0.9, 0.8, 0.7, 0.6], [1, 0, 0, 1], (1 + 2 / 4) / 2),
        ([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0], 1 / 4),
        ([0.5, 0.9, 0.5, 0.1], [1, 0, 1, 1], (2 * 2 / 3 + 3 / 4) / 3),
        ([0.5], [0], -1),
        ([], [], -1),
    ],
    ids=['perfect', 'second', 'first and last', 'ties', 'mixed', 'absent', 'nothing'],
)
def test_average_precision_by_hand(scores, positive, wanted):
    got = average_precision(np.array(scores), np.array(positive, bool))
    assert got == pytest.approx(wanted)


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_average_precision_by_loops(seed):
    rng = np.random.default_rng(seed)
    scores, positive = rng.integers(0, 5, 12) / 4, rng.random(12) < 0.4
    if positive.any():
        slow = [positive[scores >= s].mean() for s in scores[positive]]
        assert average_precision(scores, positive) == pytest.approx(np.mean(slow))


def brute_force_found(gt, predictions, ious):
    """Greedy by falling score, as the definition reads."""
    found, free = {}, {int(g) for g in np.flatnonzero(~gt.crowd)}
    for det in np.argsort(-predictions.scores, kind='stable'):
        near = [(ious[det, g], g) for g in free if ious.get((det, g), 0) >= 0.5]
        if near:
            found[int(det)] = max(near)[1]
            free.remove(found[int(det)])
    return found


@given(seed=seeds)
@settings(max_examples=20, deadline=None)
def test_found_objects_by_brute_force(seed):
    coco, results = random_case(seed)
    gt = GroundTruth.from_coco(coco)
    predictions = Predictions.from_coco(results, gt)
    ranked = rank_detections(predictions, 100, len(gt.category_ids))
    pairs = overlapping_pairs(gt, predictions, ranked, 'segm', 0)
    keys = zip(ranked.index[pairs.det].tolist(), pairs.gt.tolist(), strict=True)
    ious = dict(zip(keys, pairs.iou, strict=True))
    found = found_objects(gt, predictions)
    got = dict(zip(found.det.tolist(), found.gt.tolist(), strict=True))
    assert got == brute_force_found(gt, predictions, ious)


@given(seed=seeds)
@settings(max_examples=10, deadline=None)
def test_pairs_of_an_image_are_those_of_its_categories_and_others(seed):
    coco, results = random_case(seed)
    gt = GroundTruth.from_coco(coco)
    predictions = Predictions.from_coco(results, gt)
    ranked = rank_detections(predictions, 100, len(gt.category_ids))
    some = overlapping_pairs(gt, predictions, ranked, 'segm', 0.1)
    every = image_pairs(gt, predictions, ranked, 'segm', 0.1)
    category = predictions.category[ranked.index]
    same = category[every.det] == gt.category[every.gt]
    assert (predictions.image[ranked.index[every.det]] == gt.image[every.gt]).all()

    def as_set(pairs, kept):
        columns = (pairs.det[kept], pairs.gt[kept], pairs.iou[kept])
        return set(zip(*map(np.ndarray.tolist, columns), strict=True))

    assert as_set(every, same) == as_set(some, slice(None))


@pytest.mark.parametrize('iou_type', ['segm', 'bbox'])
def test_categories_are_what_they_are_alone(iou_type):
    gt, predictions = containers(1, num_images=12)
    rows = break_down(gt, predictions, iou_type, score_thr=0.1).categories
    assert [row['f1AP'] for row in rows] == sorted(r['f1AP'] for r in rows)[::-1]
    for row in rows:
        k = gt.category_names.index(row['category'])
        only = gt.with_categories([gt.category_ids[k]])
        kept = predictions.category == k
        assert row['objects'] == len(only.image)
        assert row['detections'] == (kept & (predictions.scores >= 0.1)).sum()
        part = Predictions(
            predictions.image[kept],
            np.zeros(kept.sum(), int),
            predictions.scores[kept],
            predictions.boxes[kept],
            tuple(m for m, k in zip(predictions.masks, kept, strict=True) if k),
            predictions.attributes[kept],
        )
        alone = evaluate_coco_f1(only, part, [iou_type], score_thr=0.1)[iou_type]
        for name in ('AP', 'AP50', 'AP75', 'f1AP', 'f1AP50', 'f1AP75', 'AR@100'):
            assert row[name] == pytest.approx(alone[name], abs=1e-12)


def test_supercategories_are_means_of_their_categories():
    tables = break_down(*containers(2, num_images=12))
    assert {row['supercategory'] for row in tables.supercategories} == {
        'upperbody',
        'legs and feet',
    }
    row = next(r for r in tables.supercategories if r['supercategory'] == 'upperbody')
    members = [r for r in tables.categories if r['category'] != 'shoe']
    assert row['categories'] == 2
    assert row['objects'] == sum(r['objects'] for r in members)
    for name in ('AP', 'f1AP', 'f1AP75', 'AR@100'):
        assert row[name] == pytest.approx(np.mean([r[name] for r in members]))


def test_attributes_by_loops():
    gt, predictions = containers(3, num_images=20)
    found = found_objects(gt, predictions)
    pairs = [
        (d, g)
        for d, g in zip(found.det, found.gt, strict=True)
        if gt.attributes[g].any()
    ]
    rows = break_down(gt, predictions).attributes
    for row in rows:
        a = gt.attribute_names.index(row['attribute'])
        said = {d for d, _ in pairs if predictions.attributes[d, a]}
        true = {d for d, g in pairs if gt.attributes[g, a]}
        counts = row['objects'], row['found'], row['predicted']
        assert counts == (gt.attributes[:, a].sum(), len(true), len(said))
        assert row['precision'] == pytest.approx(len(said & true) / len(said))
        assert row['recall'] == pytest.approx(len(said & true) / len(true))
        assert row['F1'] == pytest.approx(
            2 * len(said & true) / (len(said) + len(true))
        )
        scores = np.array([predictions.attr_scores[d, a] for d, _ in pairs])
        positive = np.array([d in true for d, _ in pairs])
        assert row['AP'] == average_precision(scores, positive)
    assert [row['F1'] for row in rows] == sorted(r['F1'] for r in rows)[::-1]


def test_without_scores_attributes_have_no_ap():
    coco, results = random_case(1)
    gt = GroundTruth.from_coco(coco)
    tables = break_down(gt, Predictions.from_coco(results, gt))
    assert {row['AP'] for row in tables.attributes} == {-1}
    assert tables.supercategories == []


def test_nothing_found():
    coco, _ = scored_case()
    gt = GroundTruth.from_coco(coco)
    tables = break_down(gt, Predictions.from_coco([], gt, keep_scores=True))
    assert {row['F1'] for row in tables.attributes} == {-1}
    assert {row['f1AP'] for row in tables.categories} == {0}


def test_a_long_table_shows_its_ends():
    rows = [dict(name=str(n), AP=n / 10) for n in range(9)]
    text = format_tables(dict(categories=rows), 'segm', most=3)
    assert text.startswith(
        '### segm categories, the first 2 and the last 1 of 9\n\n| name |'
    )
    shown = [line.split('|')[1].strip() for line in text.splitlines()[4:]]
    assert shown == ['0', '1', '8']
