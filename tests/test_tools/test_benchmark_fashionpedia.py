import json
import subprocess
import sys


def test_prints_the_ratio_or_what_to_install(root, tmp_path):
    out = tmp_path / 'figures.json'
    command = [sys.executable, 'tools/benchmark/fashionpedia.py', '--images', '2']
    command += ['--repeat', '1', '--json', str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    figures = json.loads(out.read_text())
    assert figures['seconds']['ours_with_reading'] > figures['seconds']['ours'] > 0
    if figures['ratios']:
        assert f'{figures["ratios"]["ratio"]:.1f} times as fast' in done.stdout
        assert 'all figures equal' in done.stdout
    else:
        assert 'pip install fashionpedia==1.1' in done.stdout
