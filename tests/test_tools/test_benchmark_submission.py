import json
import subprocess
import sys


def test_prints_the_figures_and_writes_them(root, tmp_path):
    out = tmp_path / 'figures.json'
    command = [sys.executable, 'tools/benchmark/submission.py', '--images', '4']
    command += ['--detections', '5', '--plain', '2', '--json', str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    figures = json.loads(out.read_text())
    assert [figures[part]['images'] for part in ('quarter', 'whole', 'plain')] == [
        *(1, 4, 2)
    ]
    whole = figures['whole']
    assert whole['rows'] + whole['covered'] == 20
    assert f'{figures["plain"]["ratio"]:.1f} x ours' in done.stdout
