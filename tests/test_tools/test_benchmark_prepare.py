"""The benchmark of prepare and its generator, at their smallest."""

import csv
import json
import subprocess
import sys


def test_prints_the_figures_and_writes_them(root, tmp_path):
    out = tmp_path / 'x.json'
    command = [sys.executable, 'tools/benchmark/prepare.py', '--images', '12']
    command += ['--rows', '40', '--val', '3', '--workers', '1']
    command += ['--json', str(out), '--folder', str(tmp_path / 'data')]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    figures = json.loads(out.read_text())
    assert set(figures['bytes']) == {'train.csv', 'train.json', 'val.json'}
    assert figures['load']['images'] == 9
    for step in ('generate', 'prepare', 'load'):
        assert figures[step]['wall_s'] > 0
        assert f'{step}: {figures[step]["wall_s"]:.1f} s, ' in done.stdout
    workers = figures['load']['workers']
    assert set(workers) == {'fork, new each epoch', 'fork, persistent'}
    assert all(each['pss_mib'] > each['uss_mib'] > 0 for each in workers.values())
    annotations = json.loads((tmp_path / 'data/annotations/train.json').read_text())
    assert len(annotations['images']) == 9


def test_train_csv_of_any_size(root, tmp_path):
    path = tmp_path / 'new/train.csv'
    command = [sys.executable, 'tools/benchmark/make_train_csv.py', str(path)]
    done = subprocess.run(
        [*command, '--images', '2', '--rows', '5'], cwd=root, capture_output=True
    )
    assert done.returncode == 0
    with open(path, newline='') as file:
        assert len(list(csv.DictReader(file))) == 5
    done = subprocess.run(
        [*command, '--images', '0'], cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert 'error: a picture has one row at least' in done.stderr
