"""Hooks of the runner."""

from .attr_visualization_hook import AttrVisualizationHook
from .loss_curve_hook import LossCurveHook
from .progress_bar_hook import ProgressBarHook
from .score_table_hook import ScoreTableHook

__all__ = [
    'AttrVisualizationHook',
    'LossCurveHook',
    'ProgressBarHook',
    'ScoreTableHook',
]
