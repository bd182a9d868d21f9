import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kaggle_files import good_rows, row, write_folder
from test_kaggle_folder import BAD_ROWS

from projects.fashion_attr.datasets import csv_parts
from projects.fashion_attr.datasets.annotations import convert_row
from projects.fashion_attr.datasets.csv_parts import PartsFolder, convert_parts
from projects.fashion_attr.datasets.kaggle_csv import read_train_csv
from projects.fashion_attr.datasets.kaggle_folder import Problems, read_kaggle_folder
from projects.fashion_attr.datasets.prepare import prepare

# Bad whatever the pictures are.
BAD = {k: v for k, v in BAD_ROWS.items() if k not in ('missing', 'size')}
ROW = 40  # bytes of a row of `good_rows`, about


def parts_of(root, size=ROW):
    return PartsFolder(root / 'annotations', root / 'train.csv', size)


def read(root, size, workers=1, on_error='skip'):
    problems = Problems(on_error)
    images = read_kaggle_folder(
        root, problems, False, parts_of(root, size), workers, check_pictures=False
    )
    return images, problems.skipped


def test_parts_are_the_rows_of_the_file(tmp_path):
    path = write_folder(tmp_path) / 'train.csv'
    parts = [part for _, part in convert_parts(path, parts_of(tmp_path))]
    assert len(parts) > 5
    results, lines = [], 0
    for part in parts:
        results += [(r.line + lines, *r[1:3], *r.mask[1:]) for r in part.results]
        lines += part.lines
    expected = map(convert_row, read_train_csv(path))
    assert results == [(r.line, *r[1:3], *r.mask[1:]) for r in expected]


@pytest.mark.parametrize('size', [1, 3 * ROW, 10**6])
def test_images_and_problems_are_the_same_in_parts(tmp_path, size):
    rows = [bad for bad, _ in BAD.values()]
    rows += [
        row('0000', '1 2', height=10, width=12),  # of another size, in another part
        row('0000', '1 999', height=10, width=12),  # and with a bad mask
        row('0000', '"5 ""2'),
        row('new', '1 2', attributes='115,\n136'),
    ]
    write_folder(tmp_path, [*good_rows(), *rows, *good_rows(7)], pictures=[])
    assert read(tmp_path, size) == read(tmp_path, 10**9)
    assert len(read(tmp_path, size)[1]) == len(BAD) + 3


@pytest.mark.parametrize('bad, message', BAD.values(), ids=BAD)
def test_the_first_bad_row_stops_whichever_part_it_is_in(tmp_path, bad, message):
    rows = [*good_rows(5), bad, *good_rows(), row('0001', 'x')]
    write_folder(tmp_path, rows, pictures=[])
    with pytest.raises(ValueError, match=f'row 12: .*{message}') as in_parts:
        read(tmp_path, 1, on_error='stop')
    with pytest.raises(ValueError) as at_once:
        read(tmp_path, 10**9, on_error='stop')
    assert str(in_parts.value) == str(at_once.value)


def test_an_open_quote_is_told_by_its_line_of_the_file(tmp_path):
    write_folder(tmp_path, pictures=[])
    with open(tmp_path / 'train.csv', 'a') as file:
        file.write('0001,"1 2,12,10,0,\n0002,1 2,12,10,0,\n')
    with pytest.raises(ValueError, match='a quote that opens near line 14 is not'):
        read(tmp_path, 1)


def test_a_second_run_converts_what_is_missing_only(tmp_path, monkeypatch):
    root = write_folder(tmp_path)
    expected = read(root, ROW)
    folder = parts_of(root).path
    names = sorted(os.listdir(folder))
    os.unlink(folder / names[2])
    written = []
    monkeypatch.setattr(
        csv_parts, 'write_part',
        lambda *args, write=csv_parts.write_part: (written.append(args), write(*args)),
    )  # fmt: skip
    assert read(root, ROW) == expected
    assert [args[3].name for args in written] == [names[2]]


def test_parts_of_another_file_are_not_taken(tmp_path):
    root = write_folder(tmp_path)
    read(root, ROW)
    old = parts_of(root).path
    text = (root / 'train.csv').read_text()
    time.sleep(0.01)
    (root / 'train.csv').write_text(text.replace('2 3 7 4', '2 3 7 5'))  # of one size
    images, _ = read(root, ROW)
    assert [mask.area for image in images for mask in image.masks] == [8, 24] * 6
    assert not old.exists()
    assert parts_of(root).path != old


