"""tools/benchmark/attr_branch.py as a user calls it."""

import json
import os
import subprocess
import sys


def test_a_step_of_both_is_timed(root, tmp_path):
    out = tmp_path / 'figures.json'
    command = [sys.executable, 'tools/benchmark/attr_branch.py', '--size', '64', '96']
    command += ['--config', 'configs/toy/mask-rcnn_r18_attr_focal.py', '--stock']
    command += ['configs/toy/ablations/fig4_mask-rcnn_r18_no-attr.py']
    command += ['--repeat', '1', '--batch-size', '1', '--only', 'train', 'test']
    done = subprocess.run(
        [*command, '--device', 'cpu', '--json', str(out)],
        cwd=root,
        env=dict(os.environ, OMP_NUM_THREADS='1'),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(out.read_text())['figures']
    assert list(figures) == ['train', 'test']
    for values in figures.values():
        assert f'{values["ratio"]:.3f} x' in done.stdout
        assert values['ratio'] == values['with'] / values['without']
