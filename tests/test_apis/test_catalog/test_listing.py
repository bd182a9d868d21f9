"""What pictures there are, of folders and of lists."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from projects.fashion_attr.apis.catalog import CatalogRequest
from projects.fashion_attr.apis.catalog.listing import LeftOut, only_new, open_pictures
from projects.fashion_attr.apis.catalog.path_set import PathSet
from projects.fashion_attr.apis.catalog.places import find_place


def open_at(given, **settings):
    """The pictures of a request."""
    return open_pictures(CatalogRequest(str(given), 'out', **settings))


def rows(pictures):
    """Rows and what was said of others."""
    left_out = LeftOut()
    tables = only_new(pictures.tables(left_out), PathSet(), left_out, planned=False)
    found = [row for table in tables for row in table.to_pylist()]
    return found, left_out.lines()


def names(pictures):
    """Paths alone."""
    return [row['path'] for row in rows(pictures)[0]]


FILES = ('b/2.jpg', 'b/1.PNG', 'a.webp', 'b/c/3.jpeg', 'b/._1.png', 'b/x.txt')
FOUND = ['a.webp', 'b/1.PNG', 'b/2.jpg', 'b/c/3.jpeg']


@pytest.mark.parametrize('store', ['', 'file://', 'memory:/'])
def test_pictures_of_a_folder_at_any_depth(tmp_path, store):
    pytest.importorskip('fsspec', reason='requirements/catalog.txt is not installed')
    uri = f'{store}{tmp_path}/pictures'
    root = find_place(uri)
    for name in FILES:
        (root / name).parent.make_folder()
        with (root / name).whole() as half:
            half.write_bytes(b'')
    pictures = open_at(uri)
    assert names(pictures) == FOUND
    assert (pictures.root / 'a.webp').path == (root / 'a.webp').path


@pytest.mark.parametrize('folder', [False, True])
def test_columns_of_a_list_are_carried_over(tmp_path, folder):
    path = tmp_path / 'list.parquet'
    parts = pd.DataFrame(dict(url=['x.jpg', None, 'y.jpg', ''], id=[1, 2, 3, 4]))
    parts.index = [7, 8, 9, 10]  # pandas writes it as a column
    if folder:
        path.mkdir()
    parts.to_parquet(path / 'part-0.parquet' if folder else path)
    found, said = rows(open_at(path, path_column='url'))
    assert found == [dict(path='x.jpg', id=1), dict(path='y.jpg', id=3)]
    assert said == ['2 left out without a path']
    found, _ = rows(open_at(path, path_column='url', carry=()))
    assert found == [dict(path='x.jpg'), dict(path='y.jpg')]


def test_a_path_that_comes_again_is_left_out(tmp_path):
    path = tmp_path / 'list.parquet'
    table = pa.table(dict(path=['x', 'y', 'x', 'x'], id=[1, 2, 3, 4]))
    pq.write_table(table, path, row_group_size=2)
    found, said = rows(open_at(path))
    assert [row['id'] for row in found] == [1, 2]
    assert said == ['2 left out whose path came before']


def test_relative_paths_start_from_the_list_or_the_root(tmp_path):
    path = tmp_path / 'list.parquet'
    pq.write_table(pa.table(dict(path=['x'])), path)
    assert open_at(path).root.path == str(tmp_path)
    assert open_at(path, root='/elsewhere').root.path == '/elsewhere'
    assert open_at(path.as_uri()).root.path == str(tmp_path)


def test_a_name_that_is_no_utf8_is_left_out_and_told(tmp_path):
    (tmp_path / 'x.jpg').write_text('')
    try:
        open(bytes(tmp_path) + b'/\xff.jpg', 'w').close()
    except OSError:
        pytest.skip('this file system knows UTF-8 alone')
    found, said = rows(open_at(tmp_path))
    assert [row['path'] for row in found] == ['x.jpg']
    assert said == ['1 left out whose name is no UTF-8']


@pytest.mark.parametrize(
    'name, content, settings, message',
    [
        ('gone', None, {}, 'there is no folder of pictures .*gone'),
        ('gone.parquet', None, {}, 'there is no list .*gone.parquet'),
        ('x.jpg', 'x', {}, 'x.jpg is a file: give a folder of pictures, or a Parquet'),
        ('x.parquet', 'hello', {}, 'x.parquet cannot be read as Parquet: '),
        ('l.parquet', dict(id=[1]), {}, r"no column 'path', but id: .*--path-column"),
        ('l.parquet', dict(path=[1]), {}, "column 'path' is int64, not text"),
        ('l.parquet', dict(path=['x']), dict(carry=('sku',)), "'sku', .*--carry"),
        ('l.parquet', dict(path=['x'], width=[3]), {}, "'width' has the name of"),
        ('l.parquet', dict(path=['x'], u=['y']), dict(path_column='u'), "'path' has"),
        ('', None, dict(root='x'), '--root and --carry are of a Parquet list'),
    ],
)
def test_unsound_input_is_named(tmp_path, name, content, settings, message):
    path = tmp_path / name
    if isinstance(content, dict):
        pq.write_table(pa.table(content), path)
    elif content is not None:
        path.write_text(content)
    with pytest.raises((OSError, ValueError), match=message):
        open_at(path, **settings)


def test_a_list_that_breaks_off_is_named(tmp_path):
    path = tmp_path / 'list.parquet'
    pq.write_table(pa.table(dict(path=[f'{n}.jpg' for n in range(5000)])), path)
    data = bytearray(path.read_bytes())
    data[:2000] = bytes(2000)
    path.write_bytes(data)
    with pytest.raises(ValueError, match='list.parquet cannot be read as Parquet: '):
        rows(open_at(path))


@pytest.mark.parametrize('name', ['workers', 'part_size', 'batch_size'])
def test_numbers_make_sense(name):
    flag = '--' + name.replace('_', '-')
    with pytest.raises(ValueError, match=f'{flag} must be 1 or more, got 0'):
        open_at('x', **{name: 0})
