"""One process at a time works in a folder."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


@contextmanager
def locked(folder: str | Path) -> Iterator[None]:
    """Keep a folder for oneself; the system lets go of it however the process ends.

    Nothing is written. Where the system or the file system knows no such locks, there
    is none.

    Args:
        folder (str | Path): an existing folder.

    Raises:
        BlockingIOError: if another process, or thread, has the folder.
        OSError: if there is no such folder.
    """
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        _lock(handle, folder)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, folder: str | Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError(
            f'another run is at work in {folder}; wait for its end, or end it'
        ) from None
    except OSError:
        pass  # NFS locks no folders
