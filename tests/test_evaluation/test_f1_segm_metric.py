"""F1SegmMetric through process() and evaluate(), as a test run uses it."""

import json
import logging
import pickle

import numpy as np
import pytest
import torch
from coco_oracles import ellipse, random_case
from mmdet.registry import METRICS
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from mmengine.structures import BaseDataElement, InstanceData
from pycocotools import mask as mask_utils

from projects.fashion_attr.evaluation.functional import (
    GroundTruth,
    Predictions,
    constant_attributes,
    evaluate_coco_f1,
)
from projects.fashion_attr.evaluation.functional.protocols import evaluate
from projects.fashion_attr.evaluation.metrics import F1SegmMetric, f1_segm_metric
from projects.fashion_attr.evaluation.metrics.collected import (
    collect,
    encode_masks,
    to_predictions,
)

CLASSES = ('category 2', 'category 0', 'category 1')


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


@pytest.fixture
def log():
    handler, logger = Lines(), MMLogger.get_current_instance()
    logger.addHandler(handler)
    yield handler.lines
    logger.removeHandler(handler)


@pytest.fixture
def case(tmp_path):
    gt, results = random_case(2, num_images=5)
    path = tmp_path / 'val.json'
    path.write_text(json.dumps(gt))
    return gt, results, str(path)


def build(path, **options):
    metric = METRICS.build(dict(type='F1SegmMetric', ann_file=path, **options))
    metric.dataset_meta = dict(classes=CLASSES)
    return metric


