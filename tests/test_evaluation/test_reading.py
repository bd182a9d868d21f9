"""Ground truth and predictions from files."""

import json

import numpy as np
import pytest
from coco_samples import scored_case

from projects.fashion_attr.evaluation.functional import GroundTruth, Predictions
from projects.fashion_attr.evaluation.functional.reading import (
    read_ground_truth,
    read_predictions,
    read_results,
    write_csv,
)


def lines(results):
    return '[\n' + ',\n'.join(map(json.dumps, results)) + '\n]'


@pytest.mark.parametrize(
    'text',
    [lines, json.dumps, lambda r: json.dumps(r, indent=2), lambda r: lines(r) + '\n\n'],
    ids=['a line each', 'one line', 'indented', 'blank lines at the end'],
)
def test_results_read_alike_in_every_layout(tmp_path, text):
    _, results = scored_case()
    path = tmp_path / 'results.json'
    path.write_text(text(results))
    read = read_results(path)
    assert all(r['attr_scores'].dtype == np.float32 for r in read)
    back = [dict(r, attr_scores=r['attr_scores'].tolist()) for r in read]
    assert back == results


ODD_TEXTS = {
    'byte order mark': lambda r: '\ufeff' + json.dumps(r),
    'byte order mark, a line each': lambda r: '\ufeff' + lines(r),
    'CRLF': lambda r: lines(r).replace('\n', '\r\n'),
}


@pytest.mark.parametrize('text', ODD_TEXTS.values(), ids=ODD_TEXTS)
def test_results_of_other_systems_are_read(tmp_path, text):
    _, results = scored_case()
    path = tmp_path / 'results.json'
    path.write_bytes(text(results).encode())
    assert [r['score'] for r in read_results(path)] == [r['score'] for r in results]


ODD_ENDS = {
    'a second list': ('[\n%s\n]\n[\n%s\n]', 'results.json: Extra data: line 4'),
    'a word': ('[\n%s,\n%s\n]\nend', 'results.json: Extra data: line 5'),
    'a key twice': (
        '[\n{"score": 1, %s,\n%s\n]',
        "results.json: the key 'score' stands twice in one object",
    ),
}


@pytest.mark.parametrize(('form', 'message'), ODD_ENDS.values(), ids=ODD_ENDS)
def test_no_result_is_lost(tmp_path, form, message):
    gt, (first, second, *_) = scored_case()
    first, second = json.dumps(first), json.dumps(second)
    text = form % (first[1:] if '{' in form else first, second)
    (tmp_path / 'gt.json').write_text(json.dumps(gt))
    (tmp_path / 'results.json').write_text(text)
    truth = read_ground_truth(tmp_path / 'gt.json')
    with pytest.raises(ValueError, match=message):
        read_predictions(tmp_path / 'results.json', truth)


def test_no_results(tmp_path):
    path = tmp_path / 'results.json'
    path.write_text('[]')
    assert read_results(path) == []


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('{"annotations": []}', 'results.json: not a list of COCO results'),
        ('[{"image_id": 1}]', 'results.json: entry 0 is no COCO result with'),
        ('[\n{"image_id": 1}\n]', 'results.json: entry 0 is no COCO result with'),
        ('[\n3\n]', 'results.json: entry 0 is no COCO result with'),
        ('[1, 2', 'results.json: Expecting'),
    ],
    ids=['a dict', 'no score', 'no score, by line', 'a number', 'cut off'],
)
def test_what_is_no_list_of_results(tmp_path, text, message):
    gt, _ = scored_case()
    (tmp_path / 'gt.json').write_text(json.dumps(gt))
    (tmp_path / 'results.json').write_text(text)
    truth = read_ground_truth(tmp_path / 'gt.json')
    with pytest.raises(ValueError, match=message):
        read_predictions(tmp_path / 'results.json', truth)


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('[]', "gt.json: there is no table 'images'"),
        ('{"images": [{"id": 1}], "annotations": []}', "image 1 has no 'height'"),
        ('nothing', 'gt.json: Expecting value'),
        (
            '{"images": [], "annotations": [], "images": []}',
            "gt.json: the key 'images'",
        ),
        (
            '{"images": [], "annotations": [], "categories": {"1": {}}}',
            "gt.json: table 'categories' is not a list of objects",
        ),
        (
            '{"images": [], "annotations": [], "attributes": [null]}',
            "gt.json: table 'attributes' is not a list of objects",
        ),
        (
            '{"images": [{"id": 9223372036854775808, "height": 1, "width": 1}],'
            ' "annotations": []}',
            'gt.json: image 9223.*: id 9,223,.*,808 is beyond 64 bits',
        ),
    ],
    ids=[
        'a list',
        'an image without size',
        'no JSON',
        'a table twice',
        'an object of categories',
        'null for an attribute',
        'an id beyond 64 bits',
    ],
)
def test_what_is_no_ground_truth(tmp_path, text, message):
    (tmp_path / 'gt.json').write_text(text)
    with pytest.raises(ValueError, match=message):
        read_ground_truth(tmp_path / 'gt.json')


def test_kept_scores_give_the_sets_of_any_threshold(tmp_path):
    coco, results = scored_case()
    (tmp_path / 'gt.json').write_text(json.dumps(coco))
    (tmp_path / 'results.json').write_text(lines(results))
    gt = read_ground_truth(tmp_path / 'gt.json')
    kept = read_predictions(tmp_path / 'results.json', gt, 0.4, keep_scores=True)
    assert kept.attr_scores.dtype == np.float32
    for threshold in (0.4, 0.55, [0.1, 0.2, 0.5, 0.6, 0.7, 0.8]):
        wanted = Predictions.from_coco(results, gt, threshold).attributes
        assert (kept.with_threshold(threshold).attributes == wanted).all()


def test_scores_that_were_not_kept():
    coco, results = scored_case()
    predictions = Predictions.from_coco(results, GroundTruth.from_coco(coco))
    with pytest.raises(ValueError, match='hold no attr_scores: every result needs'):
        predictions.with_threshold(0.3)


def test_scores_are_kept_where_every_result_has_them():
    coco, results = scored_case()
    results[-1]['attribute_ids'] = []
    del results[-1]['attr_scores']
    gt = GroundTruth.from_coco(coco)
    predictions = Predictions.from_coco(results, gt, keep_scores=True)
    assert predictions.attr_scores is None
    assert (
        predictions.attributes == Predictions.from_coco(results, gt).attributes
    ).all()


def test_csv_has_a_header_and_quotes_names(tmp_path):
    write_csv([dict(name='shirt, blouse', AP=0.5)], tmp_path / 'new/rows.csv')
    assert (tmp_path / 'new/rows.csv').read_text().splitlines() == [
        'name,AP',
        '"shirt, blouse",0.5',
    ]


@pytest.mark.parametrize(
    ('file_name', 'name'),
    [('a.jpg', 'a'), ('x/a.b.jpg', 'a.b'), ('x\\y\\a.jpg', 'a'), (None, ''), ('', '')],
)
def test_pictures_are_named_by_their_file(file_name, name):
    image = dict(id=1, height=2, width=3, file_name=file_name)
    gt = GroundTruth.from_coco(dict(images=[image], annotations=[]))
    assert gt.image_names == (name,)
