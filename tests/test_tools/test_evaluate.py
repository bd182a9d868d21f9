"""The command line of tools/evaluate.py."""

import json
import runpy
import sys

import pytest
from coco_samples import write_case
from kaggle_files import good_rows, write_folder

from projects.fashion_attr.evaluation.functional import evaluate_coco_f1


def run(root, monkeypatch, *args):
    monkeypatch.setattr(sys, 'argv', ['evaluate.py', *map(str, args)])
    runpy.run_path(str(root / 'tools/evaluate.py'), run_name='__main__')


def test_prints_and_writes_the_scores(root, tmp_path, monkeypatch, capsys):
    gt, results = write_case(tmp_path)
    run(
        root,
        monkeypatch,
        *(tmp_path / 'gt.json', tmp_path / 'results.json'),
        *('--attr-thr', '0.5', '--score-thr', '0.2', '--iou-type', 'segm'),
        *('--pairs', 'grid', '--train', tmp_path / 'gt.json'),
        *('--json', tmp_path / 'out/scores.json'),
    )
    scores = json.loads((tmp_path / 'out/scores.json').read_text())
    wanted = evaluate_coco_f1(
        gt, results, ['segm'], 'grid', attr_thr=0.5, score_thr=0.2
    )
    assert 0 <= scores['segm'].pop('f1AP_constant') <= 1
    assert scores == wanted
    text = capsys.readouterr().out
    assert f'{wanted["segm"]["f1AP"]:.3f}' in text
    assert 'constant' in text


def test_boxes_without_area(root, tmp_path, monkeypatch, capsys):
    _, results = write_case(tmp_path)
    results[3]['bbox'][2] = 0
    (tmp_path / 'results.json').write_text(json.dumps(results))
    files = tmp_path / 'gt.json', tmp_path / 'results.json'
    message = "^error: .*prediction 3 .* has no area; empty_boxes 'keep' lets such"
    with pytest.raises(SystemExit, match=message):
        run(root, monkeypatch, *files)
    run(root, monkeypatch, *files, '--empty-boxes', 'keep')
    assert 'f1AP' in capsys.readouterr().out


def test_tables_and_losses(root, tmp_path, monkeypatch, capsys):
    write_case(tmp_path)
    files = tmp_path / 'gt.json', tmp_path / 'results.json'
    options = ('--iou-type', 'bbox', '--tables', tmp_path / 'out')
    run(root, monkeypatch, *files, *options, '--json', tmp_path / 'scores.json')
    tables = ('categories', 'supercategories', 'attributes', 'losses')
    names = {f'{table}_bbox.csv' for table in tables} | {'tables_bbox.json'}
    names |= {'tables_bbox.md'}
    assert {path.name for path in (tmp_path / 'out').iterdir()} == names
    text = capsys.readouterr().out
    assert 'shirt, blouse' in text
    assert 'poor attributes' in text
    written = json.loads((tmp_path / 'out/tables_bbox.json').read_text())
    assert set(written) == set(tables)
    f1ap = json.loads((tmp_path / 'scores.json').read_text())['bbox']['f1AP']
    row = written['losses'][0]
    assert row['f1AP'] - row['cost'] == pytest.approx(f1ap, abs=1e-12)


def test_sweep_writes_table_and_picture(root, tmp_path, monkeypatch, capsys):
    gt, results = write_case(tmp_path)
    files = tmp_path / 'gt.json', tmp_path / 'results.json'
    more = ['--sweep', tmp_path / 'out', '--json', tmp_path / 'all.json']
    run(root, monkeypatch, *files, *more)
    names = {path.name for path in (tmp_path / 'out').iterdir()}
    assert names == {f'sweep_segm.{s}' for s in ('md', 'csv', 'json', 'png')}
    rows = json.loads((tmp_path / 'out/sweep_segm.json').read_text())['settings']
    row = next(r for r in rows if (r['attr_thr'], r['score_thr']) == (0.4, 0.3))
    alone = evaluate_coco_f1(gt, results, ['segm'], attr_thr=0.4, score_thr=0.3)
    assert row['f1AP'] == alone['segm']['f1AP']
    assert 'Best segm f1AP' in capsys.readouterr().out
    written = json.loads((tmp_path / 'all.json').read_text())
    assert written['sweep'] == dict(segm=rows)
    assert set(written) == {'segm', 'bbox', 'sweep'}


@pytest.mark.parametrize(
    ('args', 'message'),
    [
        (['no.json', 'results.json'], "^error: .*No such file.*no.json'$"),
        (['results.json', 'results.json'], '^error: .*results.json: there is no table'),
        (['gt.json', 'gt.json'], '^error: .*gt.json: not a list of COCO results'),
        (['gt.json', 'results.json', '--attr-thr', 'x'], '^error: .*No such file.*x'),
        (['gt.json', 'results.json', '--mean', 'image'], '^error: .*has no mean'),
        (['gt.json', 'results.json', '--train', 'results.json'], '^error: .*no table'),
        (['gt.json', 'listed.json', '--sweep'], '^error: .*listed.json: .*no attr_sc'),
        (
            ['gt.json', 'results.json', '--attr-thr', '1.5'],
            '^error: .*lie in 0..1, got',
        ),
        (
            ['gt.json', 'results.json', '--score-thr', 'nan'],
            '^error: --score-thr is no',
        ),
        (
            ['gt.json', 'results.json', '--tables', '--pairs', 'grid'],
            '^error: --tables take the diagonal apart',
        ),
        (
            ['gt.json', 'results.json', '--protocol', 'kaggle', '--iou-type', 'bbox'],
            '^error: protocol kaggle compares masks',
        ),
        (
            ['gt.json', 'x.csv', '--sweep', '--protocol', 'kaggle'],
            '^error: --sweep is for protocol coco_f1, not kaggle',
        ),
    ],
    ids=[
        'absent',
        'no ground truth',
        'no results',
        'threshold',
        'mean',
        'train',
        'sweep',
        'threshold beyond 1',
        'class threshold',
        'tables of a grid',
        'kaggle by boxes',
        'kaggle',
    ],
)
def test_one_line_says_what_is_wrong(root, tmp_path, monkeypatch, args, message):
    gt, results = write_case(tmp_path)
    for result in results:
        result['attribute_ids'] = [] if result.pop('attr_scores') else None
    (tmp_path / 'listed.json').write_text(json.dumps(results))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=message) as caught:
        run(root, monkeypatch, *args)
    assert '\n' not in str(caught.value)


