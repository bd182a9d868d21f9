"""The report of a plan: tables to sort, scores and curves, on one HTML page."""

from collections.abc import Sequence
from pathlib import Path

from ...reports.figures import embed
from ...reports.page import render_page, write_page
from ...reports.tables import Column, Table
from .figures import group_curves, score_bars
from .plan import Plan
from .results import IOU_TYPES, SCORES, RunResult
from .table import HEADS, baseline_of, main_score, minutes_of, seeds_text

_HINTS = dict(
    f1AP_over_AP='what is left of AP once attributes have to fit',
    f1AP_constant='f1AP if each detection had the commonest attributes of its class',
)


def write_ablation_page(plan: Plan, results: Sequence[RunResult], path: Path) -> Path:
    """Write the report.

    Args:
        plan (Plan): what was run.
        results (Sequence[RunResult]): of its runs.
        path (Path): the page.

    Returns:
        Path: the page.

    Raises:
        OSError: if it cannot be written.
    """
    present = [t for t in IOU_TYPES if any(r.figure(t, 'AP') for r in results)]
    curves = {
        group: {
            name: embed(figure, f'{name}-{number}') for name, figure in figures.items()
        }
        for number, (group, figures) in enumerate(group_curves(results).items())
    }
    html = render_page(
        'ablation.html',
        title=plan.title,
        plan=str(plan.file),
        tables={iou_type: scores_table(results, iou_type) for iou_type in present},
        bars={t: embed(score_bars(results, t), f'scores-{t}') for t in present},
        curves=curves,
        notes=[(r.run.name, r.run.note) for r in results if r.run.note],
        unfinished=[
            f'{r.run.name}, seed {seed}: {state}'
            for r in results
            for seed, state in r.states.items()
            if state != 'done'
        ],
    )
    write_page(path, html)
    return path


def scores_table(results: Sequence[RunResult], iou_type: str) -> Table:
    """The result table, sortable by every figure.

    Args:
        results (Sequence[RunResult]): R of them.
        iou_type (str): 'segm' or 'bbox'.

    Returns:
        Table: R rows, means over seeds.
    """
    columns = [
        Column('group', 'text'),
        Column('run', 'text'),
        Column('seeds', 'text', 'that are done'),
        *(
            column
            for name in SCORES
            for column in (
                Column(HEADS.get(name, name), 'score', _HINTS.get(name, '')),
                Column('± std', 'score', f'of {name} over seeds'),
            )
        ),
        Column('gain', 'score', 'of f1AP, or of AP without attributes'),
        Column('x', 'number', 'f1AP / AP by that of the baseline'),
        Column('over', 'text', 'the baseline'),
        Column('parameters'),
        Column('minutes', 'number', 'of training iterations, mean over seeds'),
    ]
    rows = [_row(result, results, iou_type) for result in results]
    return Table(f'scores-{iou_type}', columns, rows)


def _row(result: RunResult, results: Sequence[RunResult], iou_type: str) -> list:
    baseline, minutes = baseline_of(result, results), minutes_of(result)
    figures = [result.figure(iou_type, name) for name in SCORES]
    gain = baseline and result.gain(baseline, iou_type, main_score(result, iou_type))
    return [
        result.run.group,
        result.run.name,
        seeds_text(result),
        *(value for f in figures for value in (f and f.mean, f and f.std)),
        gain and gain.mean,
        baseline and result.times(baseline, iou_type, 'f1AP_over_AP'),
        baseline.run.name if baseline else '',
        result.parameters,
        minutes and minutes.mean,
    ]
