"""What stopped a run from outside, in one line."""

import errno

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EEXIST}
_IN_WORKER = 'in DataLoader worker process'


def failure(error: OSError | FloatingPointError) -> str:
    """The line that a run ends with.

    Args:
        error (OSError | FloatingPointError): A disk, a file, or a loss that is not
            finite, which says all of it by itself.

    Returns:
        str: Naming the file and the way out.
    """
    text = str(error)
    if _IN_WORKER in text:  # PyTorch puts the worker's traceback before it
        return text.strip().splitlines()[-1].partition(': ')[2]
    number = getattr(error, 'errno', None)
    place = getattr(error, 'filename', None) or 'a file'
    if number in _FULL:
        return (
            f'no room for {place} ({error.strerror}); what was there before is still '
            'there: make room, and the same command with --resume goes on'
        )
    if number in _CLOSED:
        return (
            f'{place} cannot be written ({error.strerror}); name another folder with '
            '--work-dir'
        )
    return text
