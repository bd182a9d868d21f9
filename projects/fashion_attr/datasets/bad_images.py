"""Pictures that cannot be read: their error, and a list of them in a file."""

from pathlib import Path

# Of the metainfo of a sample whose picture could not be read.
BAD_IMAGE = 'bad_image'


class BadImage(OSError, ValueError):
    """A picture's file is missing or damaged; the text names it and what is wrong."""


def reason_of(error: Exception) -> str:
    """Why a picture could not be read, in one line."""
    return ' '.join(str(error).split()) or type(error).__name__


class BadImageList:
    """A file of lines ``name<tab>reason``, there only where it has entries.

    Several processes may add to it: a line is written at once.

    Args:
        path (Path): of the file, in an existing folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._names: set[str] = set()

    def add(self, name: str, error: Exception) -> str:
        """Note a picture, once.

        Args:
            name (str): of the picture.
            error (Exception): why it could not be read.

        Returns:
            str: the same in words.
        """
        reason = reason_of(error)
        if name not in self._names:
            self._names.add(name)
            with open(self.path, 'a', encoding='utf-8') as file:
                file.write(f'{name}\t{reason}\n')
        return f'passed over {name}: {reason}'

    def names(self) -> list[str]:
        """Of all pictures in the file, whoever added them, once each, in order."""
        try:
            lines = self.path.read_text(encoding='utf-8').splitlines()
        except FileNotFoundError:
            return []
        return list(dict.fromkeys(line.partition('\t')[0] for line in lines))

    def __len__(self) -> int:
        """How many were added here."""
        return len(self._names)