def test_parts_by_other_code_are_not_taken(tmp_path, monkeypatch):
    root = write_folder(tmp_path)
    expected = read(root, ROW)
    old = parts_of(root).path
    for part in old.iterdir():
        part.write_text('[2, [], null]')
    monkeypatch.setattr(csv_parts, '_CODE', csv_parts.source_hash([]))
    assert read(root, ROW) == expected
    assert not old.exists()


def test_a_change_of_any_source_changes_the_name_of_parts(tmp_path):
    sources, changed = list(csv_parts.SOURCES), tmp_path / 'changed.py'
    hashes = {csv_parts.source_hash(sources)}
    for i, source in enumerate(sources):
        changed.write_text(Path(source).read_text() + '# changed')
        hashes.add(csv_parts.source_hash([*sources[:i], changed, *sources[i + 1 :]]))
    assert len(hashes) == len(sources) + 1


def test_what_the_sources_import_is_among_them():
    sources = {Path(source) for source in csv_parts.SOURCES}
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = source.parents[node.level - 1]
                place = base.joinpath(*(node.module or '').split('.'))
                names = [place / alias.name for alias in node.names]
                files = [path.with_suffix('.py') for path in (place, *names)]
                assert {file for file in files if file.is_file()} <= sources


def test_nothing_is_kept_of_a_small_file_or_after_success(tmp_path):
    root = write_folder(tmp_path)
    read(root, 10**6)
    assert not (root / 'annotations').exists()
    read(root, ROW)
    assert parts_of(root).path.exists()
    prepare(root, val=2, progress=False)
    assert sorted(os.listdir(root / 'annotations')) == ['train.json', 'val.json']


def test_a_part_is_whole_or_not_there(tmp_path, monkeypatch):
    root = write_folder(tmp_path)

    def out_of_space(*args):
        raise OSError('no space left')

    monkeypatch.setattr(os, 'replace', out_of_space)
    with pytest.raises(OSError, match='no space left'):
        read(root, ROW)
    assert os.listdir(parts_of(root).path) == []


@pytest.mark.parametrize('content', [b'', b'\0\0\0', b'[3, [[2, "00', b'\xff'])
def test_a_part_that_a_power_cut_has_damaged_is_converted_anew(tmp_path, content):
    root = write_folder(tmp_path)
    expected = read(root, ROW)
    for part in parts_of(root).path.iterdir():
        part.write_bytes(content)
    assert read(root, ROW) == expected


SCRIPT = """
import sys
from pathlib import Path
from projects.fashion_attr.datasets import csv_parts, prepare
if __name__ == '__main__':
    init = csv_parts.PartsFolder.__init__
    init.__defaults__ = (300, *init.__defaults__[1:])
    prepare.prepare(sys.argv[1], 20, progress=False, workers=2)
"""


def test_a_killed_run_is_continued_to_the_same_bytes(root, tmp_path):
    script = tmp_path / 'script.py'
    script.write_text(SCRIPT)
    folder = write_folder(tmp_path / 'data', good_rows(400))
    command = [sys.executable, str(script), str(folder)]
    environment = dict(os.environ, PYTHONPATH=str(root), OMP_NUM_THREADS='1')
    run = subprocess.Popen(command, env=environment, cwd=root)
    kept = []
    while run.poll() is None and len(kept) < 8:
        kept = list(folder.glob('annotations/.parts-*/*.json'))
        time.sleep(0.002)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert kept
    assert not (folder / 'annotations/train.json').exists()
    before = {path: path.stat().st_mtime_ns for path in kept}
    subprocess.run(command, env=environment, cwd=root, check=True)
    assert all(not path.exists() for path in before)
    contents = read_annotations(folder)
    prepare(folder, 20, progress=False)
    assert read_annotations(folder) == contents


def read_annotations(folder):
    return {p.name: p.read_bytes() for p in (folder / 'annotations').iterdir()}


def die(*args):
    os._exit(9)


def test_a_killed_worker_is_told(tmp_path, monkeypatch):
    root = write_folder(tmp_path)
    monkeypatch.setattr(csv_parts, 'write_part', die)
    with pytest.raises(ChildProcessError, match='run again with fewer --workers'):
        read(root, ROW, workers=2)
