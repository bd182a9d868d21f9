"""NMS and RoIAlign for mmcv without a compiler: ``install()`` before ``mmcv.ops``."""

from .choice import describe, install, ops_in_use

__all__ = ['describe', 'install', 'ops_in_use']
