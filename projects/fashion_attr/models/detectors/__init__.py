"""Detectors that mmdet's own classes do not cover."""

from .attr_mask2former import AttrMask2Former

__all__ = ['AttrMask2Former']
