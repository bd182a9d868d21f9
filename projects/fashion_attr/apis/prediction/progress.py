"""Which pictures are done: a file of lines, each whole or not there at all."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

from .network import check_settings

NAME = 'progress.jsonl'


class Progress:
    """The progress of a run in ``progress.jsonl`` of its folder.

    The first line holds the settings of the run; one follows for each picture. A line
    that was being written when the process was killed is cut off.

    Args:
        folder (Path): existing folder.
        settings (dict[str, str]): what must be the same for a run to go on, in words.

    Attributes:
        done (set[str]): names of the pictures that are done.
        end (int | None): bytes of the predictions' file that count; None at the start.
        parts (int): parts of the predictions that are complete.
        is_new (bool): whether there was none before.

    Raises:
        ValueError: if the folder holds predictions made with other settings, or its
            progress cannot be read.
    """

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.path = folder / NAME
        self.done: set[str] = set()
        self.end: int | None = None
        self.parts = 0
        whole = 0
        if self.path.exists():
            whole = self._read(settings)
        self._file = open(self.path, 'ab')  # noqa: SIM115, closed by close()
        self._file.truncate(whole)
        self.is_new = not whole
        if self.is_new:
            self._write(dict(settings=settings))

    def add(self, picture: str, end: int, **entry: Any) -> None:
        """Note that a picture is done.

        Args:
            picture (str): its name.
            end (int): bytes of the predictions' file by now.
            entry (Any): what else is to be known of it.
        """
        self._write(dict(picture=picture, **entry, end=end))
        self.done.add(picture)
        self.end = end

    def add_part(self) -> None:
        """Note that what the predictions' file holds has become a part of its own."""
        self.parts += 1
        self.end = 0
        self._write(dict(parts=self.parts, end=0))

    def entries(self) -> Iterator[dict]:
        """What was noted of each picture, in order."""
        with open(self.path, 'rb') as file:
            for line in file:
                entry = json.loads(line)
                if 'picture' in entry:
                    yield entry

    def close(self) -> None:
        """Let go of the file; it reaches the disk first."""
        os.fsync(self._file.fileno())
        self._file.close()

    def __enter__(self) -> 'Progress':
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _write(self, entry: dict) -> None:
        self._file.write(json.dumps(entry).encode() + b'\n')
        self._file.flush()

    def _read(self, settings: dict[str, str]) -> int:
        """Take up what is there; gives the bytes of its whole lines."""
        whole = 0
        with open(self.path, 'rb') as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b'\n'):
                    break
                try:
                    entry = json.loads(line)
                    if number == 1:
                        check_settings(self.path.parent, entry['settings'], settings)
                    else:
                        self._take(entry)
                except (json.JSONDecodeError, KeyError, TypeError) as error:
                    raise ValueError(
                        f'{self.path}, line {number} is not of tools/predict.py; take '
                        'another --out, or start anew with --overwrite'
                    ) from error
                whole += len(line)
        return whole

    def _take(self, entry: dict) -> None:
        if 'picture' in entry:
            self.done.add(entry['picture'])
        self.parts = entry.get('parts', self.parts)
        self.end = entry['end']


def is_idle(folder: Path) -> bool:
    """Whether a run has begun in a folder and done no picture: its settings are free.

    Args:
        folder (Path): existing folder.
    """
    path = folder / NAME
    if not path.exists():
        return False
    with open(path, 'rb') as file:
        first, rest = file.readline(), file.read(1)
    return first.startswith(b'{"settings"') and not rest
