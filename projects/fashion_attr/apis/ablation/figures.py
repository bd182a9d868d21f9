"""Figures of an ablation: scores by run, and the curves of each group."""

from collections.abc import Sequence
from itertools import groupby

import plotly.graph_objects as go

from ...reports.figures import COLORS, new_figure, plain
from .results import Figure, RunResult

_POINTS = 200  # of a curve: more cannot be told apart
_ROW = 26  # pixels of a line of bars
_SHOWN = dict(AP='AP', f1AP='f1AP', f1AP_constant='f1AP, constant')


def score_bars(results: Sequence[RunResult], iou_type: str) -> go.Figure:
    """AP, f1AP and the constant predictor of each run, the first on top.

    Args:
        results (Sequence[RunResult]): R of them.
        iou_type (str): 'segm' or 'bbox'.

    Returns:
        go.Figure: means, with lines from the lowest seed to the highest.
    """
    names = plain([result.run.name for result in results])
    traces = []
    for key, name in _SHOWN.items():
        figures = [result.figure(iou_type, key) for result in results]
        if any(figures):
            traces.append(_dots(names, figures, name))
    height = 90 + _ROW * len(names)
    figure = new_figure(*traces, height=max(200, height))
    figure.update_xaxes(title=iou_type, rangemode='tozero')
    order = dict(categoryorder='array', categoryarray=names[::-1])
    figure.update_yaxes(type='category', dtick=1, **order)
    return figure


def _dots(names: list[str], figures: list[Figure | None], name: str) -> go.Scatter:
    found = [(n, f) for n, f in zip(names, figures, strict=True) if f]
    means = [f.mean for _, f in found]
    return go.Scatter(
        name=name,
        x=means,
        y=[n for n, _ in found],
        mode='markers',
        marker=dict(size=9),
        error_x=dict(
            type='data',
            symmetric=False,
            array=[max(f.values) - m for (_, f), m in zip(found, means, strict=True)],
            arrayminus=[
                m - min(f.values) for (_, f), m in zip(found, means, strict=True)
            ],
        ),
        hovertemplate='%{y}: %{x:.4f}<extra>' + name + '</extra>',
    )


def group_curves(results: Sequence[RunResult]) -> dict[str, dict[str, go.Figure]]:
    """Losses and validation of the runs of each group.

    Args:
        results (Sequence[RunResult]): of a plan.

    Returns:
        dict[str, dict[str, go.Figure]]: by group, then by what is drawn; only what
        was logged.
    """
    curves = {}
    by_group = sorted(results, key=lambda result: _order(result, results))
    for group, members in groupby(by_group, key=lambda result: result.run.group):
        members = list(members)
        figures = dict(
            loss=_curves(members, 'loss'),
            loss_attr=_curves(members, 'loss_attr'),
            f1AP=_curves(members, 'fashion/segm_f1AP'),
        )
        curves[group] = {name: f for name, f in figures.items() if f is not None}
    return {group: figures for group, figures in curves.items() if figures}


def _order(result: RunResult, results: Sequence[RunResult]) -> int:
    """Where the group of a run is first named."""
    return [other.run.group for other in results].index(result.run.group)


def _curves(members: list[RunResult], name: str) -> go.Figure | None:
    """One scalar of every run and seed; seeds of a run share a colour."""
    traces = []
    for number, result in enumerate(members):
        for place, seed in enumerate(result.seeds):
            steps, values = seed.curves.get(name, ((), ()))
            if len(steps) < 2:  # a single validation is in the table
                continue
            every = max(1, len(steps) // _POINTS)
            traces.append(
                go.Scatter(
                    x=steps[::every],
                    y=values[::every].round(5),
                    name=plain([result.run.name])[0],
                    legendgroup=result.run.name,
                    showlegend=place == 0,
                    mode='lines',
                    line=dict(color=COLORS[number % len(COLORS)], width=1.6),
                )
            )
    if not traces:
        return None
    figure = new_figure(*traces, height=380)
    figure.update_xaxes(title='iteration')
    figure.update_yaxes(title=name.rpartition('/')[2], rangemode='tozero')
    return figure
