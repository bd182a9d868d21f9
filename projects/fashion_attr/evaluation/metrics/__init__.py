"""Metrics that a test run can name in its config."""

from .dump_run_length_results import DumpRunLengthResults
from .f1_segm_metric import F1SegmMetric
from .segm_metric import SegmMetric

__all__ = ['DumpRunLengthResults', 'F1SegmMetric', 'SegmMetric']
