"""Attribute thresholds: found on one half, no worse than one for all on the other."""

import json

import numpy as np
import pytest
from coco_samples import scored_case
from hypothesis import given, settings
from hypothesis import strategies as st

from projects.fashion_attr.evaluation.functional import GroundTruth, Predictions
from projects.fashion_attr.evaluation.functional.calibration import (
    GRID,
    Samples,
    fit_thresholds,
    sample_f1,
    samples_of,
)
from projects.fashion_attr.evaluation.functional.calibration_report import (
    calibrate,
    fitting_half,
)
from projects.fashion_attr.evaluation.functional.found import found_objects
from projects.fashion_attr.evaluation.functional.thresholds_file import (
    load_thresholds,
    save_thresholds,
)


def samples(seed, count=600, shift=0.0, categories=1):
    """Samples of 20 attributes whose best thresholds are told by ``shift``.

    With a shift of 0, scores are the probabilities themselves, so that no
    attribute needs a threshold of its own; otherwise every second attribute is
    scored too high by it, in every category but the first.
    """
    rng = np.random.default_rng(seed)
    chance = rng.beta(0.4, 1.6, (count, 20))
    truth = rng.random(chance.shape) < chance
    category = rng.integers(0, categories, count)
    scores = chance.copy()
    scores[:, ::2] += shift * ((category > 0) | (categories == 1))[:, None]
    kept = truth.any(1)
    image = np.arange(count) // 4
    columns = (scores.clip(0, 1).astype(np.float32), truth, category, image)
    return Samples(*(column[kept] for column in columns))


def slow_f1(data, thresholds) -> float:
    values = []
    for row, truth, category in zip(
        data.scores, data.truth, data.category, strict=True
    ):
        limits = np.broadcast_to(np.atleast_2d(thresholds)[-1], row.shape)
        if np.ndim(thresholds) == 2:
            limits = thresholds[category]
        said = set(np.flatnonzero(row >= np.float32(limits)))
        true = set(np.flatnonzero(truth))
        values.append(2 * len(said & true) / (len(said) + len(true)))
    return float(np.mean(values))


def test_one_threshold_for_all_is_the_best_of_the_grid():
    data = samples(0, 80)
    best = max(slow_f1(data, t) for t in GRID)
    fitted = fit_thresholds(data, 1, min_count=10**6)
    assert slow_f1(data, fitted.overall) == best
    assert (fitted.category == fitted.overall).all()
    assert sample_f1(data, fitted.overall).mean() == pytest.approx(best)


@pytest.mark.parametrize('seed', range(4))
def test_attributes_that_are_scored_too_high_get_higher_thresholds(seed):
    fitted = fit_thresholds(samples(seed, 2000, 0.3), 1)
    other = samples(seed + 100, 1000, 0.3)
    assert fitted.attribute[::2].mean() > fitted.attribute[1::2].mean() + 0.15
    gain = slow_f1(other, fitted.attribute) - slow_f1(other, fitted.overall)
    assert gain > 0.02


def test_categories_leave_their_attributes_where_the_data_say_so():
    fitted = fit_thresholds(samples(1, 1500, 0.4, categories=2), 2)
    other = samples(2, 1500, 0.4, categories=2)
    gain = slow_f1(other, fitted.category) - slow_f1(other, fitted.attribute)
    assert gain > 0.01


@pytest.mark.parametrize('count', [8, 60, 600])
@pytest.mark.parametrize('shift', [0.0, 0.3], ids=['null', 'shifted'])
def test_never_worse_than_one_for_all_by_more_than_noise(count, shift):
    """Pooled over seeds, so that one unlucky half does not decide."""
    for grade in ('attribute', 'category'):
        differences = []
        for seed in range(20):
            fitted = fit_thresholds(samples(seed, count, shift, 3), 3)
            other = samples(seed + 1000, 600, shift, 3)
            f1 = sample_f1(other, getattr(fitted, grade))
            differences.append((f1 - sample_f1(other, fitted.overall)).mean())
        noise = np.std(differences) / np.sqrt(len(differences))
        assert np.mean(differences) >= -2 * noise - 1e-12
        assert min(differences) > -0.02


def test_a_threshold_stays_where_there_is_too_little():
    data = samples(0, 300, shift=0.4)
    evidence = (data.truth | (data.scores >= 0.3)).sum(0)
    fitted = fit_thresholds(data, 1, min_count=int(evidence.max()) * 2)
    assert (fitted.attribute == fitted.overall).all()


