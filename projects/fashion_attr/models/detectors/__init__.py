"""Detectors that mmdet's own classes do not cover."""

from .attr_mask2former import AttrMask2Former
from .attr_two_stage import AttrTwoStageDetector

__all__ = ['AttrMask2Former', 'AttrTwoStageDetector']
