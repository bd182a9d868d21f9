"""Figures of categories and attributes: how many there are, and how rare."""

import html
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from ..datasets.statistics import RARE
from ..datasets.taxonomy import Label
from .figures import (
    COLORS,
    log_axis,
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


def commonest(members: Sequence[int], counts: np.ndarray) -> np.ndarray:
    """Indices of the labels that occur, the commonest first.

    Args:
        members (Sequence[int]): indices to choose from.
        counts (np.ndarray): (N,) numbers of objects of all labels.

    Returns:
        np.ndarray: of those with objects; equally common ones in their order.
    """
    members = np.array(members, np.int64)
    order = members[np.argsort(-counts[members], kind='stable')]
    return order[counts[order] > 0]


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
    order = commonest(members, sum(counts.values()))
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
            order = commonest(range(len(values)), values)
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
