"""Figures of sizes: of masks, of pictures, of the sets on them."""

import html
from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from ..datasets import statistics
from ..datasets.object_table import ObjectTable
from .figures import (
    histogram_bars,
    log_axis,
    log_colors,
    new_figure,
    unique_names,
)

Tables = Mapping[str, ObjectTable]
# Whiskers and box of the figure of mask sizes.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def attributes_per_mask(tables: Tables) -> go.Figure:
    """Shares of objects with 0, 1, 2, ... attributes."""
    counts = {n: statistics.attributes_per_object(t) for n, t in tables.items()}
    return _whole_numbers(counts, 'attributes of an object', 'share of the objects')


def objects_per_picture(tables: Tables) -> go.Figure:
    """Shares of pictures with 0, 1, 2, ... objects."""
    counts = {n: statistics.objects_per_image(t) for n, t in tables.items()}
    return _whole_numbers(counts, 'objects of a picture', 'share of the pictures')


def _whole_numbers(counts: Mapping[str, np.ndarray], x: str, y: str) -> go.Figure:
    highest = max((values.max(initial=0) for values in counts.values()), default=0)
    shares = {
        name: np.bincount(values, minlength=highest + 1) / max(len(values), 1)
        for name, values in counts.items()
    }
    return histogram_bars(np.arange(highest + 1), shares, x, y)


def size_shares(tables: Tables) -> go.Figure:
    """Shares of small, medium and large objects, as COCO parts them."""
    shares = {
        name: statistics.count_sizes(table) / max(table.num_objects, 1)
        for name, table in tables.items()
    }
    places = ['small: below 32²', 'medium', 'large: from 96²']
    return histogram_bars(places, shares, 'area in pixels', 'share of the objects')


def area_curves(tables: Tables, bins: int = 60) -> go.Figure:
    """How much of their picture masks cover, on a logarithmic scale.

    Args:
        tables (Tables): objects by split.
        bins (int): between the smallest and the largest.

    Returns:
        go.Figure: a line for each split; masks without area are left out.
    """
    areas = {n: statistics.relative_areas(t) for n, t in tables.items()}
    logs = {n: np.log10(values[values > 0]) for n, values in areas.items()}
    everything = np.concatenate([*logs.values(), [-1.0, 0.0]])
    edges = np.linspace(everything.min(), everything.max(), bins + 1)
    middles = 10 ** ((edges[1:] + edges[:-1]) / 2)
    traces = [
        go.Scatter(
            x=middles,
            y=np.histogram(values, edges)[0] / max(len(areas[name]), 1),
            name=html.escape(name),
            mode='lines',
            line=dict(shape='hvh'),
            fill='tozeroy',
            hovertemplate='about %{x:.3%} of the picture: %{y:.2%} of the objects',
        )
        for name, values in logs.items()
    ]
    figure = new_figure(*traces, height=320, showlegend=len(traces) > 1)
    axis = log_axis(middles[0], middles[-1], per_cent=True)
    figure.update_xaxes(title='part of the picture', **axis)
    figure.update_yaxes(title='share of the objects', tickformat='.1%')
    return figure


def area_boxes(table: ObjectTable) -> go.Figure:
    """How much of their picture the masks of each category cover.

    Args:
        table (ObjectTable): G objects.

    Returns:
        go.Figure: boxes from the first to the third quartile, whiskers from 5 % to
        95 % of the objects; the largest median on top.
    """
    quantiles = statistics.area_quantiles(table, QUANTILES)
    medians = quantiles[:, QUANTILES.index(0.5)]
    order = np.argsort(-medians, kind='stable')[: np.count_nonzero(~np.isnan(medians))]
    low, first, median, third, high = quantiles[order].T
    names = unique_names(table.categories)
    box = go.Box(
        y=[names[n] for n in order],
        lowerfence=low,
        q1=first,
        median=median,
        q3=third,
        upperfence=high,
        orientation='h',
        fillcolor='rgba(0, 114, 178, 0.25)',
        line=dict(width=1.2),
    )
    figure = new_figure(box, height=110 + 18 * len(order), showlegend=False)
    if len(order):
        # Masks without area have no place on the axis.
        positive = quantiles[quantiles > 0]
        axis = log_axis(positive.min(initial=1), 1, per_cent=True)
        figure.update_xaxes(title='part of the picture', hoverformat='.3%', **axis)
    figure.update_yaxes(type='category', dtick=1, autorange='reversed')
    return figure


def picture_sizes(table: ObjectTable, bins: int = 60) -> go.Figure:
    """How many pictures there are of each width and height.

    Args:
        table (ObjectTable): I pictures.
        bins (int): on each axis.

    Returns:
        go.Figure: colour is the number of pictures.
    """
    heights, widths = table.image_sizes.T
    if not len(heights):
        return new_figure(height=200)
    edges = [_edges(values, bins) for values in (heights, widths)]
    counts = np.histogram2d(heights, widths, edges)[0]
    trace = go.Heatmap(
        x=edges[1],
        y=edges[0],
        **log_colors(counts),
        hoverongaps=False,
        hovertemplate='about %{x:.0f} x %{y:.0f}: %{customdata:,}<extra></extra>',
    )
    trace.colorbar.title = 'pictures'
    figure = new_figure(trace, height=460)
    figure.update_xaxes(title='width in pixels', **_span(edges[1]))
    figure.update_yaxes(title='height in pixels', **_span(edges[0]))
    return figure


def _edges(values: np.ndarray, bins: int) -> np.ndarray:
    """Beyond the extremes, so that pictures all of one size have bins as well."""
    return np.geomspace(0.95 * values.min(), 1.05 * values.max(), bins + 1)


def _span(edges: np.ndarray) -> dict:
    return log_axis(edges[0], edges[-1])
