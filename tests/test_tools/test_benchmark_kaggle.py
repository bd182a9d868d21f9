import json
import subprocess
import sys


def test_prints_the_ratio_and_writes_it(root, tmp_path):
    out = tmp_path / 'figures.json'
    command = [sys.executable, 'tools/benchmark/kaggle.py', '--images', '3']
    command += ['--plain', '2', '--json', str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    figures = json.loads(out.read_text())
    assert (figures['images'], figures['objects'], figures['segments']) == (3, 24, 36)
    assert figures['subset']['images'] == 2
    assert f'{figures["subset"]["ratio"]:.0f} x ours' in done.stdout
