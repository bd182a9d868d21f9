"""The protocols by name, and scores as text."""

import pytest
from coco_oracles import random_case

from projects.fashion_attr.evaluation.functional import (
    GroundTruth,
    Predictions,
    evaluate_coco_f1,
)
from projects.fashion_attr.evaluation.functional.markdown import markdown_table
from projects.fashion_attr.evaluation.functional.protocols import (
    check_fit,
    check_protocols,
    evaluate,
    flatten,
)
from projects.fashion_attr.evaluation.functional.scores_text import format_result


def containers(seed=3):
    coco, results = random_case(seed)
    gt = GroundTruth.from_coco(coco)
    return gt, Predictions.from_coco(results, gt)


def test_coco_f1_by_name():
    gt, predictions = containers()
    got = evaluate('coco_f1', gt, predictions, ['bbox'], 0.3, pairs='grid', mean=None)
    assert got == evaluate_coco_f1(
        gt, predictions, ['bbox'], pairs='grid', score_thr=0.3
    )


@pytest.mark.parametrize(
    ('protocol', 'options', 'message'),
    [
        ('coco', {}, r"protocols are \('coco_f1', .*, got \('coco',\)"),
        ('coco_f1', dict(mean='image'), "coco_f1 has no mean, got 'image'"),
        ('fashionpedia', dict(pairs='grid'), "fashionpedia has no pairs, got 'grid'"),
    ],
    ids=['protocol', 'mean', 'pairs'],
)
def test_options_that_do_not_fit(protocol, options, message):
    with pytest.raises(ValueError, match=message):
        evaluate(protocol, *containers(), **options)


def test_no_protocol():
    with pytest.raises(ValueError, match='protocols are .* got'):
        check_protocols([])


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        (dict(pairs='diag'), r"pairs is one of \('diagonal', 'grid'\), got 'diag'"),
        (dict(mean='images'), r"mean is one of \('image', 'class'\), got 'images'"),
    ],
)
def test_misspelt_options_are_refused_beforehand(options, message):
    with pytest.raises(ValueError, match=message):
        check_fit(['coco_f1'], containers()[0], ['bbox'], options)


def test_flatten_joins_the_keys():
    nested = {'segm': {'iou_f1': {'AP': 0.5}, 'AR': 1}, 'score': 0.25}
    flat = {'x_segm_iou_f1_AP': 0.5, 'x_segm_AR': 1, 'x_score': 0.25}
    assert flatten(nested, 'x_') == flat


def test_markdown_aligns_words_left_and_figures_right():
    rows = [
        {'class': 'shirt, blouse', 'objects': 12345, 'AP': 0.12345},
        {'class': 'a|b', 'objects': 1, 'AP': -1.0},
    ]
    assert markdown_table(rows).splitlines() == [
        '| class         | objects |    AP |',
        '| ------------- | ------: | ----: |',
        '| shirt, blouse |  12,345 | 0.123 |',
        '| a\\|b          |       1 |     - |',
    ]


def test_kaggles_scores_as_text():
    gt, predictions = containers()
    result = evaluate('kaggle', gt, predictions)
    lines = format_result('kaggle', result, gt).splitlines()
    assert lines[0] == f'Kaggle score {result["score"]:.3f}'
    best = max(result['per_class'], key=result['per_class'].get)
    name = gt.category_names[gt.category_ids.tolist().index(int(best))]
    assert lines[4].split('|')[1].strip() == name


def test_fashionpedias_scores_as_text():
    gt, predictions = containers()
    result = evaluate('fashionpedia', gt, predictions, ['bbox'])
    lines = format_result('fashionpedia', result, gt).splitlines()
    heads = [cell.strip() for cell in lines[0].split('|')[1:-1]]
    assert heads == ['', 'bbox iou_f1', 'bbox iou', 'bbox f1']
    row = next(line for line in lines if line.startswith('| AP '))
    cells = [cell.strip() for cell in row.split('|')[2:-1]]
    assert cells == [f'{result["bbox"][c]["AP"]:.3f}' for c in ('iou_f1', 'iou', 'f1')]


def test_markdown_of_nothing():
    assert markdown_table([]) == ''
