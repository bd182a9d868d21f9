"""Transforms that load attributes, keep them in step with the boxes and pack them."""

from .attr_random_flip import AttrRandomFlip
from .copy_paste import AttrCopyPaste
from .decode_resize import DecodeResize, LoadEncodedImage
from .formatting import PackAttrDetInputs
from .keep_attrs import KeepAttrs
from .loading import LoadAttrAnnotations

__all__ = [
    'AttrCopyPaste',
    'AttrRandomFlip',
    'DecodeResize',
    'KeepAttrs',
    'LoadAttrAnnotations',
    'LoadEncodedImage',
    'PackAttrDetInputs',
]
