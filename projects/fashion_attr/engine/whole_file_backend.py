"""Checkpoints that are there as a whole or not at all."""

import os
from pathlib import Path
from typing import ClassVar

from mmengine.fileio import LocalBackend, register_backend

from ..datasets.whole_file import whole_file


class WholeFileBackend(LocalBackend):
    """The local disk, for mmengine's ``CheckpointHook``.

    A file gets its name once it is on the disk; and what the hook removes to make
    room for another is gone only when that other one is there. A run that is killed
    at any moment leaves a checkpoint to go on from::

        default_hooks = dict(checkpoint=dict(backend_args=dict(backend='whole_file')))
    """

    # mmengine makes a backend for each checkpoint and another one for the hook.
    _outdated: ClassVar[set[str]] = set()

    def put(self, obj: bytes, filepath: str | Path) -> None:
        """Write a file.

        Args:
            obj (bytes): Its content.
            filepath (str | Path): Its name; folders are made.

        Raises:
            OSError: Naming the file; what had this name is still there.
        """
        path = Path(filepath)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with whole_file(path, sync=True) as half:
                half.write_bytes(obj)
        except OSError as error:
            error.filename = str(path)  # of a full disk Python does not say it
            raise
        self._outdated.discard(os.path.abspath(path))
        while self._outdated:
            Path(self._outdated.pop()).unlink(missing_ok=True)

    def remove(self, filepath: str | Path) -> None:
        """Remove a file, after the next one has been written.

        Args:
            filepath (str | Path): Its name.
        """
        self._outdated.add(os.path.abspath(filepath))


register_backend('whole_file', WholeFileBackend, force=True)
