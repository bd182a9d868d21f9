"""Pictures that could not be read, with the reason."""

from pathlib import Path

from ...datasets.bad_images import BadImageList, reason_of

__all__ = ['Unreadable', 'reason_of']


class Unreadable(BadImageList):
    """A list in ``unreadable.txt``, which is there only where it has entries.

    Each run tries these pictures again: somebody may have repaired them.

    Args:
        folder (Path): existing folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / 'unreadable.txt')
        self.path.unlink(missing_ok=True)
