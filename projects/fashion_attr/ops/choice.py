"""Which implementation of NMS and RoIAlign mmcv uses: chosen once, before mmcv.ops."""

import importlib
import os
import sys
from collections.abc import Callable
from typing import NamedTuple

import torch  # noqa: F401  (the compiled extension needs torch's libraries loaded)

from ..extension_finder import EXTENSION, aside
from . import ms_deform_attn, torchvision_kernels
from . import nms as plain_nms
from . import roi_align as plain_roi_align
from .extension import StandInExtension, how_to_compile, put_in_place

VARIABLE = 'FASHION_ATTR_OPS'
OPERATORS = ('nms', 'roi_align_forward', 'roi_align_backward')


class OpsChoice(NamedTuple):
    """The ops in use and, by name, why those that come before them are not."""

    name: str
    passed_over: dict[str, str]

    def __str__(self) -> str:
        reasons = '; '.join(self.passed_over.values())
        return f'RoIAlign and NMS: {self.name}' + (f' ({reasons})' if reasons else '')


_choice: OpsChoice | None = None


def install() -> str:
    """Choose and install the operators that ``mmcv.ops`` will find.

    The first to be had of compiled mmcv, torchvision's kernels and this package's;
    or the one that the environment variable ``FASHION_ATTR_OPS`` names. Calling it
    again changes nothing.

    Returns:
        str: 'compiled', 'torchvision' or 'torch'.

    Raises:
        ValueError: if ``FASHION_ATTR_OPS`` is none of these.
        ImportError: if the ops that it names are not to be had, or ``mmcv.ops`` was
            imported with others before.
    """
    global _choice
    forced = _forced()
    if _choice is None:
        _choice = _choose(forced)
    elif forced not in (None, _choice.name):
        raise ImportError(
            f'{VARIABLE}={forced}, but the {_choice.name} ops are installed already; '
            f'set {VARIABLE} before the program starts'
        )
    return _choice.name


def ops_in_use() -> str:
    """'compiled', 'torchvision' or 'torch'; installs them if that was not done."""
    return install()


def describe() -> str:
    """One line that says which ops are in use and why not others.

    For example ``RoIAlign and NMS: torch (no compiled mmcv; torchvision is not
    installed)``.
    """
    install()
    return str(_choice)


def _forced() -> str | None:
    name = os.environ.get(VARIABLE, '').strip()
    if name and name not in _INSTALLERS:
        raise ValueError(
            f'{VARIABLE} should be one of {", ".join(_INSTALLERS)}, or not set for '
            f'the first of these to be had; got {name!r}'
        )
    return name or None


def _choose(forced: str | None) -> OpsChoice:
    # While mmcv.ops is being imported, it has fetched nothing yet.
    if 'mmcv.ops' in sys.modules and EXTENSION in sys.modules:
        return _already_imported(forced)
    if forced is not None:
        reason = _INSTALLERS[forced]()
        if reason is not None:
            raise ImportError(f'{VARIABLE}={forced}: {reason}. {_WAY_OUT[forced]}')
        return OpsChoice(forced, {VARIABLE: f'{VARIABLE} says so'})
    passed_over = {}
    for name, try_install in _INSTALLERS.items():
        reason = try_install()
        if reason is None:
            break
        passed_over[name] = reason
    return OpsChoice(name, passed_over)


def _already_imported(forced: str | None) -> OpsChoice:
    """mmcv.ops holds its operators already: all that is left is to name them."""
    extension = sys.modules[EXTENSION]
    name = getattr(extension, 'kernels', 'compiled')
    if forced not in (None, name):
        raise ImportError(
            f'{VARIABLE}={forced}, but mmcv.ops was imported with the {name} ops '
            f'before; call projects.fashion_attr.ops.install() earlier'
        )
    return OpsChoice(name, {EXTENSION: 'mmcv.ops was imported before'})


def _use_compiled() -> str | None:
    """Install compiled mmcv, or say why it is not to be had."""
    try:
        with aside():
            extension = importlib.import_module(EXTENSION)
    except ImportError as error:
        if error.name == EXTENSION and isinstance(error, ModuleNotFoundError):
            return 'no compiled mmcv'
        if error.name == 'mmcv':
            raise
        # Built for another torch: the loader's text names the missing symbol.
        return f'compiled mmcv does not load: {_first_line(error)}'
    missing = [name for name in OPERATORS if not hasattr(extension, name)]
    return f'compiled mmcv lacks {", ".join(missing)}' if missing else None


def _use_torchvision() -> str | None:
    """Install torchvision's kernels, or say why they are not to be had."""
    try:
        torchvision_kernels.probe()
    except ModuleNotFoundError as error:
        if error.name != 'torchvision':
            return f'torchvision does not load: {_first_line(error)}'
        return 'torchvision is not installed'
    except (ImportError, RuntimeError, AttributeError, OSError) as error:
        # What torchvision raises beside a torch that it was not built for.
        return f'torchvision does not load: {_first_line(error)}'
    _put('torchvision', torchvision_kernels, torchvision_kernels)
    return None


def _use_torch() -> None:
    """Install this package's own."""
    _put('torch', plain_nms, plain_roi_align)


def _put(name: str, nms: object, roi_align: object) -> None:
    operators = dict(
        nms=nms.nms,
        roi_align_forward=roi_align.roi_align_forward,
        roi_align_backward=roi_align.roi_align_backward,
        # For Mask2Former on a GPU, whatever the others come from.
        ms_deform_attn_forward=ms_deform_attn.ms_deform_attn_forward,
        ms_deform_attn_backward=ms_deform_attn.ms_deform_attn_backward,
    )
    put_in_place(StandInExtension(name, operators))
    _replace_stubs()


def _replace_stubs() -> None:
    """Give parts of mmdet that were imported before the ops that they did without."""
    for user, source, name in _STUBBED:
        if user in sys.modules:
            setattr(
                sys.modules[user], name, getattr(importlib.import_module(source), name)
            )


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


# Where mmdet puts a function that only raises in the place of a missing operator.
_STUBBED = (
    ('mmdet.structures.mask.structures', 'mmcv.ops.roi_align', 'roi_align'),
    ('mmdet.evaluation.metrics.dump_odvg_results', 'mmcv.ops.nms', 'batched_nms'),
)
_INSTALLERS: dict[str, Callable[[], str | None]] = {
    'compiled': _use_compiled,
    'torchvision': _use_torchvision,
    'torch': _use_torch,
}
_WAY_OUT = {
    'compiled': f'Build it with: {how_to_compile()}',
    'torchvision': 'Install the torchvision that belongs to this torch',
}
