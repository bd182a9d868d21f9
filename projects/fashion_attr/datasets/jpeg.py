"""Whether a JPEG is all there, without decoding it.

What is missing at the end shows by the mark of the end alone: some decoders fill the
rest with grey, and where a copy was never filled in, the zeros there decode as grey.
"""

from pathlib import Path

_SCAN = b'\xff\xda'  # from here on no segments, but the code of the pixels
_END = b'\xff\xd9'


def has_end(data: bytes) -> bool:
    """Whether a JPEG's code has its end mark; anything may come behind that.

    Args:
        data (bytes): the file's content.

    Returns:
        bool: False where the file is cut off or its end was never filled in.
    """
    if data.endswith(_END):
        return True
    # Not before the first scan: a preview within EXIF has an end mark too.
    place = 2  # behind the mark of the start
    while data[place : place + 2] not in (b'', _SCAN):
        # Between segments any number of 0xff may stand.
        filled = data[place + 1 : place + 2] == b'\xff'
        place += 1 if filled else 2 + int.from_bytes(data[place + 2 : place + 4], 'big')
    return data.find(_END, place) >= 0


def number_of_scans(data: bytes) -> int:
    """How often a JPEG's pixels are gone through: 1, or several if it is progressive.

    Args:
        data (bytes): the file's content.

    Returns:
        int: at least that many; a preview within EXIF counts as well.
    """
    return data.count(_SCAN)


def file_has_end(path: str | Path) -> bool:
    """`has_end` of a file, of which mostly the last two bytes are read.

    Raises:
        OSError: if the file cannot be read.
    """
    with open(path, 'rb') as file:
        size = file.seek(0, 2)
        file.seek(max(size - len(_END), 0))
        if file.read() == _END:
            return True
        file.seek(0)
        return has_end(file.read())
