"""What the command lines and other programs call.

Names are looked up when they are asked for: an exported network runs without mmdet,
which configs need.
"""

from importlib import import_module
from typing import Any

__all__ = [
    'check_files',
    'draw_to',
    'dump_to',
    'keep_predictions',
    'load_config',
    'resume_from',
    'use_amp',
    'use_tta',
]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module('.run_config', __name__), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
