"""JSON files as people have them, read so that nothing in them is lost or altered.

``json.load`` takes the last of two equal keys, trips over a byte order mark, reads in
the machine's encoding, and tells of a zip archive that a byte of it is no UTF-8.
"""

import json
import reprlib
from pathlib import Path
from typing import Any

_MARKS = {
    b'\x1f\x8b': 'packed by gzip; unpack it first',
    b'PK\x03\x04': 'a zip archive; unpack it first',
    b'\xff\xfe': 'text in UTF-16; save it as UTF-8',
    b'\xfe\xff': 'text in UTF-16; save it as UTF-8',
    b'version https://git-lfs': "Git LFS's pointer to a file; get it with git lfs pull",
    b'<!doctype html': 'a web page; download the file itself',
    b'<html': 'a web page; download the file itself',
}
HEAD = 64  # bytes that tell


class UnreadableJSON(ValueError):
    """A text is JSON, but not one that can be held: too deep, or too long a number."""


def load_json(path: str | Path) -> Any:
    """Load a JSON file in UTF-8, with or without a byte order mark.

    Args:
        path (str | Path): file.

    Returns:
        Any: what it holds.

    Raises:
        OSError: if the file cannot be read.
        ValueError: without the file's name, if it is another kind of file, empty, no
            JSON, or has a key twice in one object.
    """
    refuse_other_files(path)
    with open(path, encoding='utf-8-sig') as file:
        text = file.read()
    if not text.strip():
        raise json.JSONDecodeError('the file is empty', text, 0)
    return decode_json(text)


def decode_json(text: str) -> Any:
    """What a text of JSON holds.

    Args:
        text (str): without a byte order mark.

    Returns:
        Any: its value.

    Raises:
        ValueError: if it is no JSON, cannot be held, or has a key twice in one object.
    """
    try:
        return _DECODER.decode(text)
    except (RecursionError, ValueError) as error:
        raise _named(error) from error


def decode_value(text: str, place: int) -> tuple[Any, int]:
    """The value at a place of a text of JSON, and where it ends.

    Args:
        text (str): with anything behind the value.
        place (int): where the value starts.

    Returns:
        tuple[Any, int]: the value, and the place behind it.

    Raises:
        ValueError: see `decode_json`.
    """
    try:
        return _DECODER.raw_decode(text, place)
    except (RecursionError, ValueError) as error:
        raise _named(error) from error


def refuse_other_files(path: str | Path) -> None:
    """Refuse a file that is known to be no text in UTF-8 from its first bytes.

    Args:
        path (str | Path): file.

    Raises:
        OSError: if the file cannot be read.
        ValueError: see `refuse_other_kinds`.
    """
    with open(path, 'rb') as file:
        refuse_other_kinds(file.read(HEAD))


def refuse_other_kinds(head: bytes) -> None:
    """Refuse what is known to be no text in UTF-8 from its first bytes.

    Args:
        head (bytes): the first `HEAD` bytes of a file.

    Raises:
        ValueError: without the file's name, saying what the file is and what to do.
    """
    start = head.lstrip().lower()
    for mark, kind in _MARKS.items():
        if head.startswith(mark) or start.startswith(mark):
            raise ValueError(f'the file is {kind}')


def _named(error: Exception) -> ValueError:
    if isinstance(error, json.JSONDecodeError | _TwiceError):
        return error
    if isinstance(error, RecursionError):
        return UnreadableJSON('brackets nested a thousand deep, as no annotations are')
    return UnreadableJSON('a number of thousands of digits, as no annotations have')


class _TwiceError(ValueError):
    """A key stands twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        key = next(key for n, key in enumerate(keys) if key in keys[:n])
        some = ', '.join(f'{k}: {reprlib.repr(found[k])}' for k in keys[:3])[:80]
        raise _TwiceError(
            f'the key {key!r} stands twice in one object ({some}); remove one'
        )
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_once)
