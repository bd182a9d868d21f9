"""JSON files as people have them, by every way that they are read."""

import gzip
import io
import json
import zipfile

import pytest

from projects.fashion_attr.datasets.checks.json_stream import BrokenJSON, read_entries
from projects.fashion_attr.datasets.json_file import load_json


def zipped(text):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, 'w') as file:
        file.writestr('x.json', text)
    return archive.getvalue()


TEXT = '{"images": [{"id": 1, "file_name": "\u00e9.jpg"}], "info": {}}'
OTHER_KINDS = {
    'gzip': (
        gzip.compress(TEXT.encode()),
        'the file is packed by gzip; unpack it first',
    ),
    'zip': (zipped(TEXT), 'the file is a zip archive; unpack it first'),
    'UTF-16': (TEXT.encode('utf-16'), 'the file is text in UTF-16; save it as UTF-8'),
    'pointer': (
        b'version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n',
        "the file is Git LFS's pointer to a file; get it with git lfs pull",
    ),
    'page': (b'\n<!DOCTYPE html><html>', 'the file is a web page; download the file'),
}
TWICE = {
    'a table': '{"images": [1], "info": {}, "images": [2]}',
    'a field': '{"images": [{"id": 1, "name": "a", "id": 2}]}',
}
BEYOND = {
    'deep': (
        '{"images": [' + '[' * 99999 + ']' * 99999 + ']}',
        'nested a thousand deep',
    ),
    'deep beside': ('{"info": ' + '[' * 99999 + ']' * 99999 + '}', 'a thousand deep'),
    'long': ('{"images": [' + '1' * 5000 + ']}', 'a number of thousands of digits'),
}
READERS = pytest.mark.parametrize(
    'read', [load_json, lambda path: list(read_entries(path))], ids=['whole', 'stream']
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / 'x.json'


@pytest.mark.parametrize('mark', [b'', b'\xef\xbb\xbf'], ids=['plain', 'with a mark'])
def test_a_byte_order_mark_is_passed_over(path, mark):
    path.write_bytes(mark + TEXT.encode())
    image = dict(id=1, file_name='\u00e9.jpg')
    assert load_json(path) == json.loads(TEXT) == dict(images=[image], info={})
    assert list(read_entries(path)) == [('images', image), ('info', {})]


@READERS
@pytest.mark.parametrize(('content', 'message'), OTHER_KINDS.values(), ids=OTHER_KINDS)
def test_other_kinds_of_files_are_named(path, read, content, message):
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        read(path)


@READERS
@pytest.mark.parametrize('text', TWICE.values(), ids=TWICE)
def test_no_key_is_there_twice(path, read, text):
    path.write_text(text)
    with pytest.raises(ValueError, match="the key '(images|id)' .*stands twice"):
        read(path)


@READERS
@pytest.mark.parametrize(('text', 'message'), BEYOND.values(), ids=BEYOND)
def test_what_cannot_be_held_is_refused(path, read, text, message):
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read(path)


def test_a_stream_breaks_where_anything_is_wrong(path):
    for text in (*TWICE.values(), *(text for text, _ in BEYOND.values())):
        path.write_text(text)
        with pytest.raises(BrokenJSON):
            list(read_entries(path))


@pytest.mark.parametrize('text', ['', ' \n'], ids=['empty', 'blank'])
def test_an_empty_file_is_named(path, text):
    path.write_text(text)
    with pytest.raises(ValueError, match='the file is empty'):
        load_json(path)


def test_other_encodings_are_refused(path):
    path.write_bytes('{"a": "\u00e9"}'.encode('latin-1'))
    with pytest.raises(UnicodeDecodeError):
        load_json(path)
