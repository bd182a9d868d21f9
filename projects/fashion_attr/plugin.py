"""Importing this module registers every type of the project with MMDetection.

Configs name it: ``custom_imports = dict(imports=['projects.fashion_attr.plugin'])``.
"""

from .ops import install

# Before anything that imports mmcv.ops, which mmdet's models do.
install()

from . import engine, models, visualization  # noqa: E402
from .datasets import imaterialist, samplers, transforms  # noqa: E402
from .evaluation import metrics  # noqa: E402

__all__ = [
    'engine',
    'imaterialist',
    'metrics',
    'models',
    'samplers',
    'transforms',
    'visualization',
]
