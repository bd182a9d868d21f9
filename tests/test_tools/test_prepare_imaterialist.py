import subprocess
import sys

import pytest
from kaggle_files import good_rows, row, write_folder
from PIL import Image


def run(root, *args):
    return subprocess.run(
        [sys.executable, root / 'tools/prepare_imaterialist.py', *map(str, args)],
        capture_output=True,
        text=True,
        cwd=root,
    )


def test_writes_and_reports(root, tmp_path):
    done = run(root, write_folder(tmp_path), '--val', 2, '--train', 3)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('train: 3 images, 6 instances (50.0% without')
    assert 'unused: 1 images' in done.stdout
    assert 'reading train.csv: 100%' in done.stderr
    assert 'checking pictures: 100%' in done.stderr
    assert (tmp_path / 'annotations/val.json').exists()


@pytest.mark.parametrize(
    'args, code, message',
    [
        ([], 1, 'error: --val 2,000 and one to train on need 2,001 images, but only 7'),
        (['--paper', 5000], 1, 'error: --val 500 --train 5,000 need 5,500 images'),
        (['--paper', 5000, '--val', 3], 2, '--paper fixes --train and --val'),
        (['--paper', 4000], 2, 'invalid choice'),
        (['--val', 2, '--on-error', 'stop'], 1, 'row 14: run 1 ends at pixel 999 of'),
    ],
    ids=['default', 'paper', 'paper-and-val', 'no-subset', 'bad-row'],
)
def test_errors_are_one_line(root, tmp_path, args, code, message):
    rows = [*good_rows(7)[:12], row('0006', '1 999' if 'stop' in args else '1 9')]
    done = run(root, write_folder(tmp_path, rows), *args)
    assert done.returncode == code
    assert message in done.stderr
    assert 'Traceback' not in done.stderr
    assert not (tmp_path / 'annotations').exists()


def test_open_quote_stops_though_rows_may_be_skipped(root, tmp_path):
    with open(write_folder(tmp_path) / 'train.csv', 'a') as file:
        file.write('0001,"1 2,12,10,0,\n0002,1 2,12,10,0,\n')
    done = run(root, tmp_path, '--val', 2, '--on-error', 'skip')
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith('error: train.csv: a quote that opens near line 14 is not')
    assert '--on-error skip cannot pass this' in last
    assert 'Traceback' not in done.stderr
    assert not (tmp_path / 'annotations').exists()


def test_picture_cut_off_after_its_header_passes_as_help_says(root, tmp_path):
    path = write_folder(tmp_path) / 'train/0001.jpg'
    header, marker, scan = path.read_bytes().partition(b'\xff\xda')
    path.write_bytes(header + marker + scan[:12])  # the scan's own header, no pixels
    with pytest.raises(OSError, match='truncated'), Image.open(path) as picture:
        picture.load()
    assert run(root, tmp_path, '--val', 2).returncode == 0
    text = ' '.join(run(root, '--help').stdout.split())
    assert 'only the header is read: one that is cut off after it passes' in text


def test_help_tells_the_papers_subsets(root):
    text = ' '.join(run(root, '--help').stdout.split())
    assert '3000 train + 300 val, 5000 train + 500 val, 40000 train + 2000 val' in text


def test_pictures_may_be_absent_if_told_so(root, tmp_path):
    write_folder(tmp_path, pictures=[])
    done = run(root, tmp_path, '--val', 2, '--workers', 1)
    assert done.returncode == 1
    assert 'ImageId 0000, row 2: train/0000.jpg is missing' in done.stderr
    done = run(root, tmp_path, '--val', 2, '--workers', 1, '--no-pictures')
    assert done.returncode == 0, done.stderr
    assert 'checking pictures' not in done.stderr
    assert (tmp_path / 'annotations/val.json').exists()
