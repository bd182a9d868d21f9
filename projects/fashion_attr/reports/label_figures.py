"""Figures of categories and attributes: how many, which together, how rare.

Letters: K categories, L attributes.
"""

import html
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from ..datasets import statistics
from ..datasets.object_table import ObjectTable
from ..datasets.statistics import RARE
from ..datasets.taxonomy import Label
from .figures import (
    COLORS,
    SCALE,
    log_axis,
    log_colors,
    name_bars,
    new_figure,
    plain,
    unique_names,
)

Counts = Mapping[str, np.ndarray]


def by_supercategory(labels: Sequence[Label]) -> dict[str, list[int]]:
    """Indices of labels by super-category, both in their order."""
    groups: dict[str, list[int]] = {}
    for n, label in enumerate(labels):
        groups.setdefault(label.supercategory or 'no super-category', []).append(n)
    return groups


def label_bars(
    labels: Sequence[Label], counts: Counts, members: Sequence[int] | None = None
) -> go.Figure | None:
    """Counts of labels, the commonest on top; those without objects are left out.

    Args:
        labels (Sequence[Label]): N labels.
        counts (Counts): (N,) numbers of objects by split.
        members (Sequence[int] | None): indices of those to show; None shows all.

    Returns:
        go.Figure | None: bars on a logarithmic scale; None where nothing occurs.
    """
    members = range(len(labels)) if members is None else members
    order = _common(members, sum(counts.values()))
    if not len(order):
        return None
    names = unique_names(labels)
    series = {name: values[order] for name, values in counts.items()}
    return name_bars([names[n] for n in order], series, 'objects', least=120)


def share_scatter(labels: Mapping[str, Sequence[Label]], shares: Mapping) -> go.Figure:
    """How common each label is in two splits: on the diagonal, equally.

    Args:
        labels (Mapping[str, Sequence[Label]]): labels by kind.
        shares (Mapping): by kind, then by split (two): (N,) shares of the objects.

    Returns:
        go.Figure: both axes logarithmic; labels that one split lacks are left out.
    """
    traces, (first, second) = [], next(iter(shares.values()))
    for kind, both in shares.items():
        x, y = both.values()
        seen = (x > 0) & (y > 0)
        names = np.array(plain([label.name for label in labels[kind]]), object)
        text = '%{text}<br>' + html.escape(first) + ': %{x:.2%}<br>'
        text += html.escape(second) + ': %{y:.2%}<extra></extra>'
        marker = dict(size=6, opacity=0.7)
        points = dict(x=x[seen], y=y[seen], text=names[seen].tolist())
        traces.append(
            go.Scatter(
                **points, name=kind, mode='markers', marker=marker, hovertemplate=text
            )
        )
    values = np.concatenate([np.concatenate([t.x, t.y]) for t in traces] + [[0.1, 1]])
    ends = [values.min(), 1]
    line = dict(color='#9aa1ad', dash='dot')
    diagonal = go.Scatter(
        x=ends, y=ends, mode='lines', line=line, showlegend=False, hoverinfo='skip'
    )
    figure = new_figure(diagonal, *traces, height=460)
    axis = log_axis(*ends, per_cent=True)
    figure.update_xaxes(title=f'share of the objects of {html.escape(first)}', **axis)
    figure.update_yaxes(title=f'share of the objects of {html.escape(second)}', **axis)
    return figure


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
    order = [_common(members, counts.sum(axis=0)) for members in groups.values()]
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


def _common(members: Sequence[int], counts: np.ndarray) -> np.ndarray:
    """Those that occur, the commonest first."""
    members = np.array(members, np.int64)
    order = members[np.argsort(-counts[members], kind='stable')]
    return order[counts[order] > 0]


def _pair_traces(counts: np.ndarray, shares: np.ndarray, lifts: np.ndarray):
    """Three heat maps on one place, with buttons that show one of them."""
    seen = counts > 0
    logs = np.log2(lifts, out=np.full(lifts.shape, np.nan), where=seen)
    hover = '%{y}<br>%{x}<br>%{customdata:,} objects'
    maps = [
        go.Heatmap(
            **log_colors(counts),
            hovertemplate=hover + '<extra></extra>',
        ),
        go.Heatmap(
            z=np.where(seen, shares, np.nan).astype(np.float32),
            colorscale=SCALE,
            zmin=0,
            zmax=1,
            colorbar=dict(title='share', tickformat='.0%'),
            hovertemplate=hover + ', %{z:.1%} of the category<extra></extra>',
        ),
        go.Heatmap(
            z=logs.astype(np.float32),
            colorscale='RdBu_r',
            zmid=0,
            colorbar=dict(title='log2 lift'),
            hovertemplate=hover + ', log2 of the lift %{z:.2f}<extra></extra>',
        ),
    ]
    figure = new_figure(*maps, height=400)
    figure.update_traces(customdata=counts.astype(np.int32), hoverongaps=False)
    figure.data[0].colorbar.title = 'objects'
    for n, trace in enumerate(figure.data):
        trace.visible = n == 0
    titles = ('numbers', 'share of the category', 'lift')
    buttons = [
        dict(
            label=title,
            method='restyle',
            args=[dict(visible=[n == k for n in range(3)])],
        )
        for k, title in enumerate(titles)
    ]
    menu = dict(type='buttons', direction='right', buttons=buttons)
    figure.update_layout(
        updatemenus=[menu | dict(x=0, xanchor='left', y=1, yanchor='bottom')]
    )
    return figure


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
    order = _common(range(len(counts)), counts)[:most]
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


def rank_curves(
    labels: Mapping[str, Sequence[Label]], counts: Mapping[str, Counts]
) -> go.Figure:
    """Numbers of objects over the rank of the label, both axes logarithmic.

    Args:
        labels (Mapping[str, Sequence[Label]]): labels by kind.
        counts (Mapping[str, Counts]): by kind, then by split: (N,) numbers.

    Returns:
        go.Figure: a line for each kind and split.
    """
    traces = []
    for color, (kind, series) in zip(COLORS, counts.items(), strict=False):
        names = np.array(plain([label.name for label in labels[kind]]), object)
        for dash, (split, values) in zip(
            ('solid', 'dash', 'dot', 'dashdot'), series.items(), strict=False
        ):
            order = _common(range(len(values)), values)
            traces.append(
                go.Scatter(
                    x=np.arange(1, len(order) + 1),
                    y=values[order],
                    text=names[order].tolist(),
                    name=html.escape(f'{kind}, {split}'),
                    mode='lines+markers',
                    line=dict(color=color, dash=dash, width=1.5),
                    marker=dict(size=4),
                    hovertemplate='%{text}: %{y:,}, rank %{x}',
                )
            )
    highest = max(max(RARE), *(max(trace.y, default=1) for trace in traces))
    longest = max(max(trace.x, default=1) for trace in traces)
    figure = new_figure(*traces, height=440)
    figure.update_xaxes(title='rank', **log_axis(1, longest))
    figure.update_yaxes(title='objects', **log_axis(1, highest))
    for limit in RARE:
        figure.add_hline(limit, line=dict(color='#9aa1ad', dash='dot', width=1))
    return figure
