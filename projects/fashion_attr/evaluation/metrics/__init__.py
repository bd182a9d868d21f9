"""Metrics that a test run can name in its config."""

from .f1_segm_metric import F1SegmMetric
from .segm_metric import SegmMetric

__all__ = ['F1SegmMetric', 'SegmMetric']
