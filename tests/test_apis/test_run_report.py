"""The report of a run: its numbers, its gaps, and that it needs no other file."""

import json
import re

import pytest
from html_pages import Page
from run_folders import CLASSES, write_data, write_launch, write_test, write_training

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.apis.run_report import write_run_report
from projects.fashion_attr.apis.run_report.work_dir import WorkDir
from projects.fashion_attr.evaluation.functional import (
    GroundTruth,
    Predictions,
    evaluate_coco_f1,
)
from projects.fashion_attr.evaluation.functional.table import f1_over_ap


def score(gt, results):
    scores = evaluate_coco_f1(gt, results)
    for own in scores.values():
        own['f1AP_over_AP'] = f1_over_ap(own)
    return scores


@pytest.fixture(scope='module')
def whole(tmp_path_factory):
    """A work dir with everything: it, its data, scores and the report."""
    folder = tmp_path_factory.mktemp('whole')
    data, work = folder / 'data', folder / 'my run'
    gt, results = write_data(data)
    scores = score(gt, results)
    write_training(
        work, data, mode='train', command='python tools/train.py <my config>'
    )
    write_test(work, data, results, scores, mode='test', command='python tools/test.py')
    page, missing = write_run_report(work, pictures=2)
    assert page == work / 'report.html' and missing == []
    return dict(work=work, data=data, scores=scores, text=page.read_text(), gt=gt,
                results=results)  # fmt: skip


@pytest.fixture(scope='module')
def page(whole):
    return Page(whole['text'])


def shown(value):
    return '–' if value == -1 else f'{value:.3f}'


def test_the_table_is_that_of_the_test_run(whole, page):
    for name, columns in (
        ('plain', ['AP', 'AP50', 'AP75', 'APs', 'APm', 'APl']),
        ('masked', ['f1AP', 'f1AP50', 'f1AP75', 'f1APs', 'f1APm', 'f1APl']),
        ('constant', ['f1AP', 'f1AP_over_AP']),
    ):
        rows = page.tables[f'scores-{name}']
        assert rows[0][1:] == [c.replace('f1AP_over_AP', 'f1AP / AP') for c in columns]
        for iou_type, row in zip(('segm', 'bbox'), rows[1:], strict=True):
            own = whole['scores'][iou_type]
            assert row == [iou_type, *(shown(own[c]) for c in columns)]
    assert 'they are of another test run' not in page.text


def test_categories_attributes_and_lost_points_of_both_kinds(whole, page):
    for iou_type in ('segm', 'bbox'):
        rows = page.tables[f'categories-{iou_type}'][1:]
        assert sorted(row[0] for row in rows) == sorted(CLASSES)
        f1ap = [float(row[6]) for row in rows if row[6] != '–']
        mean = sum(f1ap) / len(f1ap)
        assert mean == pytest.approx(whole['scores'][iou_type]['f1AP'], abs=1e-3)
        assert len(page.tables[f'costs-{iou_type}']) == 7
    assert len(page.tables['attributes']) == 7


def test_thresholds(whole, page):
    first = page.tables['settings'][1]
    gt = GroundTruth.from_coco(whole['gt'])
    found = Predictions.from_coco(
        whole['results'], gt, attr_thr=float(first[1]), keep_scores=True
    )
    scores = evaluate_coco_f1(gt, found, ('segm',), score_thr=float(first[2]))
    assert first[0] == f'{scores["segm"]["f1AP"]:.3f}'
    assert f'Best (framed): {first[0]}' in re.sub(r'\s+', ' ', page.text)


def test_configuration_and_environment(page):
    settings = dict(page.tables['summary'][1:])
    assert settings == {
        'model': 'MaskRCNN',
        'backbone': 'ResNet, depth=18',
        'attribute head': 'FCAttrHead, num_fcs=2',
        'class threshold': '0.05',
        'attribute threshold': '0.4',
        'pictures of a step': '4',
        'optimiser': 'SGD, lr=0.01',
        'length': '3 epochs',
        'weights from': 'weights.pth',
        'picture size': '64 x 48',
        'train file': 'data/train.json',
        'test file': settings['test file'],
    }
    environment = dict(page.tables['environment-train'][1:])
    assert environment == {'sys.platform': 'linux', 'OpenCV': '4.12.0', 'seed': '7'}
    assert 'Environment: train and test' in page.text
    assert 'python tools/train.py <my config>' in page.text


def test_the_page_needs_neither_network_nor_files(whole, page):
    outside = [x for x in page.links if not x.startswith(('#', 'data:image/jpeg;'))]
    assert outside == []
    assert whole['text'].count('plotly.js v') == 1
    for figure in ('losses', 'validation', 'thresholds', 'categories-segm', 'costs'):
        assert f'id="figure-{figure}"' in whole['text']


def test_best_and_worst_pictures(page):
    captions = re.findall(r'F1 ([\d.]+)\s*: \d+ of \d+ garments hit', page.text)
    qualities = [float(q) for q in captions]
    assert len(qualities) == 4
    assert qualities[0] >= qualities[1] >= qualities[3] >= qualities[2]
    assert sum(link.startswith('data:image/jpeg;') for link in page.links) == 4


