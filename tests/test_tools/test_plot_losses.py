"""The command line of tools/plot_losses.py."""

import runpy
import sys

import pytest


def run(root, monkeypatch, *args):
    monkeypatch.setattr(sys, 'argv', ['plot_losses.py', *map(str, args)])
    runpy.run_path(str(root / 'tools/plot_losses.py'), run_name='__main__')


def write_log(work_dir, text='{"loss": 1.0, "iter": 10, "step": 10}\n'):
    folder = work_dir / '20240101_000000' / 'vis_data'
    folder.mkdir(parents=True)
    (folder / 'scalars.json').write_text(text)


def test_draws_beside_the_logs_or_elsewhere(root, tmp_path, monkeypatch, capsys):
    write_log(tmp_path, '{"loss": 1.0, "iter": 10, "step": 10}\n{"loss"')
    run(root, monkeypatch, tmp_path)
    assert (tmp_path / 'loss_curves.png').is_file()
    assert 'passed over 1 broken line' in capsys.readouterr().out
    run(root, monkeypatch, tmp_path, '--out', tmp_path / 'no/such/here.svg')
    assert (tmp_path / 'no/such/here.svg').is_file()


def test_not_a_work_dir(root, tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match='not a work dir'):
        run(root, monkeypatch, tmp_path)


@pytest.mark.parametrize('text', ['', '{"fashion/segm_AP": 0.5, "step": 1}\n'])
def test_log_without_losses(root, tmp_path, monkeypatch, text):
    write_log(tmp_path, text)
    message = rf'^error: no loss in 1 .*scalars.json under {tmp_path}: training logs'
    with pytest.raises(SystemExit, match=message):
        run(root, monkeypatch, tmp_path)


@pytest.mark.parametrize(
    'out, message',
    [
        ('no/x.foo', r"^error: .*no/x\.foo must end in one of \[.*'png'"),
        ('no/x', '^error: .*no/x must end in one of'),
        ('20240101_000000/vis_data/scalars.json/x.png', '^error: .*scalars.json'),
        ('taken.png', '^error: .*taken.png'),
    ],
    ids=['format', 'no-suffix', 'under-a-file', 'folder'],
)
def test_out_that_cannot_be_written(root, tmp_path, monkeypatch, out, message):
    write_log(tmp_path)
    (tmp_path / 'taken.png').mkdir()
    with pytest.raises(SystemExit, match=message):
        run(root, monkeypatch, tmp_path, '--out', tmp_path / out)
    assert not (tmp_path / 'no').exists()
