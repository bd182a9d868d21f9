import shutil

import pytest
from kaggle_files import good_rows, row, write_folder, write_picture
from PIL import Image

from projects.fashion_attr.datasets.kaggle_folder import Problems, read_kaggle_folder


def read(root, on_error='stop'):
    problems = Problems(on_error)
    return read_kaggle_folder(root, problems, progress=False), problems.skipped


def test_rows_of_a_picture_need_not_follow_each_other(tmp_path):
    rows = [row('b', '1 2'), row('a', '3 4'), row('b', '5 6')]
    images, skipped = read(write_folder(tmp_path, rows))
    assert [(i.image_id, [m.line for m in i.masks]) for i in images] == [
        ('a', [3]),
        ('b', [2, 4]),
    ]
    assert not skipped


BAD_ROWS = {
    'beyond': (row('0009', '1 4 8 200'), 'run 2 ends at pixel 207 of a 12 x 10 mask'),
    'overlap': (row('0009', '1 4 3 2'), 'run 2 overlaps the run before'),
    'order': (row('0009', '9 1 3 2'), 'run 2 is out of order'),
    'odd': (row('0009', '1 4 8'), 'the RLE has 3 values, an odd number'),
    'empty': (row('0009', ''), 'the RLE is empty'),
    'start': (row('0009', '0 4'), 'run 1 starts at pixel 0'),
    'class': (row('0009', category=46), 'ClassId 46 is none of'),
    'attribute': (row('0009', attributes='7,284'), 'attribute id 284 is none of'),
    'missing': (row('gone'), 'train/gone.jpg is missing'),
    'size': (row('0009', height=10, width=12),
             r'train/0009.jpg is 12 x 10 pixels .*, the row says 10 x 12'),
    'sizes': (row('0001', height=10, width=12),
              'Height x Width is 10 x 12, on row 4 of the same picture 12 x 10'),
    'cells': (['0009', '1 2'], '2 cells instead of 6'),
}  # fmt: skip


@pytest.mark.parametrize('bad, message', BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_stops_or_is_listed(tmp_path, bad, message):
    names = {r[0] for r in good_rows()} | {'0009'}
    root = write_folder(tmp_path, [*good_rows(), bad], names)
    full = rf'train.csv, ImageId {bad[0]}, row 14: .*{message}.*; '
    with pytest.raises(ValueError, match=full + 'skip such rows with --on-error skip'):
        read(root)
    images, skipped = read(root, 'skip')
    assert [image.image_id for image in images] == [f'{i:04d}' for i in range(6)]
    assert sum(len(image.masks) for image in images) == 12
    assert [(s.line, s.image_id) for s in skipped] == [(14, bad[0])]


@pytest.mark.parametrize('content', [b'', b'\xff\xd8\xff', b'GIF?'])
def test_an_unreadable_picture_takes_all_its_rows(tmp_path, content):
    root = write_folder(tmp_path)
    (root / 'train/0002.jpg').write_bytes(content)
    with pytest.raises(
        ValueError, match='ImageId 0002, row 6: .*0002.jpg cannot be read'
    ):
        read(root)
    images, skipped = read(root, 'skip')
    assert len(images) == 5
    assert [s.line for s in skipped] == [6, 7]


def test_the_size_is_that_of_the_stored_pixels(tmp_path):
    root = write_folder(tmp_path, [row('a')], pictures=[])
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees: 10 x 12
    write_picture(root / 'train/a.jpg', exif=exif)
    assert len(read(root)[0]) == 1


@pytest.mark.parametrize('name', ['train.csv', 'train'])
def test_an_absent_part_is_named(tmp_path, name):
    path = write_folder(tmp_path) / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(FileNotFoundError, match=f'{name} is absent'):
        read(tmp_path)


def test_on_error_has_two_values():
    with pytest.raises(ValueError, match="one of .*'stop', 'skip'.*, got 'ignore'"):
        Problems('ignore')
