"""What the command lines and other programs call."""

from .run_config import draw_to, dump_to, load_config, use_tta

__all__ = ['draw_to', 'dump_to', 'load_config', 'use_tta']
