"""Hooks of the runner."""

from .loss_curve_hook import LossCurveHook
from .progress_bar_hook import ProgressBarHook
from .score_table_hook import ScoreTableHook

__all__ = ['LossCurveHook', 'ProgressBarHook', 'ScoreTableHook']
