import importlib.util
import json
import subprocess
import sys

import pytest
from check_folders import CocoFiles, KaggleFolder

from projects.fashion_attr.datasets.checks.codes import checks_table


def run(root, *args):
    return subprocess.run(
        [sys.executable, root / 'tools/check_dataset.py', *map(str, args)],
        capture_output=True,
        text=True,
        cwd=root,
    )


def test_errors_end_with_1_in_table_and_json(root, tmp_path):
    folder = KaggleFolder(tmp_path / 'data')
    folder.set_cell(5, 1, '1 2 3')
    out = tmp_path / 'out.json'
    done = run(root, folder.root, '--json', out, '--workers', 1)
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[1:] == [
        '         train.csv, ImageId 0001, row 5: the RLE has 3 values, an odd number',
        '8 rows, 4 pictures (4 opened): 1 error, 0 warnings, 0 notes',
    ]
    [finding] = json.loads(out.read_text())['findings']
    assert (finding['code'], finding['row']) == ('rle-odd', 5)
    for stage in ('checking train.csv', 'checking pictures', 'near-duplicates'):
        assert f'{stage}: 100%' in done.stderr


def test_warnings_end_with_0(root, tmp_path):
    files = CocoFiles(tmp_path)
    files.set('bbox', [1, 1, 1, 27])
    args = '--ann', *files.paths, '--images', files.images, '--workers', 0
    done = run(root, *args, '--max-examples', 0)
    assert done.returncode == 0, done.stderr
    head, summary = done.stdout.splitlines()
    assert head.split()[:3] == ['warning', 'box-differs', '1']
    assert summary.endswith('(4 opened): 0 errors, 1 warning, 0 notes')


@pytest.fixture(scope='module')
def main(root):
    """The tool's main, in this process: most of a run is the start of Python."""
    spec = importlib.util.spec_from_file_location('t', root / 'tools/check_dataset.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def test_list_of_checks(main, capsys):
    assert main(['--list-checks']) == 0
    assert capsys.readouterr().out == checks_table() + '\n'


def test_a_folder_that_cannot_be_written_to_is_refused(
    main, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr('os.access', lambda path, mode: path != tmp_path)
    with pytest.raises(SystemExit) as end:
        main([str(tmp_path), '--json', str(tmp_path / 'out.json')])
    assert end.value.code == 2
    assert 'out.json: its folder cannot be written to' in capsys.readouterr().err


@pytest.mark.parametrize('errors, code', [(True, 1), (False, 2)])
def test_findings_are_printed_where_json_cannot_be_written(
    main, tmp_path, monkeypatch, capsys, errors, code
):
    folder = KaggleFolder(tmp_path / 'data')
    if errors:
        folder.set_cell(5, 1, '1 2 3')
    monkeypatch.setattr('os.replace', _out_of_space)
    args = [str(folder.root), '--workers', '0', '--json', str(tmp_path / 'out.json')]
    assert main(args) == code
    out, err = capsys.readouterr()
    assert ('rle-odd' in out) == errors
    assert '8 rows, 4 pictures (4 opened)' in out
    message = 'out.json could not be written: no space left'
    assert err.splitlines()[-1].endswith(message)


def _out_of_space(*args):
    raise OSError('no space left')


def test_json_is_written_where_nobody_reads_the_table(main, tmp_path, monkeypatch):
    folder, out = KaggleFolder(tmp_path / 'data'), tmp_path / 'out.json'
    monkeypatch.setattr('builtins.print', _broken_pipe)
    with pytest.raises(BrokenPipeError):
        main([str(folder.root), '--workers', '0', '--json', str(out)])
    assert json.loads(out.read_text())['rows'] == 8


def _broken_pipe(*args, **kwargs):
    raise BrokenPipeError


@pytest.mark.parametrize(
    'args, message',
    [
        ([], "give Kaggle's folder, or --ann with --images"),
        (['{}', '--ann', 'x.json'], "give Kaggle's folder, or --ann with --images"),
        (['--ann', 'x.json'], '--ann and --images go together'),
        (['{}'], 'error: {}/train.csv is absent'),
        (['--ann', '{}/x.json', '--images', '{}'], 'error: {}/x.json is absent'),
        (['{}', '--only', 'rle-none'], "no check is called 'rle-none'"),
        (['{}', '--json', '{}/no/out.json'], 'no/out.json: its folder is absent'),
        (['{}', '--json', '{}'], '{}: it is a folder; name a file in it'),
        (['{}', '--workers', '-1'], 'are 0 or more'),
    ],
    ids=[
        'nothing',
        'both',
        'no-images',
        'no-csv',
        'no-json',
        'code',
        'out',
        'folder',
        'workers',
    ],
)
def test_a_wrong_command_ends_with_2(main, tmp_path, capsys, args, message):
    try:
        code = main([arg.format(tmp_path) for arg in args])
    except SystemExit as end:
        code = end.code
    assert code == 2
    assert message.format(tmp_path) in capsys.readouterr().err.splitlines()[-1]
