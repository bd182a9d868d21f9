"""Reading ground truth and predictions, and the errors that name an entry."""

import numpy as np
import pytest
from coco_oracles import entry, random_case

from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS
from projects.fashion_attr.evaluation.functional import (
    GroundTruth,
    Predictions,
    evaluate_coco_f1,
)


def coco():
    mask = np.zeros((6, 8), bool)
    mask[1:4, 2:7] = True
    fields = dict(category_id=2, iscrowd=0, area=15.0)
    return dict(
        images=[dict(id=5, height=6, width=8), dict(id=4, height=6, width=8)],
        annotations=[
            entry(mask, id=0, image_id=5, attribute_ids=[7, 1], **fields),
            entry(mask, id=9, image_id=4, attribute_ids=[], **fields),
        ],
        categories=[dict(id=2, name='coat')],
        attributes=[dict(id=i, name=str(i)) for i in (1, 3, 7)],
    )


def result(**changes):
    fields = dict(coco()['annotations'][0], score=0.5) | changes
    return {key: value for key, value in fields.items() if value is not None}


def test_ground_truth_is_indexed():
    gt = GroundTruth.from_coco(coco())
    assert gt.image_ids.tolist() == [4, 5]
    assert gt.image.tolist() == [1, 0]
    assert gt.attributes.tolist() == [[True, False, True], [False] * 3]
    assert gt.boxes.tolist() == [[2, 1, 5, 3]] * 2


def test_without_attributes_the_taxonomy_counts():
    source = coco()
    del source['attributes']
    assert GroundTruth.from_coco(source).attribute_ids.tolist() == list(ATTRIBUTE_IDS)


def test_subset_equals_reading_fewer_images():
    source, _ = random_case(1)
    part = dict(
        source,
        images=[i for i in source['images'] if i['id'] in (1, 3)],
        annotations=[a for a in source['annotations'] if a['image_id'] in (1, 3)],
    )
    subset = GroundTruth.from_coco(source).subset([3, 1, 3])
    expected = GroundTruth.from_coco(part)
    for name, value in vars(expected).items():
        np.testing.assert_array_equal(getattr(subset, name), value, err_msg=name)


def test_subset_of_unknown_image():
    with pytest.raises(ValueError, match='image_id 6 does not exist'):
        GroundTruth.from_coco(coco()).subset([4, 6])


def test_boxes_come_from_masks_where_absent():
    predictions = Predictions.from_coco(
        [result(bbox=None)], GroundTruth.from_coco(coco())
    )
    assert predictions.boxes.tolist() == [[2, 1, 5, 3]]


def test_attribute_scores_come_before_ids():
    gt = GroundTruth.from_coco(coco())
    results = [result(attr_scores=[0, 0.4, 0.39]), result(attribute_ids=[7])]
    predictions = Predictions.from_coco(results, gt)
    assert predictions.attributes.tolist() == [[0, 1, 0], [0, 0, 1]]


SMALL = dict(size=[5, 8], counts='X1')
BAD_ANNOTATIONS = {
    'image': (dict(image_id=6), 'annotation 9: image_id 6 does not exist'),
    'category': (dict(category_id=0), 'annotation 9: category_id 0 does not exist'),
    'attribute': (dict(attribute_ids=[3, 4]), 'annotation 9: attribute id 4 does not'),
    'NaN box': (dict(bbox=[1, 1, float('nan'), 3]), r'annotation 9 has the box \[1, 1'),
    'mask': (dict(segmentation=[]), 'annotation 9 has no segmentation; evaluate'),
    'size': (dict(segmentation=SMALL), r'annotation 9: the mask is 5 x 8 .* 6 x 8'),
}


@pytest.mark.parametrize(
    ('change', 'message'), BAD_ANNOTATIONS.values(), ids=BAD_ANNOTATIONS
)
def test_bad_annotation_is_named(change, message):
    source = coco()
    source['annotations'][1] |= change
    with pytest.raises(ValueError, match=message):
        evaluate_coco_f1(source, [])


@pytest.mark.parametrize(
    ('file', 'table'),
    [([], 'images'), ({}, 'images'), (dict(images=[]), 'annotations')],
    ids=['list', 'nothing', 'images'],
)
def test_other_files_are_told_apart(file, table):
    with pytest.raises(ValueError, match=f"there is no table '{table}'; this is no"):
        GroundTruth.from_coco(file)


