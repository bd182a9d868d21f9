import importlib.util
import json
import sys

import pytest

from tests.catalogs import without_ray, write_pictures
from tests.tiny_run import write_tiny_run


@pytest.fixture
def tool(root):
    path = root / 'tools/benchmark/catalog.py'
    spec = importlib.util.spec_from_file_location('benchmark_catalog', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_prints_the_growth_and_writes_it(tool, tmp_path, monkeypatch, capsys):
    without_ray(monkeypatch)
    config, checkpoint = write_tiny_run(tmp_path)
    images, out = write_pictures(tmp_path / 'images', 4), tmp_path / 'figures.json'
    command = ['catalog.py', str(images), '--config', config, '--device', 'cpu']
    command += ['--checkpoint', checkpoint, '--repeat', '2', '--json', str(out)]
    monkeypatch.setattr(sys, 'argv', command)
    tool.main()
    figures = json.loads(out.read_text())['workers']
    assert list(figures) == ['1', '2'] and figures['1']['growth'] == 1
    assert all(f['pictures'] == 5 and f['failed'] == 1 for f in figures.values())
    assert f'x{figures["2"]["growth"]:.2f}; start-up' in capsys.readouterr().out
