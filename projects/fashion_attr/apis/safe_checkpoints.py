"""Checkpoints as data: what is read from one cannot run a program.

``load_safely()`` once, before a runner or an inferencer is built, is all that a program
needs: after it every checkpoint that mmengine reads (``load_from``, ``--resume``,
``init_cfg``, an inferencer's weights; a path or a URL) goes through here. mmengine
itself falls back to an unpickler that runs whatever the file says (onedl 0.10.12), or
cannot read what it wrote (0.10.7 with torch 2.6 and later).
"""

import errno
import functools
import os
import pickle
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader
from mmengine.runner import checkpoint as mmengine_loaders

from .stored_config import check_stored_configs

# The loaders of mmengine that fetch a file, each with its prefixes.
_REMOTE = {
    'load_from_http': ('http://', 'https://'),
    'load_from_torchvision': ('modelzoo://', 'torchvision://'),
    'load_from_openmmlab': ('open-mmlab://', 'openmmlab://'),
    'load_from_mmcls': ('mmcls://',),
    'load_from_ceph': (r'(\S+\:)?s3://', r'(\S+\:)?petrel://'),
    'load_from_pavi': ('pavi://',),
}
_FORCE = 'TORCH_FORCE_WEIGHTS_ONLY_LOAD'
# What PyTorch makes of a file that is none of its own; a line of text is a KeyError.
_UNREADABLE = (
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    pickle.UnpicklingError,
    RuntimeError,
    TypeError,
    ValueError,
)
_STATISTICS = ('min', 'max', 'current', 'mean')


class BadCheckpoint(OSError, ValueError):
    """A file that is no checkpoint, or only a part of one."""


class UnsafeCheckpoint(BadCheckpoint):
    """A checkpoint that asks for more than tensors, numbers and texts."""


def load_safely() -> None:
    """Let mmengine read checkpoints with ``weights_only=True``, for good.

    What mmengine puts into its own (histories of losses, numpy's numbers and arrays) is
    allowed, nothing else; see `UnsafeCheckpoint`. Calling it again changes nothing.
    """
    loader = functools.wraps(mmengine_loaders.load_from_local)(_load_local)
    CheckpointLoader.register_scheme('', loader, force=True)
    for name, prefixes in _REMOTE.items():
        remote = _guarded(getattr(mmengine_loaders, name))
        CheckpointLoader.register_scheme(prefixes, remote, force=True)


def read_checkpoint(
    path: str | os.PathLike, map_location: Any = 'cpu', mmap: bool = False
) -> Any:
    """Read a checkpoint that lies on a disk.

    Args:
        path (str | os.PathLike): file that ``torch.save`` wrote.
        map_location (Any): as of ``torch.load``.
        mmap (bool): leave the tensors on the disk until they are asked for; files in
            PyTorch's format before 1.6 are read whole nevertheless.

    Returns:
        Any: what was saved: dict of mmengine, or a bare state dict.

    Raises:
        FileNotFoundError: if there is no such file.
        UnsafeCheckpoint: if it asks for anything but data when it is read, or holds a
            config that does.
        BadCheckpoint: if it is no checkpoint, or was cut off.
    """
    path = os.path.expanduser(path)
    if not os.path.isfile(path):
        raise FileNotFoundError(f'there is no checkpoint {path}')
    options = dict(map_location=map_location, weights_only=True)
    options['mmap'] = mmap and zipfile.is_zipfile(path)
    with _named_errors(str(path)), _own_types():
        checkpoint = torch.load(path, **options)
    check_stored_configs(checkpoint, str(path), UnsafeCheckpoint)
    return checkpoint


def _load_local(filename: str, map_location: Any = None) -> Any:
    return read_checkpoint(filename, map_location)


def _guarded(loader: Callable) -> Callable:
    @functools.wraps(loader)
    def load(filename: str, *args: Any, **kwargs: Any) -> Any:
        with _named_errors(filename), _forced(), _own_types():
            checkpoint = loader(filename, *args, **kwargs)
        check_stored_configs(checkpoint, filename, UnsafeCheckpoint)
        return checkpoint

    return load


@contextmanager
def _forced() -> Iterator[None]:
    """PyTorch's own switch, for downloads: torch.hub asks for the unsafe way."""
    before = os.environ.get(_FORCE)
    os.environ[_FORCE] = '1'
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_FORCE, None)
        else:
            os.environ[_FORCE] = before


@contextmanager
def _named_errors(name: str) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as error:
        asked = re.search(r'GLOBAL ([\w.]+)', str(error))
        if asked or 'unrecognized function' in str(error):
            what = asked[1] if asked else 'a function'
            raise UnsafeCheckpoint(
                f'{name} is refused: reading it would call {what}, and a checkpoint '
                'is data. If you trust who made it, keep its weights alone: python '
                f"-c \"import torch; torch.save(torch.load('{name}', "
                "weights_only=False)['state_dict'], 'weights.pth')\""
            ) from None
        if _is_of_the_machine(error, name):
            raise
        raise BadCheckpoint(
            f'{name} is no checkpoint, or was cut off ({_reason(error)})'
        ) from error


def _reason(error: Exception) -> str:
    """Without PyTorch's advice to read the file unsafely."""
    text = str(error).strip() or type(error).__name__
    found = re.search(r'WeightsUnpickler error: *(.*)', text)
    return found[1] if found and found[1] else re.split(r'\. |\n', text)[0]


def _is_of_the_machine(error: Exception, name: str) -> bool:
    """No memory, no GPU, no network: not the fault of a sound file."""
    if isinstance(error, OSError):
        # EINVAL: PyTorch looks for the end of a file that was cut before its start.
        return error.errno not in (None, errno.EINVAL)
    sound = '://' in name or zipfile.is_zipfile(name)
    return (
        sound
        and isinstance(error, RuntimeError)
        and 'PytorchStreamReader' not in str(error)
    )


def _own_types() -> Any:
    """The types in mmengine's own checkpoints, under the names they are saved by.

    numpy 1 calls ``numpy._core`` ``numpy.core``: either's files are read by the other.
    """
    multiarray = getattr(np, '_core', None) or np.core
    rebuild = multiarray.multiarray._reconstruct, multiarray.multiarray.scalar
    old_names = [
        (function, f'numpy.{core}.multiarray.{function.__name__}')
        for function in rebuild
        for core in ('core', '_core')
    ]
    dtypes = {type(np.dtype(code)) for code in '?bBhHiIlLqQefdgSU'}
    own = [np.ndarray, np.dtype, HistoryBuffer, (_statistic, 'builtins.getattr')]
    return torch.serialization.safe_globals([*own, *old_names, *dtypes])


def _statistic(owner: type, name: str) -> Callable:
    """The one use of ``getattr`` in a history of losses: its four statistics."""
    if owner is not HistoryBuffer or name not in _STATISTICS:
        raise pickle.UnpicklingError(f'GLOBAL builtins.getattr of {name}')
    return getattr(owner, name)
