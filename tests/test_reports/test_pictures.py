"""Pictures as data URIs."""

import base64

import cv2
import numpy as np
import pytest

from projects.fashion_attr.reports.pictures import jpeg_uri


def decode(uri: str) -> tuple[np.ndarray, int]:
    """(H, W, 3) RGB and the bytes of the JPEG."""
    head, body = uri.split(',')
    assert head == 'data:image/jpeg;base64'
    jpeg = base64.b64decode(body)
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), 1)[..., ::-1], len(jpeg)


def test_small_picture_keeps_size_and_colours():
    image = np.zeros((20, 30, 3), np.uint8)
    image[:, 15:] = 250, 120, 10
    decoded, _ = decode(jpeg_uri(image))
    assert decoded.shape == image.shape
    assert np.abs(decoded[:, 20:].astype(int) - (250, 120, 10)).max() < 12


@pytest.mark.parametrize('shape, expected', [((40, 20), (20, 10)), ((1, 60), (1, 20))])
def test_large_picture_is_reduced(shape, expected):
    decoded, _ = decode(jpeg_uri(np.full((*shape, 3), 90, np.uint8), max_edge=20))
    assert decoded.shape[:2] == expected


def test_noise_is_bounded_too():
    noise = np.random.default_rng(0).integers(0, 256, (200, 300, 3), np.uint8)
    plain, plain_bytes = decode(jpeg_uri(noise))
    decoded, num_bytes = decode(jpeg_uri(noise, max_bytes=8000))
    assert plain.shape == noise.shape and plain_bytes > 8000 >= num_bytes
    assert decoded.shape[0] < 200
