"""Files that other programs write, whole or not there at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a file its name once it is whole; on an error it is removed.

    For text of this project's own there is ``atomic_writer``, which also survives a
    machine that stops.

    Args:
        path (Path): the name; its folder exists.

    Yields:
        Path: a hidden file beside it, to be written; a later run writes over what is
        left of one that was killed.
    """
    half = path.with_name(f'.{path.name}')
    try:
        yield half
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
