"""Merging of predictions on augmented views."""

from .attr_tta import AttrTTAModel

__all__ = ['AttrTTAModel']
