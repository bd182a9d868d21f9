"""The benchmarks of the sweep and of the memory of a test run, at their smallest."""

import json
import subprocess
import sys


def figures_of(root, out, tool, *options):
    command = [sys.executable, f'tools/benchmark/{tool}.py', *options]
    command += ['--images', '4', '--json', str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return json.loads(out.read_text()), done.stdout


def test_sweep(root, tmp_path):
    figures, text = figures_of(root, tmp_path / 'x.json', 'sweep', '--detections', '9')
    assert figures['settings'] == 200
    assert f'200 settings in {figures["seconds"]:.1f} s' in text


def test_collect_memory(root, tmp_path):
    options = ('--detections', '10', '--side', '64')
    figures, text = figures_of(root, tmp_path / 'x.json', 'collect_memory', *options)
    peaks = figures['peak_mib']
    assert 0 < peaks['before'] <= peaks['collected'] <= peaks['evaluated']
    assert f'collected {peaks["collected"]:.0f}' in text
