"""Files by path and URI: on a disk, and in a store of fsspec's."""

import pytest
from pyarrow import fs

from projects.fashion_attr.apis.catalog.places import find_place


@pytest.fixture(params=['path', 'file://', 'memory://'])
def folder(request, tmp_path):
    """The same folder in all ways."""
    pytest.importorskip('fsspec', reason='requirements/catalog.txt is not installed')
    given = dict(path=str(tmp_path / 'a b'))
    given['file://'] = (tmp_path / 'a b').as_uri()
    given['memory://'] = f'memory:/{tmp_path}/a b'
    return find_place(given[request.param])


def test_writes_and_reads(folder):
    assert folder.kind() == fs.FileType.NotFound and folder.list() == []
    folder.make_folder()
    file = folder / 'x%20.txt'
    with file.whole() as half:
        half.write_bytes(b'12')
        assert file.kind() == fs.FileType.NotFound
    assert file.read() == b'12'
    assert [info.base_name for info in folder.list()] == ['x%20.txt']
    with file.whole() as half:
        half.write_bytes(b'3')
    assert file.read() == b'3'
    assert file.parent.path.rstrip('/') == folder.path.rstrip('/')
    file.remove()
    assert file.kind() == fs.FileType.NotFound
    folder.remove()
    folder.remove()
    assert folder.kind() == fs.FileType.NotFound


def test_what_was_not_finished_is_not_there(folder):
    folder.make_folder()
    with pytest.raises(KeyError), (folder / 'x').whole() as half:
        half.write_bytes(b'1')
        raise KeyError
    assert folder.list() == []


def test_two_may_write_the_same_file(tmp_path):
    place = find_place(tmp_path) / 'x'
    with place.whole() as first, place.whole() as second:
        assert first != second
        first.write_bytes(b'same')
        second.write_bytes(b'same')
    assert place.read() == b'same'
    assert [path.name for path in tmp_path.iterdir()] == ['x']


@pytest.mark.parametrize('uri', ['nope://x/y', 'nope://user:secret@x/y'])
def test_unknown_store_is_named_without_its_password(uri):
    with pytest.raises(ValueError, match='^nope://x/y cannot be opened') as caught:
        find_place(uri)
    assert 'secret' not in str(caught.value).split('cannot')[0]
