"""What the command lines and other programs call.

Names are looked up when they are asked for: an exported network runs without mmdet,
which configs need.
"""

from importlib import import_module
from typing import Any

_PLACES = dict.fromkeys(
    (
        'check_files',
        'draw_to',
        'dump_to',
        'keep_predictions',
        'load_config',
        'use_amp',
        'use_tta',
    ),
    'run_config',
) | dict(
    check_checkpoint='checkpoint_fit',
    failure='failures',
    replay='replaying',
    replayed_config='replaying',
    resume_from='resuming',
)

__all__ = sorted(_PLACES)


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(f'.{_PLACES[name]}', __name__), name)
    raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
