"""Gives ``mmcv.ops`` its operators, whichever import comes to it first.

``mmcv.ops`` fetches its operators when it is imported, and much of mmdet imports it:
without compiled mmcv, upstream's mmdet cannot even be imported. So whatever is
imported of this project, its package puts a finder before Python's own, which chooses
the operators (ops/) when ``mmcv._ext`` is asked for and not before: parts that do
without mmdet stay free of torch.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

EXTENSION = 'mmcv._ext'


class ExtensionFinder(MetaPathFinder):
    """Finds ``mmcv._ext``: compiled or a stand-in, as ``ops.install()`` chooses."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module that ``ops.install()`` made, for ``mmcv._ext`` alone.

        Raises:
            ValueError: if ``FASHION_ATTR_OPS`` is misspelt.
            ImportError: if the ops that it names are not to be had.
        """
        if name != EXTENSION:
            return None
        from .ops import install  # imports torch

        install()
        # Python would load a module again that it finds imported after the search.
        return ModuleSpec(name, _Installed(sys.modules.pop(name)))


class _Installed(Loader):
    """Hands over a module that is there, with its own spec."""

    def __init__(self, module: ModuleType) -> None:
        self._module, self._spec = module, module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


_FINDER = ExtensionFinder()


def put_first() -> None:
    """Let the finder be asked before any other."""
    sys.meta_path.insert(0, _FINDER)


@contextmanager
def aside() -> Iterator[None]:
    """Leave it to the other finders for a while, to see if mmcv is compiled."""
    sys.meta_path.remove(_FINDER)
    try:
        yield
    finally:
        put_first()
