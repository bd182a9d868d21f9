"""Predictions picture by picture, whatever file they are in."""

import json
import pickle

import numpy as np
import pytest
from submissions import (
    box_mask,
    result,
    write_dump,
    write_images,
    write_lines,
    write_pictures,
)

from projects.fashion_attr.evaluation.submission.bare_classes import read_bare_classes
from projects.fashion_attr.evaluation.submission.pictures import (
    read_image_names,
    read_sizes,
)
from projects.fashion_attr.evaluation.submission.prediction_files import (
    index_lines,
    open_predictions,
)

SIZES = {'a': (6, 5), 'b': (4, 8)}


def results():
    """Two of picture 2, one of 1 between them."""
    small, large = np.ones((4, 8)), box_mask((6, 5), 1, 1, 3, 4)
    return [
        result(2, small, 0.9, attributes={115: 0.75}),
        result(1, large, 0.8, category=0),
        result(2, small, 0.25),
    ]


def scores(predictions):
    return {
        name: [r['score'] for r in predictions.results(name)]
        for name in sorted(predictions.image_ids)
    }


def as_is(path, found):
    path.write_text(json.dumps(found))
    return path


@pytest.mark.parametrize('write', [write_lines, as_is], ids=['lines', 'one-line'])
def test_coco_results_by_number(tmp_path, write):
    path = write(tmp_path / 'p.json', results())
    assert (index_lines(path) is None) == (write is as_is)
    predictions = open_predictions(path, write_images(tmp_path / 'v.json', SIZES))
    assert scores(predictions) == {'a': [0.8], 'b': [0.9, 0.25]}
    assert predictions.results('b')[0]['attr_scores'][115] == 0.75
    assert predictions.results('c') == []
    with pytest.raises(ValueError, match='p.json calls pictures by number.* --ann FIL'):
        open_predictions(path)


@pytest.mark.parametrize('write', [write_lines, as_is], ids=['lines', 'one-line'])
def test_coco_results_by_name(tmp_path, write):
    names = {1: 'a', 2: 'b.jpg'}
    found = [dict(r, image_id=names[r['image_id']]) for r in results()]
    predictions = open_predictions(write(tmp_path / 'p.json', found))
    assert scores(predictions) == {'a': [0.8], 'b': [0.9, 0.25]}


def test_a_coco_file_scores_1(tmp_path):
    anns = [{k: v for k, v in r.items() if k != 'score'} for r in results()]
    path = write_images(tmp_path / 'gt.json', SIZES, annotations=anns)
    assert scores(open_predictions(path)) == {'a': [1], 'b': [1, 1]}


def test_a_dump_is_read(tmp_path):
    found = results()
    pictures = {'x/a.jpg': found[1:2], 'x/b.jpg': found[::2], 'x/c.jpg': []}
    predictions = open_predictions(write_dump(tmp_path / 'p.pkl', pictures))
    assert predictions.image_ids == {'a', 'b', 'c'}
    first, second = predictions.results('b')
    assert (first['category_id'], second['score']) == (31, 0.25)
    assert first['attr_scores'][115] == 0.75
    assert predictions.results('c') == []


def test_a_padded_picture_counts_once(tmp_path):
    path = write_dump(tmp_path / 'p.pkl', {'a.jpg': results()[1:2], 'y/a.jpg': []})
    assert scores(open_predictions(path)) == {'a': [pytest.approx(0.8)]}


BAD_FILES = {
    'p.txt': ('', 'p.txt is neither a .pkl of tools/test.py --out nor a .json'),
    'p.pkl': ('junk', 'p.pkl is no sound pickle'),
    'p.json': ('[{"image_id": 1', 'p.json: Expecting'),
    'empty.json': ('', 'empty.json: Expecting value'),
    'other.json': ('{"a": 1}', 'other.json: an object without images and annotations'),
    'no-score.json': ('[{"image_id": 1}]', 'entry 0 is no COCO result'),
}


