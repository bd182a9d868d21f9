"""Pictures of garments with their attributes."""

from .attr_visualizer import AttrLocalVisualizer

__all__ = ['AttrLocalVisualizer']
