"""The competition's metric against hand-worked cases and its definition in loops."""

import random
import tracemalloc

import numpy as np
import pytest
from coco_oracles import entry
from hypothesis import given, settings
from hypothesis import strategies as st
from kaggle_oracle import oracle

from projects.fashion_attr.evaluation.functional import GroundTruth, Predictions
from projects.fashion_attr.evaluation.functional.kaggle import evaluate_kaggle

WIDTH = 20
ATTRIBUTES = (0, 3, 6, 9)
OPTIONS = pytest.mark.parametrize(
    ('pairs', 'mean'),
    [(p, m) for p in ('grid', 'diagonal') for m in ('image', 'class')],
)


def strip(start, stop, attributes=(), category=0, image=1, **fields):
    """An annotation or result: columns of a picture of 1 x 20 pixels."""
    mask = np.zeros((1, WIDTH), bool)
    mask[:, start:stop] = True
    labels = dict(image_id=image, category_id=category)
    return entry(mask, attribute_ids=sorted(attributes), **labels, **fields)


def coco(objects, num_images=1):
    for number, annotation in enumerate(objects):
        annotation |= dict(id=number, area=annotation['bbox'][2])
        annotation.setdefault('iscrowd', 0)
    return dict(
        images=[dict(id=i + 1, height=1, width=WIDTH) for i in range(num_images)],
        annotations=objects,
        categories=[dict(id=i, name=str(i)) for i in (0, 2, 5)],
        attributes=[dict(id=i, name=str(i)) for i in ATTRIBUTES],
    )


def scored(segments):
    return [dict(segment, score=1.0) for segment in segments]


# objects, segments, score over the grid and over the diagonal
ONE_IMAGE = {
    'hit': ([strip(0, 20, [0])], [strip(0, 20, [0])], 1, 1),
    'no prediction': ([strip(0, 20)], [], 0, 0),
    'no object': ([], [strip(0, 20)], 0, 0),
    'neither': ([], [], 0, 0),
    'another class': ([strip(0, 20)], [strip(0, 20, category=2)], 0, 0),
    'a missed object does not count': (
        [strip(0, 10), strip(10, 20)],
        [strip(0, 10)],
        1,
        1,
    ),
    'a duplicate is a segment without hit': (
        [strip(0, 20)],
        [strip(0, 20), strip(0, 20)],
        0.5,
        0.5,
    ),
    'IoU of .6 is above .50 and .55': ([strip(0, 20)], [strip(0, 12)], 0.2, 0.2),
    'IoU of .9 is not above .90': ([strip(0, 20)], [strip(0, 18)], 0.8, 0.8),
    'IoU of .5 is above nothing': ([strip(0, 20)], [strip(0, 10)], 0, 0),
    'F1 of .8 is not above .80': (
        [strip(0, 20, [0, 3])],
        [strip(0, 20, [0, 3, 6])],
        0.6,
        0.6,
    ),
    'IoU of .6, F1 of .8': (
        [strip(0, 20, [0, 3])],
        [strip(0, 12, [0, 3, 6])],
        0.12,
        0.2,
    ),
    'no attribute predicted': ([strip(0, 20, [0])], [strip(0, 20)], 0, 0),
    'no attribute to predict': ([strip(0, 20)], [strip(0, 20, [0])], 1, 1),
    # The first segment has IoU .85 with the first object only, the second .9 with
    # that and 15/18 with the other: the second comes first and leaves it nothing.
    'the best IoU comes first': (
        [strip(0, 20), strip(0, 15, [0])],
        [strip(3, 20, [3]), strip(0, 18, [0])],
        0.4,
        0.4,
    ),
    # The first segment takes the object of IoU 1 where its F1 of 2/3 is enough, not
    # the one of IoU .9 and F1 1, and leaves none to the second.
    'IoU decides before F1': (
        [strip(0, 20, [0, 3]), strip(0, 18, [0])],
        [strip(0, 20, [0]), strip(0, 19, [3])],
        0.44,
        0.4,
    ),
    # IoU is .9 with an object of other attributes, 15/18 with the one that fits.
    'an object that does not qualify is passed over': (
        [strip(0, 20, [3]), strip(0, 15, [0])],
        [strip(0, 18, [0])],
        0.7,
        0.7,
    ),
    'objects of one mask: the attributes tell them apart': (
        [strip(0, 20), strip(0, 20, [0]), strip(0, 20, [0, 3])],
        [strip(0, 20, [0, 3]), strip(0, 20, [0]), strip(0, 20)],
        1,
        1,
    ),
    'a crowd is any object': (
        [strip(0, 20, iscrowd=1)],
        [strip(0, 12), strip(0, 12)],
        0.1,
        0.1,
    ),
}