@pytest.mark.parametrize('name', BAD_FILES)
def test_bad_files_are_named(tmp_path, name):
    text, message = BAD_FILES[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        open_predictions(tmp_path / name)


def test_a_cut_line_is_named(tmp_path):
    path = tmp_path / 'p.json'
    path.write_text('[\n{"image_id": 1, "score":\n]')
    predictions = open_predictions(path, write_images(tmp_path / 'v.json', SIZES))
    with pytest.raises(ValueError, match='p.json: the result at byte 2: Expecting'):
        predictions.results('a')


def test_unknown_numbers_are_named(tmp_path):
    path = write_lines(tmp_path / 'p.json', results())
    ann = write_images(tmp_path / 'v.json', {'a': (6, 5)})
    with pytest.raises(
        ValueError, match='image_id 2 is none of the 1 images of .*v.js'
    ):
        open_predictions(path, ann)


@pytest.mark.parametrize(
    ('entry', 'message'),
    [
        ([1], 'entry 0: no prediction of tools/test.py --out'),
        (dict(img_path='a.jpg'), 'entry 0: no prediction'),
        ([dict(img_path='a.jpg', pred_instances=dict(labels=[1]))], 'have no attr_sco'),
        (
            [dict(img_path='a.jpg', pred_instances=dict.fromkeys(
                ('scores', 'masks', 'attr_scores'), ()) | dict(labels=[46]))],
            "label 46 is none of the competition's 46 classes",
        ),
    ],
    ids=['list', 'dict', 'no-attributes', 'label'],
)  # fmt: skip
def test_bad_dumps_are_named(tmp_path, entry, message):
    path = tmp_path / 'p.pkl'
    path.write_bytes(pickle.dumps(entry))
    with pytest.raises(ValueError, match=f'p.pkl.*{message}'):
        open_predictions(path).results('a')


@pytest.mark.parametrize(
    ('images', 'message'),
    [
        ([], 'v.json has no images'),
        ([dict(file_name='a')], 'an entry of images has no id'),
        ([dict(id=3)], 'image 3 has neither kaggle_id nor file_name'),
    ],
    ids=['none', 'no-id', 'no-name'],
)
def test_bad_annotation_files_are_named(tmp_path, images, message):
    path = write_images(tmp_path / 'v.json', {}, images=images)
    with pytest.raises(ValueError, match=message):
        read_image_names(path)


def test_classes_without_attributes_are_learnt(tmp_path):
    anns = [
        dict(category_id=k, attribute_ids=ids)
        for k, ids in [(0, [1]), (0, []), (23, []), (13, []), (23, [])]
    ]
    path = write_images(tmp_path / 'train.json', {}, annotations=anns)
    assert read_bare_classes(path) == {13, 23}
    path = tmp_path / 'train.csv'
    path.write_text('ImageId,ClassId,AttributesIds\na,0,"1,2"\na,0,\na,23,\n')
    assert read_bare_classes(path) == {23}


BAD_TRAINING = {
    'a.json': ('{"annotations": []}', 'a.json has no annotations'),
    'b.json': (
        '{"annotations": [{"category_id": 1}]}',
        "annotation lacks .*'attribute_ids'",
    ),
    'c.json': ('{"annotations": [', 'c.json is no COCO JSON: '),
    'd.csv': ('ImageId,ClassId,AttributesIds\na,99,\n', 'd.csv, ImageId a, row 2: Cla'),
}


@pytest.mark.parametrize('name', BAD_TRAINING)
def test_bad_training_sets_are_named(tmp_path, name):
    text, message = BAD_TRAINING[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        read_bare_classes(tmp_path / name)


def test_pictures_are_found(tmp_path):
    folder = write_pictures(tmp_path / 'test', dict(b=(4, 8), a=(6, 5)))
    (folder / 'notes.txt').write_text('no picture')
    assert list(read_sizes(folder).items()) == [('a', (6, 5)), ('b', (4, 8))]
    assert read_sizes(folder, {'b'}) == {'b': (4, 8)}
    with pytest.raises(ValueError, match='test lacks 1 of 2 pictures, as c'):
        read_sizes(folder, {'a', 'c'})
    (folder / 'a.png').write_bytes(b'')
    with pytest.raises(ValueError, match='one ImageId for two'):
        read_sizes(folder)


def test_unreadable_pictures_are_named(tmp_path):
    (tmp_path / 'a.jpg').write_bytes(b'junk')
    with pytest.raises(ValueError, match='a.jpg cannot be read'):
        read_sizes(tmp_path)
    (tmp_path / 'a.jpg').unlink()
    with pytest.raises(ValueError, match='has no picture'):
        read_sizes(tmp_path)
