"""The command lines of tools/make_submission.py and tools/check_submission.py."""

import runpy
import sys

import pytest
from submissions import box_mask, result, write_images, write_lines, write_pictures

SIZES = {'a': (60, 40), 'b': (30, 50)}


def run(root, monkeypatch, tool, *args) -> int:
    monkeypatch.setattr(sys, 'argv', [tool, *map(str, args)])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(str(root / 'tools' / tool), run_name='__main__')
    return stopped.value.code


@pytest.fixture
def files(tmp_path):
    """Pictures a and b with a sleeve each, a predicted, b not."""
    found = result(1, box_mask((60, 40), 5, 5, 30, 30), 0.75, attributes={115: 0.9})
    truth = [
        dict(found, id=1, attribute_ids=[115]),
        dict(result(2, box_mask((30, 50), 0, 0, 9, 9)), id=2, attribute_ids=[]),
    ]
    write_pictures(tmp_path / 'test', SIZES)
    write_images(tmp_path / 'val.json', SIZES, annotations=truth)
    write_lines(tmp_path / 'p.json', [found])
    return tmp_path


def test_a_submission_is_made_and_checked(root, files, monkeypatch, capsys):
    predictions, val = files / 'p.json', files / 'val.json'
    made = run(
        *(root, monkeypatch, 'make_submission.py', predictions),
        *('--images', files / 'test', '--out', files / 's.csv', '--ann', val),
        *('--choose-score-thr', predictions, '--val-ann', val, '--train-ann', val),
        *('--no-overlap', 'all', '--json', files / 's.json'),
    )
    text = capsys.readouterr().out
    assert made == 0, text
    assert '0 classes never have attributes: none' in text
    assert 'taken: least score 0, which has 0.5000 on 2 pictures' in text
    assert 's.csv: 2 rows of 2 pictures: no fault' in text
    assert (files / 's.json').exists()
    assert (files / 's.csv').read_text().splitlines()[2] == 'b,1 1,23,'
    checked = run(
        root, monkeypatch, 'check_submission.py', files / 's.csv', '--gt', val
    )
    assert checked == 0
    assert 'val.json: 0.5000' in capsys.readouterr().out


def test_the_exit_code_says_that_there_are_faults(root, files, monkeypatch, capsys):
    path = files / 's.csv'
    path.write_text('ImageId,EncodedPixels,ClassId,AttributesIds\na,1 2 2 1,31,\n')
    options = ('--images', files / 'test', '--gt', files / 'val.json')
    assert run(root, monkeypatch, 'check_submission.py', path, *options) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        's.csv, ImageId a, row 2: run 2 starts at pixel 2, the run before ends at 2'
    )
    assert lines[1].startswith('s.csv, ImageId b: no row names this picture')
    assert lines[-1] == 'no score: mend the faults first'


@pytest.mark.parametrize(
    ('tool', 'args', 'message'),
    [
        ('make_submission.py', ['p.json', '--images', 'test'], 'required: --out'),
        (
            'make_submission.py',
            ['p.json', '--images', 'test', '--out', 's.csv', '--score-thr', '0.1']
            + ['--choose-score-thr', 'p.json'],
            'not allowed with argument --score-thr',
        ),
        ('check_submission.py', ['s.csv'], 'give --images DIR, or --gt FILE'),
        ('check_submission.py', ['s.csv', '--gt', 'g', '--ann', 'a'], '--ann says whi'),
        (
            'check_submission.py',
            ['s.csv', '--gt', 'g', '--max-shown', '-1'],
            '0 or mor',
        ),
    ],
)
def test_wrong_commands(root, monkeypatch, capsys, tool, args, message):
    assert run(root, monkeypatch, tool, *args) == 2
    assert message in capsys.readouterr().err


def test_errors_are_one_line(root, files, monkeypatch):
    args = ('--images', files / 'test', '--out', files / 's.csv')
    code = run(root, monkeypatch, 'make_submission.py', files / 'p.json', *args)
    assert code.startswith('error: ')
    assert 'give --ann FILE' in code
    code = run(root, monkeypatch, 'check_submission.py', files / 'x.csv', *args[:2])
    assert code.startswith('error: ')
