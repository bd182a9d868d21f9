"""Garment masks and fine-grained attributes, an MMDetection plugin.

Nothing heavy is imported here, so that the run-length code, the taxonomy and the
metrics can be used without torch. ``projects.fashion_attr.plugin`` registers
every type with MMDetection; configs name it under ``custom_imports``.
"""

from . import extension_finder

extension_finder.put_first()