@given(seed=st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_order_of_the_samples_does_not_matter(seed):
    data = samples(seed % 7, 120, shift=0.3)
    order = np.random.default_rng(seed).permutation(len(data.truth))
    first, second = fit_thresholds(data, 1), fit_thresholds(data.rows(order), 1)
    assert first.overall == second.overall
    assert (first.attribute == second.attribute).all()


def test_nothing_to_fit():
    with pytest.raises(ValueError, match='no detection found an object with attr'):
        fit_thresholds(samples(0).rows(np.zeros(0, int)), 1)


def containers(seed=0, num_images=30):
    coco, results = scored_case(seed, num_images)
    gt = GroundTruth.from_coco(coco)
    return gt, Predictions.from_coco(results, gt, keep_scores=True)


def test_samples_are_detections_that_found_an_object_with_attributes():
    gt, predictions = containers()
    found = found_objects(gt, predictions)
    assert len(set(found.gt.tolist())) == len(found.gt)
    assert (predictions.category[found.det] == gt.category[found.gt]).all()
    assert (predictions.image[found.det] == gt.image[found.gt]).all()
    data = samples_of(gt, predictions)
    with_attributes = gt.attributes[found.gt].any(1)
    assert 0 < len(data.truth) == with_attributes.sum() < len(found.gt)


def test_half_of_the_images_are_fitted():
    first, again, other = (fitting_half(101, seed) for seed in (0, 0, 1))
    assert first.sum() == 51
    assert (first == again).all()
    assert (first != other).any()


def test_report_has_every_grade_on_the_other_half():
    gt, predictions = containers()
    thresholds, rows = calibrate(gt, predictions, min_count=5)
    names = [row['thresholds'] for row in rows]
    assert names[0] == '0.4'
    assert names[1] == f'{thresholds.overall:g}, best for all'
    assert rows[1]['difference'] == 0
    inside = fitting_half(len(gt.image_ids), 0)
    data = samples_of(gt, predictions)
    data = data.rows(~inside[data.image])
    assert rows[0]['samples'] == len(data.truth)
    assert rows[0]['set-F1'] == pytest.approx(slow_f1(data, 0.4))
    assert rows[3]['set-F1'] == pytest.approx(slow_f1(data, thresholds.category))
    assert 0 <= rows[3]['f1AP'] <= 1


def test_file_gives_the_thresholds_back(tmp_path):
    gt, predictions = containers()
    thresholds, _ = calibrate(gt, predictions, min_count=5, margin=0)
    path = tmp_path / 'new/thresholds.json'
    save_thresholds(thresholds, gt, path, dict(note='x'))
    read = load_thresholds(path, gt.category_ids, gt.attribute_ids)
    assert (read == thresholds.category).all()
    some = load_thresholds(path, gt.category_ids[1:], gt.attribute_ids)
    assert (some == thresholds.category[1:]).all()
    assert json.loads(path.read_text())['note'] == 'x'


FILES = {
    'overall alone': ({'overall': 0.4}, [[0.4, 0.4], [0.4, 0.4]]),
    'an attribute': (
        {'overall': 0.4, 'attributes': {'7': 0.3}},
        [[0.4, 0.3], [0.4, 0.3]],
    ),
    'an attribute of a category': (
        {
            'overall': 1,
            'attributes': {'7': 0.3},
            'categories': {'2': {'7': 0.5, '5': 0.25}, '99': {'7': 0.9}},
        },
        [[1, 0.3], [0.25, 0.5]],
    ),
}


@pytest.mark.parametrize(('content', 'wanted'), FILES.values(), ids=FILES)
def test_grades_of_a_file(tmp_path, content, wanted):
    path = tmp_path / 'thresholds.json'
    path.write_text(json.dumps(content))
    assert load_thresholds(path, [1, 2], np.array([5, 7])).tolist() == wanted


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('[]', 'thresholds.json: not an object with overall'),
        ('{}', "thresholds.json: an entry has no 'overall'"),
        ('{"overall": null}', 'overall: None is no threshold'),
        ('{"overall": true}', 'overall: True is no threshold'),
        ('{"overall": NaN}', 'overall: nan is no threshold'),
        (
            '{"overall": 0.4, "attributes": {"5": "x"}}',
            "attributes, attribute 5: 'x' is no threshold",
        ),
        (
            '{"overall": 0.4, "categories": {"1": {"6": 0.5}}}',
            'categories, 1, attribute 6: no such attribute id among 2',
        ),
        ('{', 'thresholds.json: Expecting'),
    ],
    ids=['list', 'empty', 'null', 'bool', 'NaN', 'text', 'taxonomy', 'cut off'],
)
def test_files_that_are_not_sound(tmp_path, text, message):
    path = tmp_path / 'thresholds.json'
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        load_thresholds(path, np.array([1, 2]), np.array([5, 7]))
