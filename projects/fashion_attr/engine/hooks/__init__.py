"""Hooks of the runner."""

from .attr_visualization_hook import AttrVisualizationHook
from .bad_image_hook import BadImageHook
from .channels_last_hook import ChannelsLastHook
from .flip_check_hook import FlipCheckHook
from .loss_curve_hook import LossCurveHook
from .progress_bar_hook import ProgressBarHook
from .run_record_hook import RunRecordHook
from .score_table_hook import ScoreTableHook

__all__ = [
    'AttrVisualizationHook',
    'BadImageHook',
    'ChannelsLastHook',
    'FlipCheckHook',
    'LossCurveHook',
    'ProgressBarHook',
    'RunRecordHook',
    'ScoreTableHook',
]