@pytest.mark.parametrize('pairs', ['grid', 'diagonal'])
@pytest.mark.parametrize(
    ('objects', 'segments', 'grid', 'diagonal'), ONE_IMAGE.values(), ids=ONE_IMAGE
)
def test_one_image(objects, segments, grid, diagonal, pairs):
    gt, results = coco(objects), scored(segments)
    result = evaluate_kaggle(gt, results, pairs=pairs)
    assert result['score'] == pytest.approx(grid if pairs == 'grid' else diagonal)
    assert result == oracle(gt, results, pairs)


# images, objects, segments, mean over images, classes by mean over images
IMAGES = {
    'an image without prediction has 0': (
        2,
        [strip(0, 9), strip(0, 9, image=2)],
        [strip(0, 9)],
        1 / 2,
        {0: 1 / 2},
    ),
    'an image without object has 0': (3, [strip(0, 9)], [strip(0, 9)], 1 / 3, {0: 1}),
    'classes count alike however often they are predicted': (
        1,
        [strip(0, 9), strip(9, 20, category=2)],
        [strip(0, 9), strip(0, 9), strip(0, 9), strip(9, 20, category=2)],
        1 / 2,
        {0: 1 / 3, 2: 1},
    ),
    'a class counts where either side has it': (
        3,
        [strip(0, 9), strip(0, 9, image=2)],
        [strip(0, 9), strip(0, 9, image=3), strip(0, 9, category=5, image=2)],
        1 / 3,
        {0: 1 / 3, 5: 0},
    ),
    'nothing at all': (2, [], [], 0, {}),
}


@pytest.mark.parametrize(
    ('num', 'objects', 'segments', 'by_image', 'by_class'), IMAGES.values(), ids=IMAGES
)
def test_means(num, objects, segments, by_image, by_class):
    gt, results = coco(objects, num), scored(segments)
    result = evaluate_kaggle(gt, results)
    assert result['score'] == pytest.approx(by_image)
    assert result['per_class'] == pytest.approx(by_class)
    result = evaluate_kaggle(gt, results, mean='class')
    mean = sum(by_class.values()) / max(len(by_class), 1)
    assert result['score'] == pytest.approx(mean)
    assert result['per_class'] == pytest.approx(by_class)


def test_thresholds_on_scores():
    gt = coco([strip(0, 9, [0, 3])])
    good = dict(strip(0, 9), attr_scores=[0.6, 0.5, 0, 0], score=0.7)
    results = [good, dict(good, score=0.2)]
    assert evaluate_kaggle(gt, results)['score'] == 0.5
    assert evaluate_kaggle(gt, results, score_thr=0.3)['score'] == 1
    assert evaluate_kaggle(gt, results, score_thr=0.7)['score'] == 1
    # One attribute of two is left: F1 is 2/3, above .50 to .65.
    assert evaluate_kaggle(gt, [good], attr_thr=0.55)['score'] == pytest.approx(0.4)


def test_what_cannot_be_evaluated_is_named():
    gt = coco([strip(0, 9)])
    with pytest.raises(ValueError, match="pairs is one of .*, got 'square'"):
        evaluate_kaggle(gt, [], pairs='square')
    with pytest.raises(ValueError, match="mean is one of .*, got 'pixel'"):
        evaluate_kaggle(gt, [], mean='pixel')
    with pytest.raises(ValueError, match='needs masks on both sides'):
        evaluate_kaggle(GroundTruth.from_coco(gt, with_masks=False), [])
    with pytest.raises(ValueError, match='prediction 0 .image_id 7.: image_id 7 does '):
        evaluate_kaggle(gt, scored([strip(0, 9, image=7)]))


def strips(edges, most=6, num_images=3, categories=(0, 2), least=0):
    """Lists of strips between some edges."""
    attributes = st.sets(st.sampled_from(ATTRIBUTES))
    place = st.sampled_from(categories), st.integers(1, num_images)
    values = st.tuples(st.sampled_from(edges), attributes, *place)
    lists = st.lists(values, min_size=least, max_size=most)
    return lists.map(lambda found: [strip(*e, *rest) for e, *rest in found])


