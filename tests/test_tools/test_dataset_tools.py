"""The command lines of tools/dataset_report.py and tools/browse_dataset.py."""

import runpy
import sys

import pytest
from kaggle_files import write_folder

CONFIG = 'configs/toy/mask-rcnn_r18_attr_focal.py'


@pytest.fixture
def run(root, monkeypatch):
    """run(tool, arguments ...) in this process."""

    def call(tool, *args):
        monkeypatch.setattr(sys, 'argv', [tool, *map(str, args)])
        runpy.run_path(str(root / 'tools' / tool), run_name='__main__')

    return call


@pytest.fixture
def folder(tmp_path, run):
    """Six pictures with two objects each, prepared: four to train on."""
    run('prepare_imaterialist.py', write_folder(tmp_path / 'data'), '--val', 2)
    return tmp_path / 'data'


def test_report_on_files(run, folder, tmp_path, capsys):
    files = [folder / 'annotations' / f'{split}.json' for split in ('train', 'val')]
    out = tmp_path / 'new' / 'report.html'
    run('dataset_report.py', *files, '--out', out)
    assert 'no example pictures; --images DIR shows some' in capsys.readouterr().out
    assert 'data:image/jpeg' not in out.read_text()
    (folder / 'train' / '0000.jpg').write_bytes(b'')
    run('dataset_report.py', *files, '--out', out, '--images', folder / 'train')
    assert '1 pictures could not be shown' in capsys.readouterr().out
    assert 'data:image/jpeg' in out.read_text()


def test_report_on_a_config(run, root, folder, tmp_path, capsys):
    out, data = tmp_path / 'report.html', f'data_root={folder}'
    run('dataset_report.py', root / CONFIG, '--out', out, '--cfg-options', data)
    text = capsys.readouterr().out
    assert f'{out}: ' in text and 'could not be shown' not in text
    assert text.count('no example pictures') == 0
    assert '<title>Data set: train, val</title>' in out.read_text()
    assert 'data:image/jpeg' in out.read_text()


@pytest.mark.parametrize(
    'tool, args',
    [
        ('browse_dataset.py', [CONFIG, '--out', 'out', '--cfg-options']),
        ('show_repeat_factors.py', ['--category-thr', 0.1]),
        ('dataset_report.py', ['--out', 'out/report.html']),
    ],
)
def test_annotations_that_are_cut_off_are_named(
    run, root, folder, tmp_path, monkeypatch, tool, args
):
    path = folder / 'annotations/train.json'
    path.write_bytes(path.read_bytes()[:-2000])
    monkeypatch.chdir(tmp_path)
    args = [root / arg if arg == CONFIG else arg for arg in args]
    source = f'data_root={folder}' if tool == 'browse_dataset.py' else path
    with pytest.raises(SystemExit, match=f'^error: {path}(: | is cut off or no JSON)'):
        run(tool, *args, source)


def test_samples_of_a_config(run, root, folder, tmp_path, capsys):
    options = ('--mode', 'both', '--number', 3, '--cfg-options', f'data_root={folder}')
    run('browse_dataset.py', root / CONFIG, '--out', tmp_path / 'out', *options)
    assert '3 pictures in ' in capsys.readouterr().out
    assert len(list((tmp_path / 'out').glob('00000?_000?.jpg'))) == 3


@pytest.mark.parametrize(
    'tool, args, message',
    [
        ('browse_dataset.py', [CONFIG], r'train\.json is missing \(train\); make it'),
        ('browse_dataset.py', [CONFIG, '--number', 0], 'number should be 1 or more'),
        ('browse_dataset.py', ['no.py'], 'there is no config no.py'),
        ('dataset_report.py', [CONFIG], r'train\.json is missing \(train\); make it'),
        ('dataset_report.py', [CONFIG, 'a.json'], 'give one config, or annotation'),
        ('dataset_report.py', ['no.json'], 'No such file or directory: .no.json'),
        ('dataset_report.py', ['a.json', '--images', 'no'], 'no folder of pictures no'),
    ],
)
def test_errors_are_one_line(run, root, tmp_path, monkeypatch, tool, args, message):
    monkeypatch.chdir(tmp_path)
    args = [str(root / arg) if arg == CONFIG else arg for arg in args]
    with pytest.raises(SystemExit, match=f'^error: .*{message}'):
        run(tool, *args, '--out', tmp_path / 'out')
    assert not (tmp_path / 'out').exists()
