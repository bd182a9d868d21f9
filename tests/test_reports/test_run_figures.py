"""What the figures of a run show, read from their data."""

import numpy as np
import pytest

from projects.fashion_attr.reports import run_figures


def curve(number=3):
    return np.arange(1, number + 1) * 10, np.linspace(2, 1, number)


def test_losses_are_drawn_twice_and_named_once():
    raw = dict(loss=curve(), loss_attr=curve())
    figure = run_figures.loss_curves(raw, raw)
    assert [(t.name, t.showlegend, t.opacity) for t in figure.data] == [
        ('loss', False, 0.25),
        ('loss', None, None),
        ('loss_attr', False, 0.25),
        ('loss_attr', None, None),
    ]
    assert list(figure.data[1].x) == [10, 20, 30]
    assert list(figure.data[1].y) == [2, 1.5, 1]
    colors = [t.line.color for t in figure.data]
    assert colors[0] == colors[1] != colors[2] == colors[3]


def test_many_losses_can_be_told_apart():
    raw = {f'loss_{n}': curve() for n in range(14)}
    lines = [t.line for t in run_figures.loss_curves(raw, raw).data[1::2]]
    assert len({(line.color, line.dash) for line in lines}) == 14


def test_long_curves_are_thinned():
    raw = dict(loss=curve(100_000))
    (faint, smooth) = run_figures.loss_curves(raw, raw).data
    assert 1000 < len(smooth.x) <= 2 * 1500


def test_a_score_of_nothing_leaves_a_hole():
    (line,) = run_figures.score_curves(
        {'segm_AP': (np.array([1, 2]), np.array([-1, 0.5]))}
    ).data
    assert np.isnan(line.y[0]) and line.y[1] == 0.5


@pytest.mark.parametrize(
    'used, frames', [((0.4, 0.0), 2), ((None, 0.0), 1), ((0.41, 0.0), 1)]
)
def test_thresholds_frame_the_best_and_what_was_used(used, frames):
    grid = np.array([[0.1, 0.2, 0.3], [0.1, 0.4, 0.2]])
    figure = run_figures.threshold_map(grid, [0.4, 0.5], [0.0, 0.1, 0.2], used)
    shapes = figure.layout.shapes
    assert len(shapes) == frames
    best = shapes[0]
    assert (best.x0, best.x1, best.y0, best.y1) == (0.5, 1.5, 0.5, 1.5)
    if frames == 2:
        assert (shapes[1].x0, shapes[1].y0) == (-0.5, -0.5)
    assert figure.data[0].text[1][1] == '.400'


def row(category, ap, f1ap=0.1):
    return dict(category=category, AP=ap, f1AP=f1ap)


def test_categories_without_objects_are_left_out():
    rows = [row('shoe', 0.5, 0.5), row('hat', 0.25), row('tie', -1, -1)]
    figure = run_figures.category_dots(rows, ('AP', 'f1AP'))
    assert [list(t.x) for t in figure.data] == [[0.5, 0.25], [0.5, 0.1]]
    assert list(figure.layout.yaxis.categoryarray) == ['shoe', 'hat']
    low, high = figure.layout.xaxis.range
    assert low < 0 and high > 0.5
    assert run_figures.category_dots(rows[2:], ('AP', 'f1AP')) is None


def test_long_names_are_cut_unless_they_would_be_equal():
    names = ['headband, head covering, hair', 'a' * 23 + 'bcd', 'a' * 23 + 'xyz', 'hat']
    figure = run_figures.category_dots([row(name, 0.5) for name in names], ('AP',))
    assert list(figure.layout.yaxis.categoryarray) == [
        'headband, head covering…',
        names[1],
        names[2],
        'hat',
    ]
    assert list(figure.data[0].text) == names


def test_costs_stand_in_the_order_of_the_first_kind():
    costs = dict(
        segm=[dict(error='missed', cost=0.3), dict(error='duplicate', cost=0.1)],
        bbox=[dict(error='duplicate', cost=0.2), dict(error='missed', cost=0.1)],
    )
    figure = run_figures.cost_bars(costs)
    assert list(figure.layout.yaxis.categoryarray) == ['missed', 'duplicate']
    assert [dict(zip(t.y, t.x, strict=True)) for t in figure.data] == [
        dict(missed=0.3, duplicate=0.1),
        dict(missed=0.1, duplicate=0.2),
    ]