def changed(entries, n, **change):
    entries[n] = {**entries[n], **change}


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda g, r: changed(r, 3, image_id=1.5), 'prediction 3 .*1.5 is no whole'),
        (lambda g, r: changed(r, 3, image_id=None), 'prediction 3 .*None is no whole'),
        (lambda g, r: changed(r, 3, category_id=0.5), 'prediction 3 .*0.5 is no whole'),
        (lambda g, r: changed(r, 3, score='x'), "prediction 3 .*score is 'x'"),
        (lambda g, r: changed(r, 3, score=float('nan')), 'prediction 3 .*score is nan'),
        (lambda g, r: changed(r, 3, bbox=[1, 2, 3]), 'prediction 3 .*not 4 numbers'),
        (lambda g, r: changed(r, 3, bbox='abcd'), 'prediction 3 .*not 4 numbers'),
        (
            lambda g, r: changed(r, 3, bbox=[1, 2, float('nan'), 4]),
            'prediction 3 .*is not finite',
        ),
        (lambda g, r: changed(r, 3, attr_scores='x'), 'entry 3: attr_scores are no'),
        (
            lambda g, r: changed(r, 3, attr_scores=None, attribute_ids='12'),
            "prediction 3 .*attribute ids '12' are no list",
        ),
        (lambda g, r: g['images'].append(g['images'][0]), 'image id . stands twice'),
        (
            lambda g, r: g['categories'].append(g['categories'][0]),
            'category id . stands twice|categor.* stands twice',
        ),
        (lambda g, r: g.update(annotations={}), "table 'annotations' is not a list"),
        (lambda g, r: g.update(images=[1]), "table 'images' is not a list of objects"),
        (lambda g, r: g['images'][0].pop('height'), "image . has no 'height'"),
        (
            lambda g, r: g['annotations'][0].pop('image_id'),
            "annotation . has no 'image",
        ),
    ],
)
@pytest.mark.parametrize('empty_boxes', ['error', 'keep'])
def test_bad_entries_are_named(
    root, tmp_path, monkeypatch, change, message, empty_boxes
):
    gt, results = write_case(tmp_path)
    change(gt, results)
    (tmp_path / 'gt.json').write_text(json.dumps(gt))
    (tmp_path / 'results.json').write_text(json.dumps(results))
    files = tmp_path / 'gt.json', tmp_path / 'results.json'
    with pytest.raises(SystemExit, match=f'^error: .*({message})'):
        run(root, monkeypatch, *files, '--empty-boxes', empty_boxes)


@pytest.mark.parametrize('protocol', ['coco_f1', 'kaggle', 'fashionpedia'])
def test_kaggles_files_by_every_protocol(root, tmp_path, monkeypatch, protocol, capsys):
    """The rows of train.csv as a submission are perfect."""
    write_folder(tmp_path, good_rows())
    csv = tmp_path / 'train.csv'
    out = tmp_path / 'scores.json'
    options = ['--protocol', protocol, '--json', out, '--iou-type', 'segm']
    run(root, monkeypatch, csv, csv, *options)
    scores = json.loads(out.read_text())
    score = dict(
        coco_f1=lambda: scores['segm']['f1AP'],
        kaggle=lambda: scores['score'],
        fashionpedia=lambda: scores['segm']['iou_f1']['AP'],
    )[protocol]()
    assert score == pytest.approx(1)
    assert '1.000' in capsys.readouterr().out


def test_the_constant_predictor_stands_beside_every_f1ap(root, tmp_path, monkeypatch):
    """The same figure in the score, over the categories, and in the sweep."""
    write_case(tmp_path)
    gt, out = tmp_path / 'gt.json', tmp_path / 'out'
    options = ['--iou-type', 'segm', '--train', gt, '--json', out / 'all.json']
    options += ['--tables', out, '--sweep', out]
    run(root, monkeypatch, gt, tmp_path / 'results.json', *options)
    scores = json.loads((out / 'all.json').read_text())
    whole = scores['segm']['f1AP_constant']
    (swept,) = {
        row['f1AP_constant'] for row in scores['sweep']['segm'] if not row['score_thr']
    }
    assert swept == pytest.approx(whole, abs=1e-12)
    tables = json.loads((out / 'tables_segm.json').read_text())
    values = [row['f1AP_constant'] for row in tables['categories']]
    present = [value for value in values if value >= 0]
    assert sum(present) / len(present) == pytest.approx(whole, abs=1e-12)
    assert 'f1AP_constant' in tables['supercategories'][0]
