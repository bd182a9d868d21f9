"""From scores to garments, by numbers that can be worked out by hand."""

import json

import numpy as np
import pytest

from projects.fashion_attr.apis.inferencer import RawPrediction, Vocabulary
from projects.fashion_attr.apis.inferencer.selection import (
    check_score,
    read_thresholds,
    select_garments,
)

VOCABULARY = Vocabulary.from_meta(
    dict(classes=('shoe', 'sleeve'), attributes=('plain (pattern)', 'wrist-length'))
)
RAW = RawPrediction(
    size=(4, 6),
    labels=np.array([1, 0, 1]),
    scores=np.array([0.9, 0.5, 0.2], np.float32),
    boxes=np.array([[0, 1, 2, 3], [0, 0, 6, 4], [1, 1, 2, 2]], np.float32),
    masks=[dict(size=[4, 6], counts=str(n)) for n in range(3)],
    attr_scores=np.array([[0.3, 0.8], [0.6, 0.1], [0.4, 0.4]], np.float32),
)


def found(score_thr, attr_thr):
    """(category, attributes) of each garment."""
    garments = select_garments(RAW, VOCABULARY, score_thr, attr_thr)
    return [(g.category, [a.name for a in g.attributes]) for g in garments]


@pytest.mark.parametrize(
    'score_thr, attr_thr, expected',
    [
        (0.95, 0.4, []),
        (0.5, 0.5, [('sleeve', ['wrist-length']), ('shoe', ['plain (pattern)'])]),
        (0.0, 0.4, [('sleeve', ['wrist-length']), ('shoe', ['plain (pattern)']),
                    ('sleeve', ['plain (pattern)', 'wrist-length'])]),
        (0.6, np.array([0.3, 0.9]), [('sleeve', ['plain (pattern)'])]),
        # By category: shoes never, sleeves always.
        (0.4, np.array([[2.0, 2.0], [0.0, 0.0]]),
         [('sleeve', ['plain (pattern)', 'wrist-length']), ('shoe', [])]),
    ],
    ids=['none', 'half', 'all', 'by attribute', 'by category'],
)  # fmt: skip
def test_thresholds_are_reached(score_thr, attr_thr, expected):
    assert found(score_thr, attr_thr) == expected


def test_ids_supercategories_box_and_mask_belong_to_the_garment():
    garment = select_garments(RAW, VOCABULARY, 0.5, 0.5)[1]
    assert (garment.category_id, garment.supercategory) == (23, 'legs and feet')
    assert garment.box == (0, 0, 6, 4)
    assert garment.mask == dict(size=[4, 6], counts='1')
    (attribute,) = garment.attributes
    assert (attribute.id, attribute.supercategory) == (317, 'textile pattern')
    assert attribute.score == pytest.approx(0.6)


def test_a_garment_is_json_and_words():
    garment = select_garments(RAW, VOCABULARY, 0.6, 0.5)[0]
    assert str(garment) == '0.90 sleeve: wrist-length'
    given = json.loads(json.dumps(garment.to_dict()))
    assert given['description'] == 'sleeve: wrist-length'
    assert given['groups'] == {'length': ['wrist-length']}
    assert given['box'] == [0, 1, 2, 3]
    assert given['attributes'][0]['id'] == 160


def test_a_network_without_attributes_or_masks_gives_garments_without():
    raw = RawPrediction((4, 6), RAW.labels, RAW.scores, RAW.boxes)
    garments = select_garments(raw, VOCABULARY, 0.0, 0.4)
    assert [(g.mask, g.attributes) for g in garments] == [(None, ())] * 3


def test_scores_of_another_taxonomy_are_refused():
    raw = RawPrediction(
        (4, 6), RAW.labels, RAW.scores, RAW.boxes, attr_scores=np.zeros((3, 5))
    )
    with pytest.raises(ValueError, match='scores 5 attributes, .* names 2'):
        select_garments(raw, VOCABULARY, 0.0, 0.4)


def test_a_file_of_thresholds_is_read_by_id(tmp_path):
    file = tmp_path / 'thresholds.json'
    tables = dict(overall=0.4, attributes={'160': 0.2}, categories={'31': {'317': 0.7}})
    file.write_text(json.dumps(tables))
    for given in (file, str(file)):
        matrix = read_thresholds(given, VOCABULARY)
        assert matrix.tolist() == [[0.4, 0.2], [0.7, 0.2]]


@pytest.mark.parametrize(
    'given, error, message',
    [
        ('gone.json', FileNotFoundError, 'no file of thresholds gone.json; tools/cal'),
        (np.zeros(3), ValueError, r'shape \(3,\) for 2 categories and 2 attributes'),
        (float('nan'), ValueError, 'NaN'),
    ],
)
def test_wrong_thresholds_are_named(given, error, message):
    with pytest.raises(error, match=message):
        read_thresholds(given, VOCABULARY)


@pytest.mark.parametrize('score', [-0.1, 1.5, float('nan')])
def test_a_class_threshold_lies_between_0_and_1(score):
    with pytest.raises(ValueError, match='must lie in 0..1'):
        check_score(score)


@pytest.mark.parametrize(
    'meta, message',
    [
        ({}, "no 'classes'"),
        (dict(classes=('person', 'bicycle')), "class 'person' .* another data set"),
        (dict(classes=('shoe',), attributes=('red',)), "attribute 'red'"),
    ],
)
def test_names_of_another_data_set_are_refused(meta, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary.from_meta(meta)
