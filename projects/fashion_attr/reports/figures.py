"""Plotly figures in the pages' style, and as HTML to put into a page."""

import html
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go
from markupsafe import Markup

from ..datasets.taxonomy import Label

# Okabe and Ito's, which the colour-blind can tell apart.
COLORS = ('#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00')
SCALE = 'Viridis'
_ROW = 17  # pixels that a line of names needs
# Ticks of a logarithmic axis over one, some and many powers of ten.
_STEPS = ((1, 1.5, 2, 3, 4, 5, 6, 8), (1, 2, 5), (1,))
_BUTTONS = ['zoom2d', 'pan2d', 'select2d', 'lasso2d', 'zoomIn2d', 'zoomOut2d']


def embed(figure: go.Figure, name: str) -> Markup:
    """A figure as HTML without plotly.js, which the page brings once.

    Args:
        figure (go.Figure): with a height.
        name (str): unique on the page: letters and hyphens.

    Returns:
        Markup: a div with its script.
    """
    config = dict(displaylogo=False, responsive=True, modeBarButtonsToRemove=_BUTTONS)
    text = figure.to_html(
        config, include_plotlyjs=False, full_html=False, div_id=f'figure-{name}'
    )
    return Markup(text)


def plain(names: Sequence[str]) -> list[str]:
    """Names as plotly shows them letter by letter: it reads some HTML in labels."""
    return [html.escape(name, quote=False) for name in names]


def unique_names(labels: Sequence[Label]) -> list[str]:
    """Names for an axis, where two equal ones would fall on one place.

    Args:
        labels (Sequence[Label]): of any taxonomy.

    Returns:
        list[str]: names for plotly, with the id behind those that are not unique.
    """
    times = Counter(label.name for label in labels)
    return plain([f'{x.name} #{x.id}' if times[x.name] > 1 else x.name for x in labels])


def new_figure(*traces: go.Figure, height: int, **layout) -> go.Figure:
    """A figure in the pages' style.

    Args:
        traces (BaseTraceType): what it shows.
        height (int): in pixels.
        layout: plotly's.

    Returns:
        go.Figure: as wide as the page lets it be.
    """
    figure = go.Figure(traces)
    figure.update_layout(
        template='plotly_white',
        height=height,
        margin=dict(l=10, r=10, t=30, b=10),
        colorway=COLORS,
        font=dict(size=12),
        legend=dict(orientation='h', y=1, yanchor='bottom', x=0, xanchor='left'),
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    figure.update_layout(**layout)
    return figure


def name_bars(
    names: Sequence[str], series: Mapping[str, np.ndarray], title: str, least: int = 200
) -> go.Figure:
    """A line of bars for each name, on a logarithmic scale, in the order given.

    Args:
        names (Sequence[str]): N names for plotly, the first on top.
        series (Mapping[str, np.ndarray]): (N,) counts by what they are of.
        title (str): of the axis.
        least (int): the height at least, in pixels.

    Returns:
        go.Figure: no bar where a count is 0.
    """
    traces = [
        go.Bar(
            name=html.escape(name),
            y=names,
            x=values,
            orientation='h',
            hovertemplate='%{y}: %{x:,}<extra>' + html.escape(name) + '</extra>',
        )
        for name, values in series.items()
    ]
    highest = max((values.max(initial=1) for values in series.values()), default=1)
    row = _ROW + 4 * (len(series) - 1)
    figure = new_figure(*traces, height=max(least, 90 + row * len(names)), bargap=0.2)
    # From .8, so that a single object is seen as a bar.
    ends = np.log10([0.8, 1.3 * highest]).tolist()
    figure.update_xaxes(title=title, range=ends, **log_axis(1, highest))
    # Listed from below where it draws, from above where it is read.
    figure.update_yaxes(type='category', autorange='reversed', dtick=1)
    figure.update_layout(showlegend=len(series) > 1)
    return figure


def histogram_bars(
    values: Sequence, series: Mapping[str, np.ndarray], x: str, y: str
) -> go.Figure:
    """Bars side by side over numbers or names.

    Args:
        values (Sequence): (N,) places.
        series (Mapping[str, np.ndarray]): (N,) heights, shares 0..1, by name.
        x (str): title of the places.
        y (str): title of the heights.

    Returns:
        go.Figure: 320 pixels high.
    """
    traces = [
        go.Bar(
            name=html.escape(name),
            x=values,
            y=heights,
            hovertemplate='%{x}: %{y:.2%}<extra>' + html.escape(name) + '</extra>',
        )
        for name, heights in series.items()
    ]
    figure = new_figure(*traces, height=320, bargap=0.15)
    figure.update_xaxes(title=x, dtick=1 if len(values) <= 20 else None)
    figure.update_yaxes(title=y, tickformat='.0%')
    figure.update_layout(showlegend=len(series) > 1)
    return figure


def log_axis(low: float, high: float, per_cent: bool = False) -> dict:
    """Settings of a logarithmic axis with ticks that have room.

    Args:
        low (float): smallest value on the axis, above 0.
        high (float): largest value on the axis.
        per_cent (bool): whether values are shares to be written as per cent; others
            are numbers of things, with ticks at whole numbers only.

    Returns:
        dict: for ``update_xaxes`` or ``update_yaxes``.
    """
    decades = np.log10(high / low)
    steps = _STEPS[np.digitize(decades, (1.2, 3.2))]
    powers = 10.0 ** np.arange(np.floor(np.log10(low)), np.log10(high) + 1)
    ticks = np.outer(powers, steps).ravel()
    ticks = ticks[(ticks >= 0.9 * low) & (ticks <= 1.1 * high)]
    if per_cent:
        texts = [f'{_decimal(100 * tick)}%' for tick in ticks]
    else:
        ticks = ticks[np.isclose(ticks, np.round(ticks))]
        texts = [f'{tick:,.0f}' for tick in ticks]
    return dict(type='log', tickvals=ticks.tolist(), ticktext=texts)


def _decimal(value: float) -> str:
    """Without trailing zeros, and never as 1e-05."""
    return np.format_float_positional(value, precision=6, trim='-')


def log_colors(counts: np.ndarray) -> dict:
    """Colours of a heat map for log10 of counts, from 1 to 10 at least.

    Args:
        counts (np.ndarray): numbers shown.

    Returns:
        dict: of the trace, ``colorbar`` without its title.
    """
    highest = max(int(counts.max(initial=1)), 10)
    axis = log_axis(1, highest)
    bar = dict(tickvals=np.log10(axis['tickvals']).tolist(), ticktext=axis['ticktext'])
    return dict(
        z=log10_or_nan(counts),
        customdata=counts.astype(np.int32),
        zmin=0,
        zmax=float(np.log10(highest)),
        colorscale=SCALE,
        colorbar=bar,
    )


def log10_or_nan(counts: np.ndarray) -> np.ndarray:
    """log10 of counts, NaN (an empty cell) for 0; float32, as no eye sees more."""
    with np.errstate(divide='ignore'):
        logs = np.log10(counts.astype(np.float32))
    return np.where(counts > 0, logs, np.float32(np.nan))
