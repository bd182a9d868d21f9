"""Reads a large JSON object entry by entry: Fashionpedia's is half a gigabyte."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..json_file import UnreadableJSON, decode_value, refuse_other_files

_SPACE = re.compile(r'[ \t\n\r]*')
_NUMBER = '0123456789+-.eE'
_CHUNK = 1 << 22  # characters


class BrokenJSON(ValueError):
    """The file is cut off, no JSON, or no object; says at which character."""


def read_entries(
    path: str | Path, on_bytes: Callable[[int], None] | None = None
) -> Iterator[tuple[str, Any]]:
    """Read the lists of a JSON object in a stream.

    Args:
        path (str | Path): a JSON file that holds one object.
        on_bytes (Callable | None): called with the number of bytes read since the
            last call, for a progress bar.

    Yields:
        tuple[str, Any]: the key and one entry for each entry of a list; the key and
        the whole value where it is no list.

    Raises:
        BrokenJSON: if the file is no such object, is cut off or not in UTF-8, or has a
            key twice in one object.
    """
    try:
        refuse_other_files(path)
    except ValueError as error:
        raise BrokenJSON(str(error)) from error
    with open(path, encoding='utf-8-sig') as file:
        text = _Text(file, on_bytes or (lambda n: None))
        text.expect('{')
        keys: set[Any] = set()
        for _ in _items(text, '}'):
            key = text.key(keys)
            text.expect(':')
            if text.accept('['):
                for _ in _items(text, ']'):
                    yield key, text.value()
            else:
                yield key, text.value()
        text.expect('')


def _items(text: '_Text', end: str) -> Iterator[None]:
    """Stops before every item of a list or object, for the caller to read it."""
    if text.accept(end):
        return
    while True:
        yield
        if not text.accept(','):
            text.expect(end)
            return


class _Text:
    """A window on the file's text that moves on as values are read."""

    def __init__(self, file, on_bytes: Callable[[int], None]):
        self.file = file
        self.on_bytes = on_bytes
        self.window = ''
        self.position = 0  # in the window
        self.passed = 0  # characters before the window
        self.told = 0  # bytes

    def value(self) -> Any:
        """The next value, whole."""
        self._skip_space()
        size = _CHUNK
        while True:
            try:
                value, end = decode_value(self.window, self.position)
            except json.JSONDecodeError as error:
                if not self._more(size):
                    place = self.passed + error.pos
                    text = f'{error.msg} at character {place:,}'
                    raise BrokenJSON(text) from error
            except UnreadableJSON as error:
                raise BrokenJSON(
                    f'{error}, behind character {self.passed + self.position:,}'
                ) from error
            except ValueError as error:
                raise BrokenJSON(str(error)) from error
            else:
                # 1 may be the beginning of 1.5 or 12.
                after = self.window[end : end + 1]
                if (after and after not in _NUMBER) or not self._more(size):
                    self.position = end
                    return value
            size *= 2  # a value larger than the window: no more than log2 attempts

    def key(self, before: set[Any]) -> Any:
        """The next key of the object, which none before it may equal."""
        key = self.value()
        if not isinstance(key, str) or key in before:
            what = 'stands twice' if isinstance(key, str) else 'is no text'
            raise BrokenJSON(f'the key {key!r:.80} of the object {what}')
        before.add(key)
        return key

    def accept(self, mark: str) -> bool:
        """Whether the next character is this one ('': the end); it is passed then."""
        self._skip_space()
        if self.window[self.position : self.position + 1] != mark:
            return False
        self.position += len(mark)
        return True

    def expect(self, mark: str) -> None:
        """Pass this character, or raise BrokenJSON."""
        if not self.accept(mark):
            found = self.window[self.position : self.position + 1]
            raise BrokenJSON(
                f'expected {mark or "the end"!r} at character '
                f'{self.passed + self.position:,}, '
                + (f'got {found!r}' if found else 'the file ends there')
            )

    def _skip_space(self) -> None:
        while True:
            self.position = _SPACE.match(self.window, self.position).end()
            if self.position < len(self.window) or not self._more(_CHUNK):
                return

    def _more(self, size: int) -> bool:
        """Whether there was more to read; nothing moves where there was not."""
        try:
            piece = self.file.read(size)
        except UnicodeDecodeError as error:
            raise BrokenJSON(str(error)) from error
        done = self.file.buffer.tell()
        self.on_bytes(done - self.told)
        self.told = done
        if not piece:
            return False
        self.passed += self.position
        self.window = self.window[self.position :] + piece
        self.position = 0
        return True
