"""Where a PNG ends, and where it only says that it goes on."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.fashion_attr.datasets.png import file_has_end, has_end

NOISE = np.random.default_rng(0).integers(0, 255, (9, 11, 3), np.uint8)
PNG = cv2.imencode('.png', NOISE)[1].tobytes()


@pytest.mark.parametrize(
    'data, expected',
    [
        pytest.param(PNG, True, id='whole'),
        pytest.param(PNG + b'more', True, id='bytes after the end'),
        pytest.param(b'', False, id='nothing'),
        pytest.param(b'GIF89a' + PNG, False, id='something else'),
        pytest.param(PNG[:33] + b'\xff\xff\xff\xffIDAT', False, id='4 GiB announced'),
    ],
)
def test_ends(tmp_path, data, expected):
    path = tmp_path / 'a.png'
    path.write_bytes(data)
    assert has_end(data) is file_has_end(path) is expected


@given(st.integers(0, len(PNG) - 1))
def test_whatever_is_cut_off_has_none(length):
    assert not has_end(PNG[:length])
