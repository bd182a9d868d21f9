"""Files that other programs write, whole or not there at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path, sync: bool = False, mark: str = '') -> Iterator[Path]:
    """Give a file its name once it is whole; on an error it is removed.

    For text of this project's own there is ``atomic_writer``.

    Args:
        path (Path): the name; its folder exists.
        sync (bool): whether this holds when the machine stops, too, and not only the
            process; it waits for the disk.
        mark (str): ends the hidden file's name: of its own for each of several
            processes that may write the same file at once.

    Yields:
        Path: a hidden file beside it, to be written; a later run writes over what is
        left of one that was killed.
    """
    half = path.with_name(f'.{path.name}{mark}')
    try:
        yield half
        if sync:
            with half.open('rb') as file:
                os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
