"""Pictures that could not be read, with the reason."""

from pathlib import Path

from ..inferencer import Picture


class Unreadable:
    """A list in ``unreadable.txt``, which is there only where it has entries.

    Each run tries these pictures again: somebody may have repaired them.

    Args:
        folder (Path): existing folder.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / 'unreadable.txt'
        self.path.unlink(missing_ok=True)
        self._count = 0

    def add(self, picture: Picture, error: Exception) -> str:
        """Note a picture.

        Args:
            picture (Picture): that could not be read.
            error (Exception): why.

        Returns:
            str: the same in words.
        """
        reason = ' '.join(str(error).split()) or type(error).__name__
        with open(self.path, 'a', encoding='utf-8') as file:
            file.write(f'{picture.name}\t{reason}\n')
        self._count += 1
        return f'passed over {picture.name}: {reason}'

    def __len__(self) -> int:
        """How many in this run."""
        return self._count