# IoU often meets a threshold; or another IoU.
SPREAD = [(start, stop) for start in range(5) for stop in range(8, WIDTH + 1)]
ALIKE = [(0, 20), (0, 18), (2, 20), (0, 15)]
alike = strips(ALIKE, most=5, num_images=1, categories=(0,))


@OPTIONS
@settings(max_examples=60, deadline=None)
@given(objects=strips(SPREAD), segments=strips(SPREAD, most=8))
def test_equals_the_definition(objects, segments, pairs, mean):
    check(objects, segments, pairs, mean)


@pytest.mark.parametrize('pairs', ['grid', 'diagonal'])
@settings(max_examples=150, deadline=None)
@given(objects=alike, segments=alike)
def test_equals_the_definition_where_much_is_alike(objects, segments, pairs):
    check(objects, segments, pairs, 'image')


def check(objects, segments, pairs, mean):
    gt, results = coco(objects, 3), scored(segments)
    result = evaluate_kaggle(gt, results, pairs, mean)
    expected = oracle(gt, results, pairs, mean)
    assert result['score'] == pytest.approx(expected['score'], abs=1e-14)
    assert result['per_class'] == pytest.approx(expected['per_class'], abs=1e-14)


@OPTIONS
@settings(max_examples=30, deadline=None)
@given(
    objects=st.one_of(strips(SPREAD, most=9), alike),
    segments=st.one_of(strips(SPREAD, most=9), alike),
    seed=st.integers(0, 99),
)
def test_order_and_ids_do_not_count(objects, segments, seed, pairs, mean):
    gt, results = coco(objects, 3), scored(segments)
    result = evaluate_kaggle(gt, results, pairs, mean)
    shuffle = random.Random(seed).shuffle
    new_ids = [40, 7, 12]
    shuffle(new_ids)
    for value in [*gt['annotations'], *results]:
        value['image_id'] = new_ids[value['image_id'] - 1]
    for annotation in gt['annotations']:
        annotation['id'] = 99 - annotation['id']
    for image in gt['images']:
        image['id'] = new_ids[image['id'] - 1]
    for values in (*gt.values(), results):
        shuffle(values)
    assert evaluate_kaggle(gt, results, pairs, mean) == result


@OPTIONS
@settings(max_examples=30, deadline=None)
@given(objects=strips(ALIKE, most=8, num_images=1, least=1))
def test_perfect_predictions_give_1(objects, pairs, mean):
    result = evaluate_kaggle(coco(objects), scored(objects), pairs, mean)
    assert result['score'] == 1
    assert set(result['per_class'].values()) == {1}


@OPTIONS
@settings(max_examples=40, deadline=None)
@given(
    objects=strips(SPREAD, most=5),
    segments=strips(SPREAD, most=5),
    image=st.integers(1, 3),
    category=st.sampled_from([0, 2, 5]),
)
def test_a_class_that_is_not_there_never_pays(
    objects, segments, image, category, pairs, mean
):
    objects = [
        o for o in objects if (o['image_id'], o['category_id']) != (image, category)
    ]
    gt, results = coco(objects, 3), scored(segments)
    more = results + scored([strip(0, 12, [0], category, image)])
    before = evaluate_kaggle(gt, results, pairs, mean)['score']
    assert evaluate_kaggle(gt, more, pairs, mean)['score'] <= before


def test_the_mean_is_the_same_in_any_order():
    ways = [7, 7, 1, 5, 7, 7]
    segments = [strip(0, 9, image=i + 1) for i, n in enumerate(ways) for _ in range(n)]
    objects = [strip(0, 9, image=i + 1) for i in range(len(ways))]
    gt = coco(objects, len(ways))
    score = evaluate_kaggle(gt, scored(segments))['score']
    turned = [dict(s, image_id=len(ways) + 1 - s['image_id']) for s in segments]
    assert evaluate_kaggle(gt, scored(turned))['score'] == score


def test_memory_does_not_grow_with_the_set():
    def peak(num_images):
        objects = [strip(0, 9, image=i + 1) for i in range(num_images) for _ in 'ab']
        gt = GroundTruth.from_coco(coco(objects, num_images))
        predictions = Predictions.from_coco(scored(objects), gt)
        tracemalloc.start()
        evaluate_kaggle(gt, predictions)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    # A few numbers for each image; one table of hits would be 2 x 2 x 100 bytes.
    assert peak(300) - peak(100) < 200 * 200
