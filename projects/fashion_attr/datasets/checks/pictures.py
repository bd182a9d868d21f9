"""All that is wrong with each picture's file."""

import hashlib
import io
import warnings
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image

from ..exif import orientation
from ..jpeg import has_end
from .fingerprint import SIDE, fingerprint
from .run_length import Fault

# MPO is a JPEG with a second picture behind it, as cameras write them.
_FORMATS = {'MPO': 'JPEG'}
_MODES = {'L': 'grey', 'LA': 'grey with alpha', 'RGBA': 'with alpha', '1': 'grey'}


class PictureFacts(NamedTuple):
    """What a picture's file says."""

    faults: list[Fault]
    size: tuple[int, int] | None = None  # (h, w) of the stored pixels
    digest: bytes = b''  # of the whole file
    prints: tuple[np.ndarray, np.ndarray] | None = None  # see `fingerprint`


def look_at(path: Path) -> PictureFacts:
    """Read and decode one file.

    A JPEG is decoded to grey at the smallest of 1, 1/2, 1/4, 1/8 that is not below
    128 pixels: a third of the time, and its whole code is read, so that a cut shows.

    Args:
        path (Path): the file.

    Returns:
        PictureFacts: its faults, size and hashes, as far as it can be read.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return PictureFacts([('picture-missing', 'the file is missing')])
    except OSError as error:
        return PictureFacts([('picture-unreadable', str(error))])
    if not data:
        return PictureFacts([('picture-unreadable', 'the file has 0 bytes')])
    digest = hashlib.blake2b(data, digest_size=16).digest()
    try:
        with warnings.catch_warnings():
            # The set has pictures above PIL's limit of warning, and PIL warns of
            # oddities in EXIF that nobody uses.
            warnings.simplefilter('ignore')
            faults, size, grey = _decode(data, path.suffix.lower())
    # Decoders answer broken files with whatever they trip over.
    except Exception as error:
        cut = isinstance(error, OSError) and 'truncated' in str(error)
        code = 'picture-truncated' if cut else 'picture-unreadable'
        return PictureFacts([(code, _reason(error))], digest=digest)
    return PictureFacts(faults, size, digest, fingerprint(grey))


def _reason(error: Exception) -> str:
    if isinstance(error, Image.UnidentifiedImageError):
        return 'the file is no picture'  # PIL's text holds an address in memory
    return str(error) or type(error).__name__


def _decode(data: bytes, suffix: str):
    """Faults, (h, w) and grey pixels; raises what the decoder raises."""
    with Image.open(io.BytesIO(data)) as picture:
        kind = _FORMATS.get(picture.format, picture.format)
        size, mode = picture.size[::-1], picture.mode
        faults = _header_faults(picture, kind, suffix)
        if kind == 'JPEG':
            if not has_end(data):
                raise OSError('image file is truncated: the mark of its end is missing')
            picture.draft('L', (2 * SIDE, 2 * SIDE))
            picture.load()
            grey = np.asarray(picture.convert('L'))
            name = _MODES.get(mode, '' if mode == 'RGB' else mode)
        else:
            picture.load()
            grey, name = _decode_as_loader(data)
    if name:
        faults.append(('picture-mode', f'the pixels are {name}'))
    return faults, size, grey


def _decode_as_loader(data: bytes) -> tuple[np.ndarray, str]:
    """Grey pixels as OpenCV decodes them, which loads pictures in training."""
    code = np.frombuffer(data, np.uint8)
    pixels = cv2.imdecode(code, cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError('OpenCV, which loads pictures in training, cannot decode it')
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    parts = ['16-bit'] if pixels.dtype != np.uint8 else []
    parts += {1: ['grey'], 4: ['with alpha']}.get(channels, [])
    flags = cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION
    return cv2.imdecode(code, flags), ', '.join(parts)


def _header_faults(picture: Image.Image, kind: str, suffix: str) -> list[Fault]:
    faults = []
    said = orientation(picture)
    if said not in (None, 1):
        faults.append(('picture-exif', f'EXIF orientation {said}'))
    named = Image.registered_extensions().get(suffix)
    if named and named != kind:
        faults.append(('picture-format', f'the file is {kind}'))
    frames = getattr(picture, 'n_frames', 1)
    if frames > 1 and kind != 'JPEG':
        faults.append(('picture-animated', f'the file has {frames} frames'))
    return faults
