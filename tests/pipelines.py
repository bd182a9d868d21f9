"""The configs' own pipelines, made to fit small pictures."""

from typing import Any

_SIZES = ('scale', 'crop_size', 'size')
_RESIZERS = ('Resize', 'DecodeResize', 'RandomResize', 'RandomChoiceResize')


def shrunk(part: Any, size: tuple[int, int] = (96, 64)) -> Any:
    """The same config with this (width, height) for every size in pixels."""
    if isinstance(part, dict):
        return {
            key: size if key in _SIZES and _is_size(value) else shrunk(value, size)
            for key, value in part.items()
        }
    if isinstance(part, list | tuple):
        return type(part)(shrunk(each, size) for each in part)
    return part


def _is_size(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(n, int) for n in value)


def without_blending(part: Any) -> Any:
    """The same config with pictures resized as masks are, by nearest neighbours."""
    if isinstance(part, dict):
        part = {key: without_blending(value) for key, value in part.items()}
        resizes = part.get('type') in _RESIZERS
        return part | dict(interpolation='nearest') if resizes else part
    if isinstance(part, list | tuple):
        return type(part)(without_blending(each) for each in part)
    return part
