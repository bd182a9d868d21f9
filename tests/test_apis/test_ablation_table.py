"""Tables and page of an ablation: figures that can be worked out by hand."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from projects.fashion_attr.apis.ablation import (
    PlannedRun,
    RunResult,
    write_ablation_page,
    write_tables,
)
from projects.fashion_attr.apis.ablation.figures import group_curves, score_bars
from projects.fashion_attr.apis.ablation.folder import RunFolder
from projects.fashion_attr.apis.ablation.plan import Plan
from projects.fashion_attr.apis.ablation.results import (
    SeedResult,
    best_thresholds,
    training_seconds,
)
from projects.fashion_attr.apis.ablation.table import format_results

CURVES = {'loss': (np.arange(4), np.array([4.0, 3, 2, 1]))}


def seed_result(seed, ap, f1ap=None, seconds=60.0, curves=CURVES, **more):
    scores = dict(AP=ap) | more
    if f1ap is not None:
        ratio = f1ap / ap if ap > 0 else -1
        scores |= dict(f1AP=f1ap, f1AP_over_AP=ratio, f1AP_constant=0.1)
    return SeedResult(seed, dict(segm=scores, bbox=scores), seconds, curves)


def result(name, *seeds, missing=(), parameters=1000, **run):
    planned = PlannedRun(name, 'x.py', **run)
    states = {s.seed: 'done' for s in seeds} | dict.fromkeys(missing, 'failed')
    return RunResult(planned, seeds, states, parameters if seeds else None)


BASE = result('base', seed_result(0, 0.4, 0.2), seed_result(1, 0.5, 0.25), group='A')
BETTER = result(
    'better',
    seed_result(0, 0.4, 0.3, seconds=120.0),
    seed_result(1, 0.4, 0.32, seconds=180.0),
    seed_result(2, 0.4, 0.4, seconds=240.0),
    missing=[3],
    baseline='base',
    group='B',
    note='a | note',
)
PLAIN = result('plain', seed_result(0, 0.3), group='A', baseline='base')
NONE = result('none', missing=[0])
RESULTS = [BASE, BETTER, PLAIN, NONE]
PLAN = Plan(Path('p.yaml'), 'Title', tuple(r.run for r in RESULTS))


def cells(line):
    return [cell.strip() for cell in line.strip('|').split('|')]


@pytest.fixture
def table():
    lines = format_results(PLAN, RESULTS).splitlines()
    start = lines.index('## segm') + 2
    rows = [cells(line) for line in lines[start : start + 6]]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


@pytest.mark.parametrize(
    'row, expected',
    [
        (0, dict(seeds='2', AP='0.450 (0.400..0.500)', gain='-', x='-', over='')),
        (0, {'minutes': '1.0', 'f1AP / AP': '0.500 (0.500..0.500)'}),
        # Gains are over seeds 0 and 1, which the baseline has as well: .10 and .07,
        # and (.75 + .80) / (.5 + .5).
        (1, dict(gain='+0.085 (+0.070..+0.100)', x='1.55', over='base')),
        (1, dict(seeds='3/4, failed', f1AP='0.340 (0.300..0.400)', minutes='3.0')),
        (2, dict(seeds='1', AP='0.300', f1AP='-', gain='-0.100', x='-')),
        (3, dict(seeds='0/1, failed', AP='-', parameters='-', minutes='-')),
    ],
)
def test_figures_of_the_table(table, row, expected):
    assert {key: table[row][key] for key in expected} == expected


def test_notes_and_title_are_in_the_markdown():
    text = format_results(PLAN, RESULTS)
    assert text.startswith('# Title\n')
    assert '- better: a | note' in text


def test_nothing_to_score_is_no_figure():
    empty = result('empty', seed_result(0, -1, -1))
    assert empty.figure('segm', 'AP') is None
    assert empty.gain(BASE, 'segm', 'AP') is None
    assert empty.times(BASE, 'segm', 'f1AP_over_AP') is None


def test_csv_has_full_precision(tmp_path):
    write_tables(PLAN, RESULTS, tmp_path)
    runs = list(csv.DictReader((tmp_path / 'table.csv').open()))
    assert [row['run'] for row in runs] == ['base', 'better', 'plain', 'none']
    better = runs[1]
    assert float(better['segm_f1AP']) == pytest.approx(1.02 / 3, abs=1e-15)
    assert float(better['segm_gain']) == pytest.approx(0.085, abs=1e-15)
    assert float(better['segm_f1AP_over_AP_times']) == pytest.approx(1.55)
    # Sample deviation of .30, .32, .40.
    assert float(better['segm_f1AP_std']) == pytest.approx(0.0529150262, abs=1e-9)
    assert (runs[2]['segm_f1AP'], runs[3]['parameters']) == ('', '')
    seeds = list(csv.DictReader((tmp_path / 'seeds.csv').open()))
    assert [(row['run'], row['seed']) for row in seeds][2:4] == [
        ('better', '0'),
        ('better', '1'),
    ]
    assert seeds[-1]['segm_f1AP'] == ''


def test_tables_of_nothing(tmp_path):
    plan = Plan(Path('p.yaml'), 'T', (NONE.run,))
    write_tables(plan, [NONE], tmp_path)
    page = write_ablation_page(plan, [NONE], tmp_path / 'r.html').read_text()
    assert 'No run is done yet.' in page
    assert 'none, seed 0: failed' in page


def test_page_escapes_and_draws(tmp_path):
    tricky = result('<b>x', seed_result(0, 0.4, 0.2), group='<i>', note='5 < 6')
    plan = Plan(Path('p.yaml'), 'T & U', (tricky.run, BASE.run))
    page = write_ablation_page(plan, [tricky, BASE], tmp_path / 'r.html').read_text()
    body = page[page.index('<main>') :]
    assert 'T &amp; U' in body and '5 &lt; 6' in body and '<i>' not in body
    assert {'figure-scores-segm', 'figure-scores-bbox', 'figure-loss-0'} <= set(
        re.findall(r'id="(figure-[a-z0-9-]+)"', body)
    )
    assert 'data-value="0.45"' in body


def test_bars_reach_from_the_lowest_seed_to_the_highest():
    trace = score_bars([BASE, BETTER, NONE], 'segm').data[1]
    assert (trace.name, trace.y) == ('f1AP', ('base', 'better'))
    assert np.allclose(trace.x, [0.225, 0.34])
    assert np.allclose(trace.error_x.array, [0.025, 0.06])
    assert np.allclose(trace.error_x.arrayminus, [0.025, 0.04])


def test_curves_by_group_in_the_order_of_the_plan():
    figures = group_curves(RESULTS)
    assert list(figures) == ['A', 'B']
    assert list(figures['A']) == ['loss']
    lines = figures['A']['loss'].data
    assert [(line.name, line.showlegend) for line in lines] == [
        ('base', True),
        ('base', False),
        ('plain', True),
    ]
    assert lines[0].line.color == lines[1].line.color != lines[2].line.color


def write_scalars(folder, stamp, lines):
    path = folder / stamp / 'vis_data/scalars.json'
    path.parent.mkdir(parents=True)
    path.write_text('\n'.join(map(json.dumps, lines)) + '\n{"half')


def step(number, seconds):
    return dict(iter=number, step=number, time=seconds, loss=1.0)


def test_training_time_counts_lost_iterations_once(tmp_path):
    assert training_seconds(tmp_path) is None
    lines = [step(10, 1.0), step(20, 2.0), step(30, 3.0), dict(step=1, time=9.0)]
    write_scalars(tmp_path, '1', lines)
    assert training_seconds(tmp_path) == 10 + 20 + 30
    # It was resumed at iteration 15: 20 and 30 are done again.
    write_scalars(tmp_path, '2', [step(20, 4.0)])
    assert training_seconds(tmp_path) == 10 + 40
    write_scalars(tmp_path, '3', [])
    assert training_seconds(tmp_path) == 10 + 40


def test_best_thresholds_of_a_sweep(tmp_path):
    settings = [
        dict(attr_thr=0.1, score_thr=0.0, f1AP=0.1, AP=0.4, f1AP_constant=0.05),
        dict(attr_thr=0.3, score_thr=0.2, f1AP=0.2, AP=0.5, f1AP_constant=0.06),
    ]
    path = tmp_path / 'sweep/sweep_segm.json'
    path.parent.mkdir()
    path.write_text(json.dumps(dict(settings=settings)))
    best = best_thresholds(RunFolder(tmp_path, 'sweep', '', ''))
    assert best == dict(segm=settings[1] | dict(f1AP_over_AP=0.4))
    swept = SeedResult(0, best, None, {})
    run = PlannedRun('s', 'x.py', kind='sweep')
    text = format_results(PLAN, [RunResult(run, (swept,), {0: 'done'})])
    assert (
        's, seed 0: best segm f1AP at attribute threshold 0.3, class threshold 0.2'
        in (text.replace('\n', ' '))
    )
