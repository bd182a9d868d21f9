import json
import subprocess
import sys


def test_prints_the_ratio_and_writes_it(root, tmp_path):
    out = tmp_path / 'figures.json'
    command = [sys.executable, 'tools/benchmark/coco_f1.py', '--images', '3']
    command += ['--repeat', '1', '--json', str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    figures = json.loads(out.read_text())
    assert figures['ratios']['ours'] == 1
    assert figures['seconds']['pycocotools'] > 0
    assert f'{figures["ratios"]["pycocotools"]:.1f} x ours' in done.stdout
