"""Uploads: what is taken, what is refused and why, and nothing else ever happens."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from projects.fashion_attr.apis.app import limits as limits_module
from projects.fashion_attr.apis.app import read_upload
from projects.fashion_attr.apis.app.limits import UploadError, UploadLimits

LIMITS = UploadLimits(megabytes=0.02, megapixels=0.01)


def encoded(size=(24, 32), kind='PNG', **options) -> bytes:
    """A file of (w, h): red above, blue on the right below, else green."""
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    pixels[..., 1] = 200
    pixels[: size[1] // 2] = 200, 0, 0
    pixels[size[1] // 2 :, size[0] // 2 :] = 0, 0, 200
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


def write(folder, name: str, data: bytes):
    """Path of a new file."""
    (folder / name).write_bytes(data)
    return folder / name


@pytest.mark.parametrize('kind', ['PNG', 'JPEG', 'WEBP', 'BMP'])
def test_pictures_are_read(kind, tmp_path):
    # Whatever the file is called: its content says what it is.
    image = read_upload(write(tmp_path, 'a.txt', encoded(kind=kind)), LIMITS)
    assert image.shape == (32, 24, 3) and image.dtype == np.uint8
    for at, bgr in (((4, 4), (0, 0, 200)), ((28, 20), (200, 0, 0))):
        assert np.abs(image[at].astype(int) - bgr).max() < 40


@pytest.mark.parametrize('orientation', range(10))
def test_cameras_are_turned_as_people_see_it(orientation, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(kind='JPEG', exif=exif, quality=95)
    image = read_upload(write(tmp_path, 'a.jpg', data), LIMITS)
    turned = ImageOps.exif_transpose(Image.open(BytesIO(data)))
    oracle = np.asarray(turned.convert('RGB'), int)[..., ::-1]
    assert image.shape == oracle.shape and image.flags.c_contiguous
    assert np.abs(image - oracle).max() < 20


@pytest.mark.parametrize(
    'name, data, message',
    [
        ('a.png', b'', 'a.png is no picture that can be read here: JPEG, PNG, WebP or'),
        ('notes.jpg', b'hello', 'notes.jpg is no picture'),
        ('a.gif', encoded(kind='GIF'), 'a.gif is no picture'),
        ('a.svg', b'<svg xmlns="http://www.w3.org/2000/svg"/>', 'a.svg is no picture'),
        ('large.bmp', encoded((90, 90), 'BMP'), r'has 0\.0 MB; up to 0\.02 MB are tak'),
        (
            'bomb.png',
            encoded((200, 100)),
            r'bomb\.png has 200 x 100 pixels, 0\.0 megap',
        ),
        (
            'dot.png',
            encoded((15, 99)),
            'dot.png has 15 x 99 pixels; each edge needs 16',
        ),
        (
            'thin.png',
            encoded((16, 161)),
            'an edge may be 10 times as long as the other',
        ),
        (
            'cut.jpg',
            encoded(kind='JPEG')[:-9],
            'damaged picture: cut.jpg cannot be dec',
        ),
        ('cut.png', encoded()[:60], 'damaged picture: cut.png'),
    ],
)
def test_what_is_refused_is_told_why(name, data, message, tmp_path):
    path = write(tmp_path, name, data)
    with pytest.raises(UploadError, match=message) as caught:
        read_upload(path, LIMITS)
    assert str(tmp_path) not in str(caught.value)  # the user has not been there


@pytest.mark.parametrize('size', [(101, 100), (60_000, 60_000)])
def test_too_many_pixels_are_never_decoded(size, tmp_path, monkeypatch):
    # A header of its own: a whole picture of 3.6 billion pixels would take a while.
    data = bytearray(encoded())
    data[16:24] = size[0].to_bytes(4, 'big') + size[1].to_bytes(4, 'big')
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, 'big')
    monkeypatch.setattr(limits_module, 'EncodedImage', None)
    path = write(tmp_path, 'bomb.png', bytes(data))
    with pytest.raises(UploadError, match='bomb.png has .* pixels.* make it smaller'):
        read_upload(path, LIMITS)


@pytest.mark.parametrize('kind', ['PNG', 'JPEG', 'WEBP', 'BMP'])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_damaged_files_are_read_or_refused(kind, data, tmp_path_factory):
    content = bytearray(encoded(kind=kind))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(
            st.integers(0, 255)
        )
    content = content[: data.draw(st.integers(0, len(content)))]
    path = write(tmp_path_factory.getbasetemp(), 'damaged', bytes(content))
    try:
        image = read_upload(path, LIMITS)
    except UploadError as error:
        assert 'damaged' in str(error)
    else:
        assert image.dtype == np.uint8 and image.size <= 0.01e6 * 3


@pytest.mark.parametrize('name', ['megabytes', 'megapixels'])
@pytest.mark.parametrize('value', [0, -1, float('nan')])
def test_senseless_limits_are_refused(name, value):
    with pytest.raises(ValueError, match=f'limit of {name} must be above 0, got'):
        UploadLimits(**{name: value})
