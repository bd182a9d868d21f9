"""train.csv as ground truth, submissions as predictions, and what is refused."""

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kaggle_files import (
    HEIGHT,
    WIDTH,
    decode_kaggle,
    good_rows,
    row,
    write_csv,
    write_folder,
)
from pycocotools import mask as mask_utils

from projects.fashion_attr.datasets.prepare import prepare
from projects.fashion_attr.datasets.taxonomy import ATTRIBUTE_IDS
from projects.fashion_attr.evaluation.functional import GroundTruth
from projects.fashion_attr.evaluation.functional.kaggle import evaluate_kaggle
from projects.fashion_attr.evaluation.functional.kaggle_files import (
    SUBMISSION_COLUMNS,
    read_kaggle_ground_truth,
    read_submission,
)
from projects.fashion_attr.structures.kaggle_rle import coco_to_kaggle


def ground_truth(tmp_path, rows=None):
    path = write_csv(tmp_path / 'train.csv', good_rows(3) if rows is None else rows)
    return read_kaggle_ground_truth(path)


def submission(tmp_path, rows):
    return write_csv(tmp_path / 'submission.csv', rows, SUBMISSION_COLUMNS)


def answers(rows):
    """Rows of train.csv as rows of a submission."""
    return [[r[0], r[1], r[4], r[5]] for r in rows]


def test_ground_truth_is_read(tmp_path):
    rows = [row('b', '1 5 7 2', category=6, attributes='136,115'), row('a.jpg', '3 9')]
    gt = ground_truth(tmp_path, rows)
    assert gt.image_names == ('a', 'b')
    assert gt.image_ids.tolist() == [1, 2]
    assert gt.image_sizes.tolist() == [[HEIGHT, WIDTH]] * 2
    assert gt.category_ids[gt.category].tolist() == [0, 6]
    assert gt.attribute_ids[gt.attributes[1]].tolist() == [115, 136]
    assert gt.areas.tolist() == [9, 7]
    expected = decode_kaggle('1 5 7 2', (HEIGHT, WIDTH))
    assert (mask_utils.decode(gt.masks[1]) == expected).all()


@pytest.mark.parametrize('images', [['0001', '0002'], {'0002.jpg', '0001'}])
def test_some_images_are_kept(tmp_path, images):
    path = write_csv(tmp_path / 'train.csv', good_rows(4))
    gt = read_kaggle_ground_truth(path, images)
    assert gt.image_names == ('0001', '0002')
    assert len(gt.masks) == 4
    with pytest.raises(ValueError, match="no row of 1 of the 2 images to keep, as 'x'"):
        read_kaggle_ground_truth(path, ['0001', 'x'])


def test_its_own_rows_score_1(tmp_path):
    gt = ground_truth(tmp_path)
    predictions = read_submission(submission(tmp_path, answers(good_rows(3))), gt)
    assert predictions.scores.tolist() == [1] * 6
    np.testing.assert_array_equal(predictions.boxes, gt.boxes)
    assert predictions.masks == gt.masks
    assert evaluate_kaggle(gt, predictions)['score'] == 1


def test_prepared_annotations_know_the_image_ids(tmp_path):
    write_folder(tmp_path, good_rows(6))
    prepare(tmp_path, val=2, progress=False)
    coco = json.loads((tmp_path / 'annotations/val.json').read_text())
    gt = GroundTruth.from_coco(coco)
    kept = {image['kaggle_id'] for image in coco['images']}
    rows = [r for r in answers(good_rows(6)) if r[0] in kept]
    predictions = read_submission(submission(tmp_path, rows), gt)
    assert evaluate_kaggle(gt, predictions)['score'] == 1
    part = gt.subset(gt.image_ids[1:])
    assert part.image_names == gt.image_names[1:]


@pytest.mark.parametrize(
    'image',
    [dict(kaggle_id='ab'), dict(file_name='train/ab.jpg'), dict(file_name='ab.png')],
    ids=['kaggle-id', 'file-in-folder', 'file'],
)
def test_images_are_found_by_their_names(tmp_path, image):
    image |= dict(id=3, height=HEIGHT, width=WIDTH)
    gt = GroundTruth.from_coco(dict(images=[image], annotations=[]))
    path = submission(tmp_path, [['ab', '1 2', '0', ''], ['ab.jpg', '1 2', '0', '']])
    assert read_submission(path, gt).image.tolist() == [0, 0]


def test_rows_without_pixels_say_that_nothing_was_found(tmp_path):
    gt = ground_truth(tmp_path)
    path = submission(tmp_path, [['0000', '', '', ''], ['0001', ' ', '0', '']])
    predictions = read_submission(path, gt)
    assert len(predictions.image) == 0
    assert evaluate_kaggle(gt, predictions)['score'] == 0


def test_more_attributes_than_objects_have_may_be_predicted(tmp_path):
    gt = ground_truth(tmp_path)
    many = ','.join(map(str, ATTRIBUTE_IDS[:20]))
    path = submission(tmp_path, [['0000', '1 2', '0', many]])
    assert read_submission(path, gt).attributes.sum() == 20


