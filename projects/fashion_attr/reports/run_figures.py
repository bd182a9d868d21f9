"""Figures of a run: losses, validation, thresholds, categories, lost points."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from .figures import COLORS, SCALE, new_figure, plain

_POINTS = 1500  # of a curve: more cannot be told apart
_ROW = 22  # pixels of a line of bars
_NAME = 24  # letters of a name on an axis
_NOTHING = -1  # what a metric says where there is nothing to score
# A ring and a dot inside it, where two scores are equal.
_MARKERS = (dict(size=12, symbol='circle-open', line_width=2), dict(size=7))
_DASHES = ('solid', 'dash', 'dot')

Series = Mapping[str, tuple[np.ndarray, np.ndarray]]


def loss_curves(raw: Series, smoothed: Series) -> go.Figure:
    """Losses against iterations: as logged, faint, and smoothed.

    Args:
        raw (Series): (S,) iterations and values by name, the total first.
        smoothed (Series): the same, smoothed.

    Returns:
        go.Figure: a click on a name hides its curves.
    """
    traces = []
    for number, name in enumerate(raw):
        color = COLORS[number % len(COLORS)]
        dash = _DASHES[number // len(COLORS) % len(_DASHES)]
        own = dict(name=plain([name])[0], legendgroup=name, mode='lines')
        faint = dict(showlegend=False, opacity=0.25, hoverinfo='skip')
        width = 3 if name == 'loss' else 2
        traces.append(_curve(*raw[name], **own, **faint, line=dict(color=color)))
        line = dict(color=color, width=width, dash=dash)
        traces.append(_curve(*smoothed[name], **own, line=line))
    figure = new_figure(*traces, height=460)
    figure.update_xaxes(title='iteration')
    figure.update_yaxes(title='loss', rangemode='tozero')
    return figure


def score_curves(series: Series) -> go.Figure:
    """Scores of the validations against training iterations.

    Args:
        series (Series): (S,) iterations and scores by name.

    Returns:
        go.Figure: -1, which stands for nothing to score, is left out.
    """
    traces = [
        _curve(steps, np.where(values < 0, np.nan, values), name=plain([name])[0])
        for name, (steps, values) in series.items()
    ]
    figure = new_figure(*traces, height=320)
    figure.update_traces(mode='lines+markers')
    figure.update_xaxes(title='iteration')
    figure.update_yaxes(title='score', rangemode='tozero')
    return figure


def _curve(steps: np.ndarray, values: np.ndarray, **settings) -> go.Scatter:
    every = max(1, len(steps) // _POINTS)
    # As plain numbers: plotly would write arrays as they are, 8 bytes each.
    x, y = steps[::every].tolist(), np.round(values[::every], 5).tolist()
    return go.Scatter(x=x, y=y, **settings)


def threshold_map(
    grid: np.ndarray,
    attr_thresholds: Sequence[float],
    score_thresholds: Sequence[float],
    used: tuple[float | None, float | None],
) -> go.Figure:
    """f1AP over attribute and class thresholds.

    Args:
        grid (np.ndarray): (T, C) f1AP.
        attr_thresholds (Sequence[float]): T least attribute scores.
        score_thresholds (Sequence[float]): C least class scores.
        used (tuple): the attribute and class threshold of the test run; None where
            there are several.

    Returns:
        go.Figure: the best setting framed in red, the one used dotted.
    """
    x, y = ([f'{t:g}' for t in axis] for axis in (score_thresholds, attr_thresholds))
    texts = [[f'{v:.3f}'.removeprefix('0') for v in row] for row in grid]
    heat = go.Heatmap(
        x=x,
        y=y,
        z=np.round(grid, 5).tolist(),
        text=texts,
        texttemplate='%{text}',
        colorscale=SCALE,
        showscale=False,
        hovertemplate='attribute threshold %{y}<br>class threshold %{x}<br>'
        'f1AP %{z:.4f}<extra></extra>',
    )
    figure = new_figure(heat, height=110 + _ROW * len(y))
    figure.update_xaxes(title='class threshold', type='category')
    figure.update_yaxes(title='attribute threshold', type='category')
    row, column = np.unravel_index(np.argmax(grid), grid.shape)
    _frame(figure, int(row), int(column), dict(color='#e4002b', width=3))
    if used[0] in attr_thresholds and used[1] in score_thresholds:
        place = attr_thresholds.index(used[0]), score_thresholds.index(used[1])
        _frame(figure, *place, dict(color='#fff', width=2, dash='dot'))
    return figure


def _frame(figure: go.Figure, row: int, column: int, line: dict) -> None:
    corners = dict(x0=column - 0.5, x1=column + 0.5, y0=row - 0.5, y1=row + 0.5)
    figure.add_shape(type='rect', line=line, **corners)


def category_dots(rows: Sequence[Mapping], scores: Sequence[str]) -> go.Figure | None:
    """Scores of each category, the first on top.

    Args:
        rows (Sequence[Mapping]): of a table by category.
        scores (Sequence[str]): the columns shown.

    Returns:
        go.Figure | None: categories without objects are left out; None of none.
    """
    rows = [row for row in rows if row[scores[0]] != _NOTHING]
    if not rows:
        return None
    full = plain([str(row['category']) for row in rows])
    names = plain(_short([str(row['category']) for row in rows]))
    traces = [
        go.Scatter(
            name=score,
            x=[row[score] for row in rows],
            y=names,
            text=full,
            mode='markers',
            marker=marker,
            hovertemplate='%{text}: %{x:.3f}<extra>' + score + '</extra>',
        )
        for score, marker in zip(scores, _MARKERS, strict=False)
    ]
    figure = new_figure(*traces, height=100 + _ROW * len(rows))
    highest = max(row[score] for row in rows for score in scores)
    # A little to the left of 0 and around the names: whole markers.
    figure.update_xaxes(title='score', range=[-0.02 * highest, 1.05 * highest + 0.001])
    figure.update_yaxes(type='category', dtick=1, range=[len(rows) - 0.4, -0.6])
    figure.update_yaxes(categoryorder='array', categoryarray=names)
    return figure


def _short(names: Sequence[str]) -> list[str]:
    """Names with room on an axis; those that would become equal stay long."""
    cut = [n if len(n) <= _NAME else n[: _NAME - 1].rstrip(' ,') + '…' for n in names]
    return [c if cut.count(c) == 1 else n for c, n in zip(cut, names, strict=True)]


def cost_bars(costs: Mapping[str, Sequence[Mapping]]) -> go.Figure:
    """What each kind of error costs.

    Args:
        costs (Mapping[str, Sequence[Mapping]]): rows of ``lost_points`` by IoU type,
            dearest first.

    Returns:
        go.Figure: in the order of the first IoU type.
    """
    order = [row['error'] for row in next(iter(costs.values()))]
    traces = [
        go.Bar(
            name=iou_type,
            y=[row['error'] for row in rows],
            x=[row['cost'] for row in rows],
            orientation='h',
            hovertemplate='%{y}: %{x:.3f}<extra>' + iou_type + '</extra>',
        )
        for iou_type, rows in costs.items()
    ]
    figure = new_figure(*traces, height=300, bargap=0.25)
    figure.update_xaxes(title='f1AP gained when it alone is repaired')
    # Listed from below where it draws, from above where it is read.
    figure.update_yaxes(type='category', autorange='reversed')
    figure.update_yaxes(categoryorder='array', categoryarray=order)
    return figure
