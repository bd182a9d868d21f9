"""Whether a PNG is there to its end, without decoding it."""

import struct
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

_SIGNATURE = b'\x89PNG\r\n\x1a\n'
_HEAD = struct.Struct('>I4s')  # length of a chunk's content, its name
_CHECKSUM = 4  # bytes after it


def has_end(data: bytes) -> bool:
    """Whether the chunks of a PNG follow one another up to the last.

    OpenCV makes room for a chunk of up to 4 GiB as soon as 4 bytes ask for it, whether
    or not the file has them; PIL shows what there is of the picture.

    Args:
        data (bytes): A file's content.

    Returns:
        bool: False where a chunk would reach beyond the file, or the last is missing.
    """
    return _has_end(BytesIO(data), len(data))


def file_has_end(path: str | Path) -> bool:
    """The same of a file, of which only the heads of chunks are read.

    Args:
        path (str | Path): A PNG.

    Returns:
        bool: See ``has_end``.
    """
    path = Path(path)
    with path.open('rb') as file:
        return _has_end(file, path.stat().st_size)


def _has_end(file: BinaryIO, size: int) -> bool:
    if file.read(len(_SIGNATURE)) != _SIGNATURE:
        return False
    while len(head := file.read(_HEAD.size)) == _HEAD.size:
        length, name = _HEAD.unpack(head)
        following = file.tell() + length + _CHECKSUM
        if following > size:
            return False
        if name == b'IEND':
            return True
        file.seek(following)
    return False