# cells, what the error says after file, ImageId and row
BAD_ROWS = {
    'image': (['x', '1 2', '0', ''], "none of the ground truth's 3 images"),
    'cells': (['0000', '1 2', '0'], '3 cells instead of 4'),
    'class': (['0000', '1 2', '46', ''], 'ClassId 46 is none of the 46 categories'),
    'no class': (['0000', '1 2', '', ''], "ClassId '' is no whole number"),
    '2019': (['0000', '1 2', '6_115', ''], "ClassId '6_115' .* of the 2019"),
    'attribute': (['0000', '1 2', '0', '235'], 'attribute id 235 is none of the 294'),
    'odd': (['0000', '1 2 7', '0', ''], 'RLE has 3 values, an odd number'),
    'beyond': (['0000', '119 3', '0', ''], 'ends at pixel 121 of a 12 x 10 mask'),
    'overlap': (['0000', '1 4 3 2', '0', ''], 'run 2 overlaps the run before'),
}


@pytest.mark.parametrize(('cells', 'message'), BAD_ROWS.values(), ids=BAD_ROWS)
def test_bad_rows_are_named(tmp_path, cells, message):
    gt = ground_truth(tmp_path)
    path = submission(tmp_path, [['0000', '1 2', '0', ''], cells])
    where = f'^submission.csv, ImageId {cells[0]}, row 3: '
    with pytest.raises(ValueError, match=where + f'.*{message}'):
        read_submission(path, gt)


def test_bad_rows_of_ground_truth_are_named(tmp_path):
    rows = [row('a'), row('a', '1 2', height=13)]
    message = 'train.csv, ImageId a, row 3: Height x Width is 13 x 10, on row 2 of the '
    with pytest.raises(ValueError, match=message):
        ground_truth(tmp_path, rows)


def test_other_files_are_refused(tmp_path):
    gt = ground_truth(tmp_path)
    path = tmp_path / 'submission.csv'
    path.write_text('ImageId,EncodedPixels,ClassId\n')
    with pytest.raises(ValueError, match='submission.csv has no column AttributesIds'):
        read_submission(path, gt)
    path.write_text(','.join(SUBMISSION_COLUMNS) + '\n0000,"1 2,0,\n')
    with pytest.raises(ValueError, match='opens near line 2 .*; mend or write the fil'):
        read_submission(path, gt)


def test_classes_that_are_not_evaluated_are_named(tmp_path):
    gt = ground_truth(tmp_path).with_categories([0, 1])
    path = submission(tmp_path, [['0001', '1 2', '31', '']])
    message = 'submission.csv, ImageId 0001, row 2: ClassId 31 does not exist'
    with pytest.raises(ValueError, match=message):
        read_submission(path, gt)


@pytest.mark.parametrize(
    ('images', 'message'),
    [
        ([{}], 'neither kaggle_id nor file_name'),
        ([dict(file_name='a/x.jpg'), dict(file_name='b/x.jpg')], 'image_id 0 and 1'),
    ],
    ids=['no-name', 'one-name-twice'],
)
def test_images_that_cannot_be_told_are_refused(tmp_path, images, message):
    images = [dict(i, id=n, height=12, width=10) for n, i in enumerate(images)]
    gt = GroundTruth.from_coco(dict(images=images, annotations=[]))
    with pytest.raises(ValueError, match=message):
        read_submission(submission(tmp_path, []), gt)


def ellipse_code(height, width, centre, radii):
    """Kaggle's code of an ellipse given in parts of the picture."""
    y, x = (np.arange(n) + 0.5 for n in (height, width))
    away_y = (y / height - centre[0]) / radii[0]
    away_x = (x / width - centre[1]) / radii[1]
    mask = away_y[:, None] ** 2 + away_x[None] ** 2 <= 1
    return coco_to_kaggle(mask_utils.encode(np.asfortranarray(mask.astype(np.uint8))))


SIZES = {'tall': (2000, 1500), 'wide': (1200, 2048), 'hardly larger': (1100, 733)}


@pytest.mark.parametrize(('height', 'width'), SIZES.values(), ids=SIZES)
@settings(max_examples=8, deadline=None)
@given(
    centre=st.tuples(st.floats(0.3, 0.7), st.floats(0.1, 0.7)),
    radii=st.tuples(st.floats(0.05, 0.3), st.floats(0.05, 0.3)),
)
def test_masks_at_a_longest_edge_of_1024_are_told(
    tmp_path_factory, height, width, centre, radii
):
    folder = tmp_path_factory.mktemp('sizes')
    full = ellipse_code(height, width, centre, radii)
    gt = ground_truth(folder, [row('a', full, height, width)])
    predictions = read_submission(submission(folder, [['a', full, '0', '']]), gt)
    assert evaluate_kaggle(gt, predictions)['score'] == 1
    scale = 1024 / max(height, width)
    size = round(height * scale), round(width * scale)
    path = submission(folder, [['a', ellipse_code(*size, centre, radii), '0', '']])
    message = (
        f'ImageId a, row 2: the mask is of {size[0]} x {size[1]} pixels .h x w., its '
        f'image in the ground truth is {height} x {width}; the whole submission is '
    )
    with pytest.raises(ValueError, match=message):
        read_submission(path, gt)


def test_real_rows_score_1(tmp_path, shared_data):
    source = shared_data / 'kaggle_sample' / 'train.csv'
    with open(source, newline='') as file:
        rows = [list(r.values()) for r in csv.DictReader(file)]
    gt = read_kaggle_ground_truth(source)
    predictions = read_submission(submission(tmp_path, answers(rows)), gt)
    for pairs in ('grid', 'diagonal'):
        for mean in ('image', 'class'):
            assert evaluate_kaggle(gt, predictions, pairs, mean)['score'] == 1
