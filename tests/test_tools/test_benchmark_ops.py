"""The benchmark of the ops runs through on small inputs."""

import json
import os
import subprocess
import sys


def test_quick_run_times_everything(root, tmp_path):
    record = tmp_path / 'seconds.json'
    command = [sys.executable, 'tools/benchmark/ops.py', '--quick', '--runs', '1']
    command += ['--threads', '1', '--json', str(record)]
    environment = {**os.environ, 'FASHION_ATTR_OPS': 'torch'}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert 'get compiled mmcv by pip install' in done.stdout
    seconds = json.loads(record.read_text())['seconds']
    assert set(seconds) == {
        'RoIAlign 7x7 forward',
        'RoIAlign 7x7 backward',
        'RoIAlign 14x14 forward',
        'RoIAlign 14x14 backward',
        'NMS of 2,000 boxes',
        'training step',
    }
    assert all(each['torch'] > 0 for each in seconds.values())
