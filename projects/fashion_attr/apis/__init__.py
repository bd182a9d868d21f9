"""What the command lines and other programs call."""

from .run_config import (
    check_files,
    draw_to,
    dump_to,
    keep_predictions,
    load_config,
    resume_from,
    use_amp,
    use_tta,
)

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
