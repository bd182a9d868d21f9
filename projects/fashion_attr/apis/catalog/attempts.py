"""What is known of attempts at a chunk, so that a picture cannot kill workers for ever.

A file that makes a decoder crash, or a picture that takes all memory, ends the process
that looks at it; whoever starts the chunk again would end at the same picture. So each
attempt leaves a note, which goes with the part that is written::

    there is a note    the attempt before has died: pictures are looked at one by one
    it names one       that is the picture at which it died
    twice the same     that picture is passed over, and its row says why

A worker that was killed from outside costs one careful attempt.
"""

import json
from collections import Counter
from contextlib import suppress
from typing import Any

from pyarrow import fs

from .places import Place

_DEATHS = 2  # at a picture until it is to blame
_DEADLY = 3  # pictures of a chunk; where there are more, it is not the pictures
_ATTEMPTS = 20  # at a chunk, wherever they died


class Attempts:
    """The attempts at one chunk.

    Args:
        note (Place): file of the note, whether it is there or not.

    Attributes:
        careful: whether an attempt has died before.

    Raises:
        ValueError: if so many workers died, or at so many of its pictures, that these
            are not what is wrong.
    """

    def __init__(self, note: Place) -> None:
        self._note = note
        found = _read(note)
        self.careful = found is not None
        self._began = found['began'] if found else 0
        self._deaths = Counter(found['deaths'] if found else {})
        if found and found['at'] is not None:
            self._deaths[found['at']] += 1
        self._refuse_a_bad_machine()

    def is_deadly(self, path: str) -> bool:
        """Whether a picture is to be passed over."""
        return self._deaths[path] >= _DEATHS

    def reason(self, path: str) -> str:
        """Why it is: for the picture's row."""
        return f'{self._deaths[path]} workers died while they looked at it'

    def begin(self, path: str | None = None) -> None:
        """Note that an attempt, or a picture of it, begins.

        Args:
            path (str | None): of the picture, where they are looked at one by one.
        """
        self._began += path is None
        found = dict(began=self._began, deaths=self._deaths, at=path)
        with self._note.whole() as half:
            half.write_text(json.dumps(found))

    def end(self) -> None:
        """Forget all: the chunk is done."""
        with suppress(FileNotFoundError):  # a worker that was taken for dead did it
            self._note.remove()

    def _refuse_a_bad_machine(self) -> None:
        deadly = [path for path in self._deaths if self.is_deadly(path)]
        if len(deadly) <= _DEADLY and self._began < _ATTEMPTS:
            return
        self.end()  # the next run looks at all of them again
        where = ''
        if deadly:
            where = f', at {len(deadly)} of its pictures, the last {deadly[-1]}'
        raise ValueError(
            f'{self._began} workers died at one part{where}: the machine may be short '
            'of memory (fewer --workers, a smaller --batch-size); the same command '
            'goes on from here'
        )


def _read(note: Place) -> dict[str, Any] | None:
    if note.kind() == fs.FileType.NotFound:
        return None
    try:
        found = json.loads(note.read())
        deaths = {str(path): int(n) for path, n in found['deaths'].items()}
        return dict(began=int(found['began']), deaths=deaths, at=found['at'])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        # Cut off by a machine that stopped: as much is known as of an empty one.
        return dict(began=1, deaths={}, at=None)
