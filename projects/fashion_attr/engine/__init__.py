"""What runs around training and testing."""

from . import hooks, loops, whole_file_backend

__all__ = ['hooks', 'loops', 'whole_file_backend']
