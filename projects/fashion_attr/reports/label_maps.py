"""Heat maps of labels that meet: categories with attributes, attributes together.

Letters: K categories, L attributes, G objects.
"""

import html
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from ..datasets import statistics
from ..datasets.object_table import ObjectTable
from .figures import SCALE, log_colors, new_figure, unique_names
from .label_figures import by_supercategory, commonest


def pair_map(table: ObjectTable) -> go.Figure:
    """Categories against attributes: numbers, shares and lift, one at a time.

    Args:
        table (ObjectTable): G objects, some with attributes.

    Returns:
        go.Figure: labels that never occur are left out; attributes stand by
        super-category, the commonest first.
    """
    counts = statistics.count_pairs(table)
    rows = np.flatnonzero(counts.sum(axis=1))
    groups = by_supercategory(table.attributes)
    order = [commonest(members, counts.sum(axis=0)) for members in groups.values()]
    columns = np.concatenate(order) if order else np.zeros(0, np.int64)
    objects = statistics.count_categories(table)
    owners = np.unique(table.pair_object)
    described = np.bincount(table.category[owners], minlength=len(objects))
    totals = statistics.count_attributes(table)
    lifts = statistics.lift(counts, described, totals, len(owners))
    cut = np.ix_(rows, columns)
    shares = counts[rows] / objects[rows, None]
    figure = _pair_traces(counts[cut], shares[:, columns], lifts[cut])
    names = unique_names(table.attributes)
    x, y = [names[n] for n in columns], unique_names(table.categories)
    figure.update_traces(x=x, y=[y[n] for n in rows])
    _mark_groups(figure, x, dict(zip(groups, map(len, order), strict=True)))
    figure.update_layout(height=230 + 17 * len(rows))
    return figure


def _pair_traces(
    counts: np.ndarray, shares: np.ndarray, lifts: np.ndarray
) -> go.Figure:
    """Three heat maps on one place, with buttons that show one of them."""
    seen = counts > 0
    shares = np.where(seen, shares, np.nan).astype(np.float32)
    logs = np.log2(lifts, out=np.full(lifts.shape, np.nan), where=seen)
    hover = '<extra></extra>%{y}<br>%{x}<br>%{customdata:,} objects'
    share = dict(title='share', tickformat='.0%')
    maps = dict(
        numbers=dict(log_colors(counts), hovertemplate=hover),
        share=dict(
            z=shares,
            zmin=0,
            zmax=1,
            colorscale=SCALE,
            colorbar=share,
            hovertemplate=hover + ', %{z:.1%} of the category',
        ),
        lift=dict(
            z=logs.astype(np.float32),
            zmid=0,
            colorscale='RdBu_r',
            colorbar=dict(title='log2 of lift'),
            hovertemplate=hover + ', log2 of the lift %{z:.2f}',
        ),
    )
    traces = [go.Heatmap(visible=not n, **m) for n, m in enumerate(maps.values())]
    figure = new_figure(*traces, height=400)
    figure.update_traces(customdata=counts.astype(np.int32), hoverongaps=False)
    figure.data[0].colorbar.title = 'objects'
    figure.update_layout(updatemenus=[_buttons(list(maps))])
    return figure


def _buttons(names: Sequence[str]) -> dict:
    """A row of buttons, each of which shows one trace alone."""
    count = range(len(names))
    buttons = [
        dict(label=name, method='restyle', args=[dict(visible=[n == k for n in count])])
        for k, name in enumerate(names)
    ]
    place = dict(x=0, xanchor='left', y=1, yanchor='bottom')
    return dict(type='buttons', direction='right', buttons=buttons, **place)


def _mark_groups(figure: go.Figure, names: Sequence[str], sizes: Mapping) -> None:
    """Super-categories for ticks: for three hundred names there is no room."""
    ticks, texts, start = [], [], 0
    for group, size in sizes.items():
        if size:
            ticks.append(names[start + size // 2])
            texts.append(html.escape(group))
            if start:
                figure.add_vline(start - 0.5, line=dict(color='#9aa1ad', width=1))
        start += size
    figure.update_xaxes(
        type='category', tickvals=ticks, ticktext=texts, tickangle=35, showgrid=False
    )
    figure.update_yaxes(type='category', autorange='reversed', dtick=1, showgrid=False)


def together_map(table: ObjectTable, most: int = 40) -> go.Figure:
    """How often the commonest attributes are on the same object.

    Args:
        table (ObjectTable): G objects.
        most (int): attributes shown.

    Returns:
        go.Figure: colour is the share of the objects with the row's attribute that
        have the column's as well.
    """
    together = statistics.count_together(table)
    counts = np.diagonal(together)
    order = commonest(range(len(counts)), counts)[:most]
    cut = together[np.ix_(order, order)]
    shares = (cut / counts[order, None]).astype(np.float32)
    np.fill_diagonal(shares, np.nan)
    names = unique_names(table.attributes)
    names = [names[n] for n in order]
    hover = '%{z:.1%} of %{y}<br>are also %{x}<br>%{customdata:,} objects'
    trace = go.Heatmap(
        x=names,
        y=names,
        z=shares,
        customdata=cut.astype(np.int32),
        colorscale=SCALE,
        zmin=0,
        zmax=1,
        colorbar=dict(title='share', tickformat='.0%'),
        hoverongaps=False,
        hovertemplate=hover + '<extra></extra>',
    )
    figure = new_figure(trace, height=260 + 16 * len(names))
    figure.update_xaxes(type='category', dtick=1, tickangle=60, showgrid=False)
    figure.update_yaxes(type='category', dtick=1, autorange='reversed', showgrid=False)
    return figure
