"""Memory that was freed, given back to the system."""

import ctypes
import sys


def return_free_memory() -> bool:
    """Give the system back what the process has freed.

    glibc keeps freed blocks of up to 32 MB on its heap. The masks of a picture are
    such blocks, and what is kept of it lies between them, so that they cannot be
    used again for masks of the next: the process grows by every picture's masks.
    ``malloc_trim`` returns their pages all the same, see mallopt(3), malloc_trim(3).

    Returns:
        bool: whether the C library has a way to do so.
    """
    if not sys.platform.startswith('linux'):
        return False
    trim = getattr(ctypes.CDLL(None), 'malloc_trim', None)
    if trim is None:  # musl
        return False
    trim(ctypes.c_size_t(0))
    return True
