"""The command line of tools/plot_losses.py."""

import runpy
import sys

import pytest


def run(root, monkeypatch, *args):
    monkeypatch.setattr(sys, 'argv', ['plot_losses.py', *map(str, args)])
    runpy.run_path(str(root / 'tools/plot_losses.py'), run_name='__main__')


def test_draws_beside_the_logs_or_elsewhere(root, tmp_path, monkeypatch, capsys):
    folder = tmp_path / '20240101_000000' / 'vis_data'
    folder.mkdir(parents=True)
    line = '{"loss": 1.0, "iter": 10, "step": 10}\n'
    (folder / 'scalars.json').write_text(line + '{"loss"')
    run(root, monkeypatch, tmp_path)
    assert (tmp_path / 'loss_curves.png').is_file()
    assert 'passed over 1 broken line' in capsys.readouterr().out
    run(root, monkeypatch, tmp_path, '--out', tmp_path / 'here.svg')
    assert (tmp_path / 'here.svg').is_file()


def test_not_a_work_dir(root, tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match='not a work dir'):
        run(root, monkeypatch, tmp_path)