def data_sample(image_id, results, as_rle=False):
    """What a model gives for one picture; all tensors, masks boolean."""
    results = [r for r in results if r['image_id'] == image_id]
    boxes = torch.tensor([r['bbox'] for r in results]).reshape(-1, 4)
    boxes[:, 2:] += boxes[:, :2]
    scores = torch.zeros(len(results), 6)
    for row, result in zip(scores, results, strict=True):
        row[[i // 3 for i in result['attribute_ids']]] = 0.75
    masks = [r['segmentation'] for r in results]
    if not as_rle:
        masks = np.array([mask_utils.decode(m) for m in masks], bool)
        masks = torch.from_numpy(masks.reshape(-1, 160, 200))
    labels = [CLASSES.index(f'category {r["category_id"]}') for r in results]
    instances = dict(
        bboxes=boxes,
        scores=torch.tensor([r['score'] for r in results], dtype=torch.float64),
        labels=torch.tensor(labels, dtype=torch.long),
        masks=masks,
        attr_scores=scores,
    )
    return dict(img_id=image_id, pred_instances=instances)


def flat(scores):
    return {
        f'fashion/{iou_type}_{name}': value
        for iou_type, values in scores.items()
        for name, value in values.items()
    }


@pytest.mark.parametrize('as_rle', [False, True], ids=['tensors', 'rle'])
def test_equals_the_function(case, as_rle, log):
    gt, results, path = case
    metric = build(path, train_ann_file=path)
    samples = [data_sample(i, results, as_rle) for i in (4, 1, 0, 3, 2)]
    metric.process(None, samples[:2])
    metric.process(None, samples[2:])
    scores = metric.evaluate(size=5)
    constant = constant_attributes(gt['annotations'])
    expected = evaluate_coco_f1(gt, results, constant=constant)
    assert 0.1 < expected['segm']['f1AP_constant'] < expected['segm']['f1AP'] < 0.9
    ratios = {f'fashion/{t}_f1AP_over_AP' for t in ('segm', 'bbox')}
    assert set(scores) - set(flat(expected)) == ratios
    assert scores | flat(expected) == pytest.approx(scores, abs=1e-12)
    assert '| f1AP / AP |' in log[-1]
    assert 'constant predictor is left out' not in log[-1]


def test_a_runners_evaluator_gives_the_same(case):
    _, results, path = case
    samples = [data_sample(i, results) for i in range(5)]
    alone = build(path)
    alone.process(None, samples)
    elements = [
        BaseDataElement(
            metainfo=dict(img_id=sample['img_id']),
            pred_instances=InstanceData(**sample['pred_instances']),
        )
        for sample in samples
    ]
    evaluator = Evaluator(build(path))
    evaluator.dataset_meta = dict(classes=CLASSES)
    evaluator.process(elements)
    assert evaluator.evaluate(5) == alone.evaluate(5)


def test_padded_duplicates_are_dropped(case, log):
    _, results, path = case
    samples = [data_sample(i, results) for i in range(5)]
    once, twice = build(path), build(path)
    once.process(None, samples)
    twice.process(None, samples + samples[:2])
    assert once.evaluate(5) == twice.evaluate(7)
    assert not any('images that were processed' in line for line in log)


def test_part_of_the_images_is_said_to_be_a_part(case, log):
    gt, results, path = case
    metric = build(path)
    metric.process(None, [data_sample(i, results) for i in (1, 3)])
    scores = metric.evaluate(2)
    part = dict(gt, images=[i for i in gt['images'] if i['id'] in (1, 3)])
    part['annotations'] = [a for a in gt['annotations'] if a['image_id'] in (1, 3)]
    results = [r for r in results if r['image_id'] in (1, 3)]
    assert scores | flat(evaluate_coco_f1(part, results)) == pytest.approx(scores)
    assert f'on the 2 images that were processed, of 5 in {path}' in log[-2]
    assert 'No train_ann_file: the constant predictor is left out.' in log[-1]


def test_only_the_classes_of_the_dataset_are_asked_for(case):
    """As mmdet's CocoMetric: a perfect answer of one class of three is perfect."""
    gt, _, path = case
    perfect = [dict(a, score=1.0) for a in gt['annotations'] if a['category_id'] == 2]
    assert 0 < len(perfect) < len(gt['annotations'])
    metric = build(path, train_ann_file=path)
    metric.dataset_meta = dict(classes=CLASSES[:1])
    metric.process(None, [data_sample(i, perfect) for i in range(5)])
    scores = metric.evaluate(5)
    part = [a for a in gt['annotations'] if a['category_id'] == 2]
    expected = evaluate_coco_f1(
        dict(gt, annotations=part), perfect, constant=constant_attributes(part)
    )
    assert scores['fashion/segm_AP'] == scores['fashion/segm_f1AP'] == 1
    assert expected['segm']['f1AP_constant'] > 0.1
    assert scores | flat(expected) == pytest.approx(scores, abs=1e-12)


def test_thresholds_of_each_category_stay_with_their_category(case):
    """Rows follow the file's ids; the dataset here has the last category alone."""
    gt, results, path = case
    thresholds = np.full((5, 6), 0.9)
    thresholds[2] = 0.5
    found = []
    for attr_score_thr in (thresholds.tolist(), 0.5, 0.9):
        metric = build(path, attr_score_thr=attr_score_thr)
        metric.dataset_meta = dict(classes=CLASSES[:1])
        kept = [r for r in results if r['category_id'] == 2]
        metric.process(None, [data_sample(i, kept) for i in range(5)])
        found.append(metric.evaluate(5)['fashion/segm_f1AP'])
    assert found[0] == found[1] != found[2]


def test_absent_training_set_is_said(case, log):
    _, results, path = case
    metric = build(path, train_ann_file=f'{path}.gone')
    metric.process(None, [data_sample(i, results) for i in range(5)])
    assert 'fashion/segm_f1AP_constant' not in metric.evaluate(5)
    assert f'No {path}.gone: the constant predictor is left out.' in log[-1]


def test_files_are_read_when_the_metric_is_built(case, tmp_path):
    _, results, path = case
    metric = build(path, train_ann_file=path)
    (tmp_path / 'val.json').unlink()
    metric.process(None, [data_sample(i, results) for i in range(5)])
    assert metric.evaluate(5)['fashion/segm_f1AP_constant'] > 0.1


def test_absent_ground_truth_is_said_at_once(tmp_path):
    message = (
        'ann_file .*nowhere.json does not exist; run tools/prepare_imaterialist.py'
    )
    with pytest.raises(FileNotFoundError, match=message):
        build(str(tmp_path / 'nowhere.json'))


def test_empty_objects_are_left_out_and_logged(case, tmp_path, log):
    gt, results, path = case
    empty = dict(gt['annotations'][0], id=99, area=0)
    more = dict(gt, annotations=[*gt['annotations'], empty])
    (tmp_path / 'more.json').write_text(json.dumps(more))
    metrics = build(path), build(str(tmp_path / 'more.json'))
    (line,) = (line for line in log if 'left out' in line)
    assert line.endswith('more.json: 1 objects left out that have no area')
    for metric in metrics:
        metric.process(None, [data_sample(i, results) for i in range(5)])
    assert metrics[0].evaluate(5) == metrics[1].evaluate(5)


def without(field):
    return lambda ann: ann.pop(field)


BROKEN = {
    'attributes': (without('attribute_ids'), 'annotation 0 has no attribute_ids'),
    'category': (
        without('category_id'),
        "(annotation 0|an entry) has no 'category_id'",
    ),
    'unknown': (lambda a: a.update(attribute_ids=[1]), 'attribute id 1 does not exist'),
}


@pytest.mark.parametrize('field', ['ann_file', 'train_ann_file'])
@pytest.mark.parametrize(('change', 'message'), BROKEN.values(), ids=BROKEN)
def test_broken_annotations_are_named_with_their_file(
    case, tmp_path, field, change, message
):
    gt, _, path = case
    change(gt['annotations'][0])
    # The constant predictor never has an attribute that is not the commonest.
    gt['annotations'] = gt['annotations'][:1]
    (tmp_path / 'broken.json').write_text(json.dumps(gt))
    options = dict(ann_file=path) | {field: str(tmp_path / 'broken.json')}
    with pytest.raises(ValueError, match=f'broken.json: .*{message}'):
        F1SegmMetric(**options)


@pytest.mark.parametrize('field', ['ann_file', 'train_ann_file'])
@pytest.mark.parametrize('text', ['{"images": [', '[]', '{"images": []}'])
def test_files_that_are_not_coco_are_named(case, tmp_path, field, text):
    (tmp_path / 'broken.json').write_text(text)
    options = dict(ann_file=case[2]) | {field: str(tmp_path / 'broken.json')}
    with pytest.raises(
        ValueError, match='broken.json: (Expecting value|there is no t)'
    ):
        F1SegmMetric(**options)


def test_result_file_gives_the_same_scores(case, tmp_path):
    gt, results, path = case
    metric = build(path, outfile_prefix=str(tmp_path / 'made' / 'test'), score_thr=0.2)
    metric.process(None, [data_sample(i, results) for i in range(5)])
    scores = metric.evaluate(5)
    written = json.loads((tmp_path / 'made' / 'test.results.json').read_text())
    assert len(written) == len(results)
    assert set(written[0]) == set(results[0]) | {'attr_scores'}
    again = evaluate_coco_f1(gt, written, score_thr=0.2)
    assert scores | flat(again) == pytest.approx(scores, abs=1e-12)


def test_no_detection_at_all(case, tmp_path):
    _, _, path = case
    metric = build(path, outfile_prefix=str(tmp_path / 'none'))
    metric.process(None, [data_sample(i, []) for i in range(5)])
    assert metric.evaluate(5)['fashion/segm_f1AP'] == 0
    assert json.loads((tmp_path / 'none.results.json').read_text()) == []


def test_boxes_alone_need_no_masks(case):
    _, results, path = case
    metric = build(path, iou_types='bbox', prefix='test')
    samples = [data_sample(i, results) for i in range(5)]
    for sample in samples:
        del sample['pred_instances']['masks']
    metric.process(None, samples)
    scores = metric.evaluate(5)
    assert scores['test/bbox_AP'] > 0.1
    assert not any('segm' in name for name in scores)


def test_box_that_shrank_to_nothing_is_a_false_positive(case):
    _, results, path = case
    samples = [data_sample(i, results) for i in range(5)]
    samples[1]['pred_instances']['bboxes'][:, 2] = samples[1]['pred_instances'][
        'bboxes'
    ][:, 0]
    whole, shrunk = build(path), build(path)
    whole.process(None, [data_sample(i, results) for i in range(5)])
    shrunk.process(None, samples)
    whole, shrunk = whole.evaluate(5), shrunk.evaluate(5)
    assert shrunk['fashion/segm_AP'] == whole['fashion/segm_AP']
    assert 0 < shrunk['fashion/bbox_AP'] < whole['fashion/bbox_AP']


def test_what_is_kept_of_a_picture_is_small():
    rng = np.random.default_rng(0)
    mask = torch.from_numpy(ellipse(rng, 800, 1333, (400, 600), (300, 250)))
    instances = dict(
        bboxes=torch.rand(100, 4),
        scores=torch.rand(100),
        labels=torch.zeros(100, dtype=torch.long),
        masks=mask.expand(100, -1, -1),
        attr_scores=torch.rand(100, 294, dtype=torch.bfloat16),
    )
    kept = collect(dict(img_id=1, pred_instances=instances))
    # 2,000 pictures of 100 detections have to stay under 1.5 GB.
    assert len(pickle.dumps(kept)) < 1.5e9 / 2000


@pytest.mark.parametrize('name', ['attr_scores', 'masks'])
def test_missing_predictions_are_named(case, name):
    _, results, path = case
    sample = data_sample(1, results)
    del sample['pred_instances'][name]
    with pytest.raises(ValueError, match=f"image 1: pred_instances have no '{name}'"):
        build(path).process(None, [sample])


def spoil(field, value):
    def change(sample, metric):
        sample['pred_instances'][field][0] = value

    return change


def few_scores(sample, metric):
    instances = sample['pred_instances']
    instances['attr_scores'] = instances['attr_scores'][:, :5]


def other_classes(sample, metric):
    metric.dataset_meta = dict(classes=('coat',))


def no_classes(sample, metric):
    metric.dataset_meta = None


def other_image(sample, metric):
    sample['img_id'] = 77


def few_rows(sample, metric):
    metric.attr_score_thr = [[0.4] * 6] * 3


BAD = {
    'rows': (few_rows, r'attr_score_thr has 3 rows for the 5 categories of .*val.json'),
    'score': (
        spoil('scores', float('nan')),
        r'prediction 0 \(image_id 1\): score is nan',
    ),
    'attributes': (spoil('attr_scores', float('nan')), 'image 1: .* 6 of them NaN'),
    'columns': (few_scores, r'image 1: attr_scores of shape \(\d+, 5\) for'),
    'classes': (other_classes, "val.json has no category 'coat'"),
    'no classes': (no_classes, "dataset_meta has no 'classes'"),
    'image': (other_image, 'image_id 77 does not exist'),
}


@pytest.mark.parametrize(('change', 'message'), BAD.values(), ids=BAD)
def test_bad_predictions_are_named(case, change, message):
    _, results, path = case
    metric, sample = build(path), data_sample(1, results)
    change(sample, metric)
    metric.process(None, [sample])
    with pytest.raises(ValueError, match=message):
        metric.evaluate(1)


def test_unknown_iou_type():
    with pytest.raises(ValueError, match="iou_types are 'segm' and 'bbox', got"):
        F1SegmMetric(ann_file='', iou_types=('keypoints',))


def test_all_protocols_give_their_scores(case, log):
    gt, results, path = case
    metric = build(path, protocols=['coco_f1', 'kaggle', 'fashionpedia'])
    metric.process(None, [data_sample(i, results) for i in range(5)])
    scores = metric.evaluate(size=5)
    truth = GroundTruth.from_coco(gt)
    truth = truth.with_categories(range(3))
    predictions = Predictions.from_coco(results, truth)
    kaggle = evaluate('kaggle', truth, predictions)
    fashionpedia = evaluate('fashionpedia', truth, predictions)
    assert scores['fashion/kaggle_score'] == pytest.approx(kaggle['score'])
    for iou_type in ('segm', 'bbox'):
        for constraint, values in fashionpedia[iou_type].items():
            for name, value in values.items():
                key = f'fashion/fashionpedia_{iou_type}_{constraint}_{name}'
                assert scores[key] == pytest.approx(value, abs=1e-12)
    assert 'fashion/segm_f1AP' in scores
    text = '\n'.join(log)
    assert f'Kaggle score {kaggle["score"]:.3f}' in text
    assert '| segm iou_f1 |' in text


def test_one_protocol_alone(case):
    _, results, path = case
    metric = build(path, protocols='kaggle')
    metric.process(None, [data_sample(i, results) for i in range(5)])
    assert set(metric.evaluate(size=5)) == {'fashion/kaggle_score'}


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(protocols=['coco']), r"protocols are .* got \('coco',\)"),
        (dict(protocols=[]), r'protocols are .* got \(\)'),
        (
            dict(protocols=['kaggle'], iou_types=['bbox']),
            "'kaggle' compares masks; it needs 'segm' among iou_types",
        ),
    ],
    ids=['unknown', 'none', 'no masks'],
)
def test_protocols_that_do_not_fit(case, options, message):
    with pytest.raises(ValueError, match=message):
        build(case[2], **options)


