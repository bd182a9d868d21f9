"""tools/benchmark/masks.py as a user calls it."""

import json
import subprocess
import sys


def test_both_sides_agree_and_the_ratios_are_written(root, tmp_path):
    out = tmp_path / 'figures.json'
    command = [sys.executable, 'tools/benchmark/masks.py', '--detections', '5']
    command += ['--size', '300', '200', '--repeat', '1', '--json', str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    figures = json.loads(out.read_text())['figures']
    assert figures['mmdet']['ratios']['seconds'] == 1
    assert f'{figures["ours"]["ratios"]["seconds"]:.1f} x' in done.stdout
    assert 'same RLE' in done.stdout
