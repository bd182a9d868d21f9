"""Transforms that load attributes, keep them in step with the boxes and pack them."""

from .formatting import PackAttrDetInputs
from .keep_attrs import KeepAttrs
from .loading import LoadAttrAnnotations

__all__ = ['KeepAttrs', 'LoadAttrAnnotations', 'PackAttrDetInputs']