def test_fashionpedias_protocol_wants_its_categories(case, tmp_path):
    gt, _, _ = case
    gt['categories'][-1]['id'] = 46
    path = tmp_path / 'other.json'
    path.write_text(json.dumps(gt))
    with pytest.raises(ValueError, match='category id 46: this protocol'):
        build(str(path), protocols=['fashionpedia'])


def test_thresholds_from_a_file(case, tmp_path):
    _, results, path = case
    file = tmp_path / 'thresholds.json'
    file.write_text('{"overall": 0.4, "categories": {"1": {"0": 0.9}}}')
    rows = np.full((5, 6), 0.4)
    rows[1, 0] = 0.9
    scores = []
    for thresholds in (str(file), rows.tolist()):
        metric = build(path, attr_score_thr=thresholds)
        metric.process(None, [data_sample(i, results) for i in range(5)])
        scores.append(metric.evaluate(size=5))
    assert scores[0] == scores[1]


def test_a_file_of_thresholds_that_is_not_there(case):
    with pytest.raises(FileNotFoundError, match='none.json'):
        build(case[2], attr_score_thr='none.json')


@pytest.mark.parametrize('batch', [1, 3, 25])
def test_freed_memory_is_returned_every_ten_pictures(case, monkeypatch, batch):
    _, results, path = case
    metric, calls = build(path), []
    monkeypatch.setattr(f1_segm_metric, 'return_free_memory', lambda: calls.append(1))
    sample = data_sample(1, results)
    for start in range(0, 25, batch):
        metric.process(None, [sample] * min(batch, 25 - start))
    assert len(calls) == (1 if batch == 25 else 2)


def test_ids_above_2_to_the_53rd_are_kept():
    number = 2**53 + 1
    gt = GroundTruth.from_coco(
        dict(
            images=[dict(id=number, height=4, width=4)],
            annotations=[],
            categories=[
                dict(id=number, name='sleeve'),
                dict(id=number + 1, name='hood'),
            ],
        )
    )
    found = dict(
        img_id=number,
        labels=np.array([0, 1]),
        scores=np.array([0.5, 0.5]),
        boxes=np.array([[0.0, 0.0, 2.0, 2.0]] * 2),
        attr_scores=np.zeros((2, 294), np.float32),
        masks=[encode_masks(np.ones((1, 4, 4)))[0]] * 2,
    )
    predictions = to_predictions([found], gt, [number, number + 1], 0.4)
    assert predictions.category.tolist() == [0, 1]
    assert predictions.image.tolist() == [0, 0]