def report(work, **options):
    path, missing = write_run_report(work, **options)
    text = path.read_text()
    return Page(text), missing


def test_a_training_without_a_test(tmp_path):
    write_data(tmp_path / 'data')
    write_training(tmp_path / 'run', tmp_path / 'data')
    scores = dict(segm=dict.fromkeys(('AP', 'AP50', 'AP75', 'APs', 'APm', 'APl'), 0.5))
    (tmp_path / 'run/scores_val.json').write_text(json.dumps(scores))
    page, missing = report(tmp_path / 'run')
    assert 'Of the last validation.' in page.text
    assert page.tables['scores-plain'][1] == ['segm', *['0.500'] * 6]
    config = tmp_path / 'run/20260102_030405/vis_data/config.py'
    command = f'python tools/test.py {config} {tmp_path}/run/epoch_3.pth --work-dir'
    assert missing == [f'no test run has come to an end here: {command} {tmp_path}/run']
    assert page.text.count(command) == 5
    assert 'command itself was not recorded' in page.text
    assert f'python tools/train.py {config} --work-dir {tmp_path}/run' in page.text


def test_a_test_without_a_training(tmp_path):
    gt, results = write_data(tmp_path / 'data')
    write_test(tmp_path / 'run', tmp_path / 'data', results, score(gt, results))
    page, missing = report(tmp_path / 'run', pictures=0)
    (line,) = missing
    assert line.startswith('no training was logged here: python tools/train.py')
    assert 'costs-segm' in page.tables


def without(tmp_path, *names, metric='F1SegmMetric'):
    """The report of a test run of which files were deleted."""
    gt, results = write_data(tmp_path / 'data')
    write_training(tmp_path / 'run', tmp_path / 'data')
    write_test(
        *(tmp_path / 'run', tmp_path / 'data', results, score(gt, results)),
        metric=metric,
    )
    for name in names:
        (tmp_path / name).unlink()
    return report(tmp_path / 'run')


@pytest.mark.parametrize(
    'name, line',
    [
        (
            'run/predictions.results.json',
            'kept no predictions .*: python tools/test.py',
        ),
        (
            'data/gt.json',
            'gt.json is not there.*: python tools/prepare_imaterialist.py',
        ),
        ('data/pictures/1.png', 'pictures/1.png is missing'),
    ],
)
def test_what_has_gone_since_is_named(tmp_path, name, line):
    page, missing = without(tmp_path, name)
    assert len(missing) == 1 and re.search(line, missing[0])
    assert page.tables['scores-plain']
    assert re.search(line.partition(':')[0], page.text)


def test_a_detector_without_attributes(tmp_path):
    page, missing = without(tmp_path, metric='SegmMetric')
    assert missing == []
    assert page.text.count('The model names no attributes.') == 3
    assert 'f1AP' not in page.tables['categories-segm'][0]


def test_another_metric(tmp_path):
    page, missing = without(tmp_path, metric='CocoMetric')
    assert missing[0].startswith('the test run used none of F1SegmMetric, SegmMetric')


def test_predictions_that_are_not_those_of_the_table(tmp_path):
    gt, results = write_data(tmp_path / 'data')
    write_test(tmp_path / 'run', tmp_path / 'data', results[:3], score(gt, results))
    page, _ = report(tmp_path / 'run')
    assert re.search(r'come to segm AP [\d.]+, the table says', page.text)


def test_a_moved_work_dir(tmp_path):
    gt, results = write_data(tmp_path / 'data')
    write_test(tmp_path / 'run', tmp_path / 'data', results, score(gt, results))
    (tmp_path / 'run').rename(tmp_path / 'elsewhere')
    page, _ = report(tmp_path / 'elsewhere')
    assert 'costs-segm' in page.tables


def test_a_test_that_was_stopped_does_not_count(tmp_path):
    gt, results = write_data(tmp_path / 'data')
    write_test(tmp_path / 'run', tmp_path / 'data', results, score(gt, results))
    write_launch(tmp_path / 'run', '20260109_000000', tmp_path, mode='test')
    assert WorkDir(tmp_path / 'run').last('test').folder.name == '20260102_040506'


@pytest.mark.parametrize(
    'name, text, message',
    [
        ('20260102_030405/run.json', '{', 'run.json is no JSON'),
        ('20260102_030405/vis_data/config.py', 'x = (', 'config.py is no config'),
        ('scores.json', '[]', 'scores.json is no JSON object'),
        ('predictions.results.json', '{}', 'results.json: not a list of COCO results'),
    ],
)
def test_broken_files_are_named(tmp_path, name, text, message):
    gt, results = write_data(tmp_path / 'data')
    write_training(tmp_path / 'run', tmp_path / 'data')
    write_test(tmp_path / 'run', tmp_path / 'data', results, score(gt, results))
    (tmp_path / 'run' / name).write_text(text)
    with pytest.raises(ValueError, match=message):
        write_run_report(tmp_path / 'run')


def test_folders_that_are_no_work_dir(tmp_path):
    with pytest.raises(FileNotFoundError, match='there is no work dir'):
        write_run_report(tmp_path / 'nowhere')
    with pytest.raises(ValueError, match='holds no run .*give the --work-dir'):
        write_run_report(tmp_path)
