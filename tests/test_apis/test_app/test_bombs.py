"""Small files that unfold to gigabytes, or to hours: refused before they do."""

import resource
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from projects.fashion_attr.apis.app import read_upload
from projects.fashion_attr.apis.app.limits import UploadError, UploadLimits

MANY = 300 << 20  # bytes that a chunk unfolds to
ENOUGH = 150 << 10  # kilobytes of memory that reading a file of these may take


def chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack('>I', len(data)) + name + data + struct.pack('>I', checksum)


def png(size=(64, 48), pixels: bytes | None = None, extra: bytes = b'') -> bytes:
    width, height = size
    head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    pixels = (
        zlib.compress(bytes(height * (3 * width + 1))) if pixels is None else pixels
    )
    return b''.join(
        (
            b'\x89PNG\r\n\x1a\n',
            chunk(b'IHDR', head),
            extra,
            chunk(b'IDAT', pixels),
            chunk(b'IEND', b''),
        )
    )


@pytest.fixture(scope='module')
def bomb() -> bytes:
    """300 MB of zeros in 300 kB."""
    squeeze = zlib.compressobj(9)
    parts = [squeeze.compress(bytes(1 << 20)) for _ in range(MANY >> 20)]
    return b''.join([*parts, squeeze.flush()])


def jpeg_of_scans(number: int) -> bytes:
    stream = BytesIO()
    Image.new('RGB', (64, 48)).save(stream, 'JPEG', progressive=True)
    data = stream.getvalue()
    last = data[data.rindex(b'\xff\xda') : -2]
    return data[:-2] + number * last + b'\xff\xd9'


def gif(size=(60_000, 60_000)) -> bytes:
    stream = BytesIO()
    Image.new('P', (8, 8)).save(stream, 'GIF')
    return stream.getvalue()[:6] + struct.pack('<HH', *size) + stream.getvalue()[10:]


FILES = {
    'pixels': (lambda bomb: png((60_000, 60_000), bomb), 'too many pixels'),
    'gif': (lambda bomb: gif(), 'is no picture that can be read here'),
    'text': (lambda bomb: png(extra=chunk(b'zTXt', b'a\0\0' + bomb)), 'damaged'),
    'profile': (lambda bomb: png(extra=chunk(b'iCCP', b'a\0\0' + bomb)), 'damaged'),
    'scans': (lambda bomb: jpeg_of_scans(9000), r'JPEG of 9,0\d\d scans; up to 100'),
    'chunk': (
        lambda bomb: png()[:33] + struct.pack('>I', 0x7FFFFFFF) + b'IDAT' + bytes(9),
        'damaged picture: .*',
    ),
}


@pytest.mark.parametrize('name', FILES)
def test_bombs_are_refused_in_little_memory(tmp_path, bomb, name):
    make, message = FILES[name]
    (tmp_path / 'bomb').write_bytes(make(bomb))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UploadError, match=message):
        read_upload(tmp_path / 'bomb', UploadLimits())
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < ENOUGH


def test_more_pixels_than_the_header_says_are_not_kept(tmp_path, bomb):
    (tmp_path / 'bomb').write_bytes(png(pixels=bomb))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_upload(tmp_path / 'bomb', UploadLimits()).shape == (48, 64, 3)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < ENOUGH


def test_progressive_pictures_are_taken(tmp_path):
    (tmp_path / 'a.jpg').write_bytes(jpeg_of_scans(1))
    assert read_upload(tmp_path / 'a.jpg', UploadLimits()).shape == (48, 64, 3)
