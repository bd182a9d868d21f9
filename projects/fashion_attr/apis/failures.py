"""What stopped a run from outside, in one line."""

import errno
import os

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST}
_IN_WORKER = 'in DataLoader worker process'


def failure(
    error: Exception,
    place: str | os.PathLike = 'a file',
    elsewhere: str = 'name another folder with --work-dir',
    go_on: str = 'the same command with --resume goes on',
) -> str:
    """The line that a run ends with.

    Args:
        error (Exception): A disk, a file, or what says all of it by itself, such as
            a loss that is not finite.
        place (str | os.PathLike): Where the run writes, for errors that do not say:
            Python names no file of a full disk.
        elsewhere (str): What to do where nothing can be written.
        go_on (str): What makes up for it once there is room.

    Returns:
        str: Naming the file and the way out.
    """
    text = str(error)
    if _IN_WORKER in text:  # PyTorch puts the worker's traceback before it
        return text.strip().splitlines()[-1].partition(': ')[2]
    number = getattr(error, 'errno', None)
    place = getattr(error, 'filename', None) or place
    if number in _FULL:
        return (
            f'no room for {place} ({error.strerror}); what was there before is still '
            f'there: make room, and {go_on}'
        )
    if number in _CLOSED:
        if os.path.isfile(place) and not os.access(place, os.R_OK):
            return f'{place} cannot be read ({error.strerror})'
        return f'{place} cannot be written ({error.strerror}); {elsewhere}'
    return text
