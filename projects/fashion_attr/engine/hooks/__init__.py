"""Hooks of the runner."""

from .loss_curve_hook import LossCurveHook
from .progress_bar_hook import ProgressBarHook

__all__ = ['LossCurveHook', 'ProgressBarHook']
