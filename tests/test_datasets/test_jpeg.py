"""The end mark of a JPEG, told from that of a preview within it."""

import pytest

from projects.fashion_attr.datasets.jpeg import file_has_end, has_end

START, SCAN, END = b'\xff\xd8', b'\xff\xda\x00\x02', b'\xff\xd9'
PREVIEW = b'\xff\xe1\x00\x08\xff\xda\xff\xd9zz'  # a segment of 2 + 6 bytes
CODE = b'\x12\xff\x00\x34'


@pytest.mark.parametrize(
    'data, whole',
    [
        (START + SCAN + CODE + END, True),
        (START + SCAN + CODE + END + b'more', True),
        (START + SCAN + CODE, False),
        (START + SCAN + CODE + b'\xff', False),
        (START + SCAN + CODE + bytes(9), False),
        (START + PREVIEW + SCAN + CODE, False),
        (START + PREVIEW + SCAN + CODE + END + b'\0', True),
        (START + b'\xff\xff' + PREVIEW + SCAN + CODE, False),
        (START + PREVIEW, False),
        (START + b'\xff\xe1\xff\xff' + END + b'\0', False),
        (START, False),
        (b'\xff', False),
        (b'', False),
    ],
)
def test_has_end(data, whole, tmp_path):
    (tmp_path / 'a.jpg').write_bytes(data)
    assert has_end(data) == file_has_end(tmp_path / 'a.jpg') == whole


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError, match='nowhere.jpg'):
        file_has_end(tmp_path / 'nowhere.jpg')