def test_empty_objects_do_not_count():
    source, results = random_case(3)
    whole = evaluate_coco_f1(source, results)
    nothing = dict(source['annotations'][0], id=99, bbox=[5, 5, 0, 0], iscrowd=0)
    source['annotations'].insert(2, nothing)
    assert evaluate_coco_f1(source, results) == whole


SHORT = dict(size=[6, 8], counts='X1')
BAD_RESULTS = {
    'image': (dict(image_id=6), 'image_id 6 does not exist in the ground truth'),
    'category': (dict(category_id=0), 'category_id 0 does not exist'),
    'attribute': (dict(attribute_ids=[3, 4]), 'attribute id 4 does not exist'),
    'score': (dict(score=float('nan')), 'score is nan'),
    'box': (dict(bbox=[1, 1, 3, -1]), 'box .* has no area'),
    'size': (dict(segmentation=SMALL), 'the mask is 5 x 8 .* 6 x 8'),
    'runs': (dict(segmentation=SHORT), "the mask's runs sum to 40 of its 48 pixels"),
    'no mask': (dict(segmentation=None), "no 'segmentation'"),
    'empty mask': (dict(segmentation=[]), "no 'segmentation'"),
    'line': (dict(segmentation=[[1, 1, 5, 5]]), 'has no polygon of 3 points'),
    'no box': (dict(bbox=None), "no 'bbox'"),
    'no attributes': (dict(attribute_ids=None), "neither 'attr_scores' nor"),
    'few scores': (dict(attr_scores=[1, 0]), '2 attr_scores for 3 attributes'),
    'NaN scores': (dict(attr_scores=[1, 0, float('nan')]), 'attr_scores contain NaN'),
    'text score': (dict(score='0.1'), "score is '0.1'"),
    'score in a list': (dict(score=[0.9]), r'score is \[0.9\]'),
    'true score': (dict(score=True), 'score is True'),
    'huge score': (dict(score=10**400), 'score is 1000'),
    'image beyond': (dict(image_id=2**63), 'image_id 9,223,.*,808 is beyond 64 bits'),
    'scores in lists': (dict(attr_scores=[[0], [0], [1]]), 'attr_scores are no row'),
    'one score': (dict(attr_scores=5), 'attr_scores are no row of numbers'),
    'scores by id': (dict(attr_scores={'3': 0.5}), 'attr_scores are no row of num'),
    'plain counts': (
        dict(segmentation=dict(size=[6, 8], counts=[50, -7, 5])),
        r'the counts of the RLE are \[50, -7, 5\]; they are numbers of pixels',
    ),
    'a run below 0': (
        dict(segmentation=dict(size=[6, 8], counts='b1I5')),
        'count 2 of the RLE is negative',
    ),
}


@pytest.mark.parametrize(('change', 'message'), BAD_RESULTS.values(), ids=BAD_RESULTS)
def test_bad_result_is_named(change, message):
    results = [result(), result(**change)]
    where = rf'prediction 1 \(image_id {results[1]["image_id"]}\):? '
    with pytest.raises(ValueError, match=where + message):
        evaluate_coco_f1(coco(), results)


@pytest.mark.parametrize(
    'threshold', [[0.4, 0.4], float('nan'), [[[0.4]]]], ids=['short', 'NaN', 'deep']
)
def test_attribute_threshold_has_to_fit(threshold):
    with pytest.raises(ValueError, match=r'threshold of shape .* \(1, 3\), or is NaN'):
        evaluate_coco_f1(coco(), [result(attr_scores=[0, 1, 1])], attr_thr=threshold)


def test_categories_left_equal_a_file_without_the_others():
    source, _ = random_case(1)
    part = dict(
        source,
        categories=[c for c in source['categories'] if c['id'] in (0, 2)],
        annotations=[a for a in source['annotations'] if a['category_id'] in (0, 2)],
    )
    left = GroundTruth.from_coco(source).with_categories([2, 0, 2])
    expected = GroundTruth.from_coco(part)
    assert 0 < len(left.category) < len(source['annotations'])
    for name, value in vars(expected).items():
        np.testing.assert_array_equal(getattr(left, name), value, err_msg=name)


def test_unknown_category_cannot_be_left():
    with pytest.raises(ValueError, match='category_id 6 does not exist'):
        GroundTruth.from_coco(coco()).with_categories([2, 6])
