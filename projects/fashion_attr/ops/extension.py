"""A stand-in for ``mmcv._ext``, the module of mmcv's compiled operators.

``mmcv.ops`` fetches its operators from that module when it is imported, about 80 of
them, of which Mask R-CNN needs three.
"""

import importlib.machinery
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import NoReturn

from ..extension_finder import EXTENSION

_COMPILE = (
    'MMCV_WITH_OPS=1 pip install --force-reinstall --no-deps --no-build-isolation '
    '--no-binary onedl-mmcv onedl-mmcv==2.3.6'
)


class StandInExtension(ModuleType):
    """Holds the operators given to it and has an error ready for any other.

    Args:
        kernels: what the operators come from, e.g. 'torch'.
        operators: functions by the name they have in ``mmcv._ext``.
    """

    def __init__(self, kernels: str, operators: dict[str, Callable]) -> None:
        super().__init__(EXTENSION, f'mmcv operators by {kernels}, not compiled.')
        self.__spec__ = importlib.machinery.ModuleSpec(
            EXTENSION, loader=None, origin=f'fashion_attr ops: {kernels}'
        )
        self.kernels = kernels
        vars(self).update(operators)

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        # mmcv asks for every operator by hasattr; Python itself for __path__ etc.
        if name.startswith('_'):
            raise AttributeError(f'module {EXTENSION!r} has no attribute {name!r}')
        return missing_operator(name)

    def get_compiler_version(self) -> str:
        """For mmcv's report of the environment."""
        return f'none ({self.kernels} ops)'

    get_compiling_cuda_version = get_compiler_version


def how_to_compile() -> str:
    """The commands that compile mmcv, on one line."""
    try:
        version('mmcv-lite')
    except PackageNotFoundError:
        return _COMPILE
    # Both lie in the folder mmcv, and upstream's mmdet refuses the newer mmcv.
    return (
        'pip uninstall -y mmcv-lite mmdet mmengine && '
        f'pip install -r requirements/runtime.txt && {_COMPILE}'
    )


def missing_operator(name: str) -> Callable[..., NoReturn]:
    """A function that raises NotImplementedError with the way to get ``name``."""

    def operator(*args: object, **kwargs: object) -> NoReturn:
        raise NotImplementedError(
            f'mmcv operator {name!r} needs compiled mmcv; build it (compiler needed, '
            f'about ten minutes) with: {how_to_compile()}'
        )

    operator.__name__ = name
    return operator


def put_in_place(extension: StandInExtension) -> None:
    """Make ``from mmcv import _ext`` and ``import mmcv._ext`` find the stand-in."""
    import mmcv

    sys.modules[EXTENSION] = extension
    mmcv._ext = extension
