"""What tools/predict.py leaves in its folder, for people and other programs."""

import io
import json

import cv2
import numpy as np
import pandas as pd
import pytest
from pycocotools import mask as mask_utils
from pycocotools.coco import COCO

from projects.fashion_attr.apis.prediction import PredictRequest, run_prediction
from projects.fashion_attr.evaluation.functional.ground_truth import GroundTruth
from projects.fashion_attr.evaluation.functional.reading import read_predictions
from tests.fake_backend import DRESS, SLEEVE, FakeBackend


@pytest.fixture
def images(tmp_path):
    """x.png with 2 garments, sub/x.png with none, sub/x.jpg of no sense, y.png: 1."""
    folder = tmp_path / 'images'
    (folder / 'sub').mkdir(parents=True)
    for name, number in (('x', 2), ('sub/x', 0), ('y', 1)):
        pixels = np.full((8, 6, 3), number, np.uint8)
        assert cv2.imwrite(str(folder / f'{name}.png'), pixels)
    (folder / 'sub/x.jpg').write_text('no picture')
    return folder


@pytest.fixture
def predict(images, tmp_path):
    """predict(format, ...) -> the folder and what was said."""

    def call(kind, **settings):
        said = []
        request = PredictRequest(
            **(dict(images=[str(images)], out=tmp_path / 'out', format=kind) | settings)
        )
        run_prediction(request, said.append, FakeBackend())
        return tmp_path / 'out', '\n'.join(said)

    return call


def test_json_has_a_line_for_each_picture(predict):
    out, said = predict('json')
    text = (out / 'garments.jsonl').read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    counts = {line['picture']: len(line['garments']) for line in lines}
    assert counts == {'sub/x.png': 0, 'x.png': 2, 'y.png': 1}
    first = lines[1]['garments'][0]
    assert (lines[1]['width'], lines[1]['height']) == (6, 8)
    assert first['description'] == 'sleeve: classic t-shirt'
    assert mask_utils.area(first['mask']) == 48
    assert '3 pictures, 3 garments' in said
    table = pd.read_json(io.StringIO(text), lines=True)
    assert len(table) == 3


def test_unreadable_pictures_are_named_and_counted(predict, capsys):
    out, said = predict('json')
    assert '1 could not be read' in said
    assert (out / 'unreadable.txt').read_text().startswith('sub/x.jpg\t')
    assert 'passed over sub/x.jpg: ' in ''.join(capsys.readouterr())


def test_coco_results_are_read_by_pycocotools_and_by_the_evaluation(predict):
    out, _ = predict('coco')
    coco = COCO(str(out / 'images.json'))
    assert [i['file_name'] for i in coco.imgs.values()] == [
        'sub/x.png',
        'x.png',
        'y.png',
    ]
    results = coco.loadRes(str(out / 'results.json'))
    assert [len(results.getAnnIds(imgIds=[i])) for i in (1, 2, 3)] == [0, 2, 1]
    gt = GroundTruth.from_coco(json.loads((out / 'images.json').read_text()))
    found = read_predictions(out / 'results.json', gt, 0.2, keep_scores=True)
    assert gt.category_ids[found.category].tolist() == [SLEEVE, DRESS, SLEEVE]
    assert found.boxes.tolist() == [[0, 0, 6, 8], [0, 1, 6, 7], [0, 0, 6, 8]]
    assert found.attr_scores.dtype == np.float32
    assert [np.flatnonzero(row).tolist() for row in found.attributes] == [
        [0, 1], [1, 2], [0, 1]
    ]  # fmt: skip


def test_coco_scores_are_the_networks_to_the_bit(predict, images):
    out, _ = predict('coco')
    results = json.loads((out / 'results.json').read_text())
    raw = FakeBackend().predict([cv2.imread(str(images / 'x.png'))])[0]
    given = [r for r in results if r['image_id'] == 2]
    scores = np.array([r['attr_scores'] for r in given], np.float32)
    assert np.array_equal(scores, raw.attr_scores)
    assert [np.float32(r['score']) for r in given] == raw.scores.tolist()
    assert [r['attribute_ids'] for r in given] == [[0], [1]]


def test_coco_without_garments_is_an_empty_list(predict, images):
    (images / 'x.png').unlink()
    (images / 'y.png').unlink()
    out, _ = predict('coco')
    assert json.loads((out / 'results.json').read_text()) == []


def test_coco_keeps_scores_that_the_other_formats_leave_out(predict, images, tmp_path):
    cv2.imwrite(str(images / 'x.png'), np.full((20, 6, 3), 9, np.uint8))
    counts = {}
    for kind, thr in (('coco', None), ('csv', None), ('json', 0.55)):
        _, said = predict(kind, out=tmp_path / kind, score_thr=thr)
        counts[kind] = said.split(' pictures, ')[1].split(' ')[0]
    assert counts == dict(coco='10', csv='8', json='5')


