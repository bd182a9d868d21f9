"""The best and the worst pictures: their order, and what is drawn of them."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from coco_samples import SIZE, scored_case

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.evaluation.functional import GroundTruth, Predictions
from projects.fashion_attr.evaluation.functional.outcomes import outcomes
from projects.fashion_attr.reports.run_pictures import (
    PairArtist,
    RankedPicture,
    best_and_worst,
    rank_pictures,
)


def case(seed=0):
    gt, results = scored_case(seed)
    gt = GroundTruth.from_coco(gt)
    return gt, Predictions.from_coco(results, gt, keep_scores=True)


@pytest.mark.parametrize('seed', range(4))
def test_pictures_are_ranked_by_what_was_hit(seed):
    gt, predictions = case(seed)
    result = outcomes(gt, predictions, score_thr=0.3)
    ranking = rank_pictures(gt, result, predictions.image)
    for picture in ranking:
        objects = int((gt.image == picture.image).sum())
        own = (predictions.image == picture.image) & (predictions.scores >= 0.3)
        assert (picture.objects, picture.detections) == (objects, own.sum())
        assert picture.hits == (result.detections[own] == 2).sum()
        assert picture.quality == 2 * picture.hits / (objects + own.sum())
    qualities = [picture.quality for picture in ranking]
    assert qualities == sorted(qualities, reverse=True)


def test_ties_and_pictures_with_nothing_on_them():
    """Pictures: two of two hit, one of one, none of three, none of one, nothing."""
    boxes = [(0, 2), (1, 1), (2, 3), (3, 1)]
    coco, anns = scored_case(0, num_images=5)[0], []
    for image, number in boxes:
        for n in range(number):
            entry = dict(coco['annotations'][0], id=len(anns), image_id=image + 1)
            anns.append(entry | dict(category_id=n, attribute_ids=[]))
    gt = GroundTruth.from_coco(coco | dict(annotations=anns))
    found = [a | dict(score=0.9) for a in anns if a['image_id'] < 3]
    predictions = Predictions.from_coco(found, gt)
    result = outcomes(gt, predictions)
    ranking = rank_pictures(gt, result, predictions.image)
    assert [picture.image for picture in ranking] == [0, 1, 3, 2]


@pytest.mark.parametrize(
    'pictures, number, best, worst',
    [
        (5, 2, [0, 1], [4, 3]),
        (3, 2, [0, 1], [2]),
        (1, 2, [0], []),
        (0, 2, [], []),
        (5, 0, [], []),
    ],
)
def test_no_picture_is_at_both_ends(pictures, number, best, worst):
    ranking = [RankedPicture(n, 1, 1, 1) for n in range(pictures)]
    ends = best_and_worst(ranking, number)
    assert [[p.image for p in end] for end in ends] == [best, worst]


@pytest.fixture
def artist(tmp_path):
    gt, predictions = case()
    files = {int(i): tmp_path / f'{i}.png' for i in gt.image_ids}
    for path in files.values():
        cv2.imwrite(str(path), np.full((*SIZE, 3), 90, np.uint8))
    return PairArtist(gt, predictions, files, score_thr=0.3)


def test_a_drawing_has_the_marks_that_were_counted(artist):
    """Masks of the stored size decide, whatever the size that is drawn."""
    gt, predictions = artist.gt, artist.predictions
    result = outcomes(gt, predictions, score_thr=0.3)
    for picture in rank_pictures(gt, result, predictions.image):
        sample = artist._sample(picture.image, 2.0)
        visualizer = artist.visualizer
        sides = visualizer._sides(sample, True, True, 0.3, SIZE, SIZE)
        judged = visualizer._judge(sides, sample, SIZE, SIZE)
        found = [g.verdict.name for g in judged['prediction']]
        own = predictions.image == picture.image
        assert len(found) == picture.detections
        assert found.count('right') == picture.hits
        named = result.detections[own & (predictions.scores >= 0.3)]
        assert found.count('with other attributes') == (named == 1).sum()
        drawn = artist.draw(picture)
        assert drawn.uri.startswith('data:image/jpeg;base64,')
        assert drawn.file_name == f'{gt.image_ids[picture.image]}.png'


def test_attributes_are_named_best_first(artist):
    sample = artist._sample(0, 1.0)
    rows = np.flatnonzero(artist.predictions.image == 0)
    for row, named in zip(rows, sample.pred_instances.attr_labels, strict=True):
        named = named[named >= 0]
        assert (
            sorted(named) == np.flatnonzero(artist.predictions.attributes[row]).tolist()
        )
        scores = artist.predictions.attr_scores[row][named]
        assert (np.diff(scores) <= 0).all()


@pytest.mark.parametrize(
    'content, error, message',
    [
        (None, FileNotFoundError, 'is missing'),
        (b'no picture', ValueError, 'cannot be decoded'),
        ('small', ValueError, 'has 5 x 5 pixels, its annotations are for 48 x 64'),
    ],
)
def test_pictures_that_cannot_be_drawn(artist, content, error, message):
    path: Path = artist.files[1]
    path.unlink()
    if content == 'small':
        cv2.imwrite(str(path), np.zeros((5, 5, 3), np.uint8))
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=message):
        artist.draw(RankedPicture(0, 1, 1, 1))