def test_csv_has_a_row_for_each_garment(predict):
    out, _ = predict('csv', attr_thr=0.2)
    table = pd.read_csv(out / 'garments.csv')
    assert table.picture.tolist() == ['x.png', 'x.png', 'y.png']
    assert table.category.tolist() == ['sleeve', 'dress', 'sleeve']
    assert table.attributes[0] == 'classic (t-shirt); polo (shirt)'
    assert table.attribute_scores[0].split('; ')[0] == f'{np.float32(0.9):.9g}'
    assert table.loc[1, ['x1', 'y1', 'x2', 'y2']].tolist() == [0, 1, 6, 8]
    rle = dict(size=[table.height[1], table.width[1]], counts=table.mask_counts[1])
    assert mask_utils.area(rle) == 42


def test_parquet_has_lists_and_masks(predict):
    out, _ = predict('parquet', attr_thr=0.2)
    table = pd.read_parquet(out / 'garments.parquet')
    assert table.picture.tolist() == ['x.png', 'x.png', 'y.png']
    assert list(table.attribute_ids[0]) == [0, 1]
    assert list(table.attributes[1]) == ['polo (shirt)', 'undershirt']
    assert table.attribute_scores[0].dtype == np.float32
    assert list(table.box[1]) == [0, 1, 6, 8]
    assert mask_utils.area(table['mask'][1]) == 42


def test_parquet_without_garments_is_an_empty_table(predict, images):
    (images / 'x.png').unlink()
    (images / 'y.png').unlink()
    out, _ = predict('parquet')
    assert len(pd.read_parquet(out / 'garments.parquet')) == 0


def test_pictures_of_one_name_are_drawn_apart(predict, images):
    cv2.imwrite(str(images / 'sub/x.jpg'), np.full((8, 6, 3), 1, np.uint8))
    out, _ = predict('json', draw=True)
    drawn = sorted(p.relative_to(out).as_posix() for p in out.rglob('*.jpg'))
    assert drawn == ['pictures/sub/x.jpg', 'pictures/sub/x.png.jpg',
                     'pictures/x.png.jpg', 'pictures/y.png.jpg']  # fmt: skip
    assert all(cv2.imread(str(out / name)) is not None for name in drawn)


def test_what_was_drawn_into_the_folder_of_pictures_is_none_of_them(predict, images):
    for _ in range(2):
        _, said = predict('json', draw=True, out=images / 'out')
    assert '3 of 4 pictures are done already' in said


def test_image_ids_and_the_choice_of_pictures_come_from_a_file(predict, tmp_path):
    file = tmp_path / 'ann.json'
    listed = [dict(id=70, file_name='x.png'), dict(id=7, file_name='deep/y.png')]
    file.write_text(json.dumps(dict(images=listed, annotations=[])))
    out, said = predict('coco', image_ids=file)
    # 'sub/x.png' ends in a name that is listed, which another picture has whole.
    results = json.loads((out / 'results.json').read_text())
    assert [r['image_id'] for r in results] == [70, 70, 7]
    assert '2 pictures left out' in said


@pytest.mark.parametrize(
    'settings, error, message',
    [
        (dict(images=['gone']), OSError, 'no picture or folder gone'),
        (dict(image_ids='gone.json'), OSError, 'no file gone.json to take --image-ids'),
        (dict(thresholds='gone.json'), OSError, 'no file of thresholds gone.json'),
        (dict(score_thr=3.0), ValueError, 'score threshold must lie in 0..1, got 3.0'),
        (dict(batch_size=0), ValueError, 'batch_size must be 1 or more'),
    ],
)
def test_wrong_settings_are_named(predict, settings, error, message):
    with pytest.raises(error, match=message):
        predict('json', **settings)


@pytest.mark.parametrize(
    'text, message',
    [
        ('{"images": []}', 'has no images'),
        ('{"images": [{"id": 1}]}', "no COCO file .*'file_name'"),
        ('{"images": [{"id": 1, "file_name": "z.png"}]}', 'lists none of the 4 '),
        ('{"images": [{"id": 1.5, "file_name": "z.png"}]}', 'id 1.5, file_name .z.p'),
        ('{"images": [{"id": "1", "file_name": "z.png"}]}', 'id .1., file_name .z.p'),
        ('{"images": [{"id": 1, "file_name": 5}]}', 'id 1, file_name 5'),
        (
            '{"images": [{"id": 1, "file_name": "y"}, {"id": 1, "file_name": "z"}]}',
            'id 1 or file_name z stands twice',
        ),
        (
            '{"images": [{"id": 1, "file_name": "z"}, {"id": 2, "file_name": "z"}]}',
            'id 2 or file_name z stands twice',
        ),
        ('[]', 'no COCO file'),
        ('{"images": [{"id": 1, "file_name": "a/y.png"}, '
         '{"id": 2, "file_name": "b/y.png"}]}',
         'lists a/y.png, b/y.png, the pictures are y.png'),
    ],
    ids=['none', 'without name', 'others', 'half', 'text', 'number', 'id twice',
         'name twice', 'list', 'two'],
)  # fmt: skip
def test_wrong_image_ids_are_named(predict, tmp_path, text, message):
    (tmp_path / 'ann.json').write_text(text)
    with pytest.raises(ValueError, match=message):
        predict('coco', image_ids=tmp_path / 'ann.json')


def test_none_readable_is_an_error(predict, images):
    for path in images.rglob('*.png'):
        path.unlink()
    with pytest.raises(ValueError, match='none of the 1 pictures could be read'):
        predict('json')
