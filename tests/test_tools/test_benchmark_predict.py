import json
import subprocess
import sys

import cv2
import numpy as np

from tests.tiny_run import write_tiny_run


def test_prints_the_ratio_and_writes_it(root, tmp_path):
    config, checkpoint = write_tiny_run(tmp_path)
    noise = np.random.default_rng(0).integers(0, 255, (60, 40, 3), dtype=np.uint8)
    cv2.imwrite(str(tmp_path / 'a.png'), noise)
    out = tmp_path / 'figures.json'
    command = [sys.executable, 'tools/benchmark/predict.py', str(tmp_path)]
    command += ['--config', config, '--checkpoint', checkpoint, '--device', 'cpu']
    command += ['--repeat', '1', '--json', str(out)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    figures = json.loads(out.read_text())['figures']
    assert figures['DetInferencer']['ratio'] == 1
    assert f'{figures["ours, all"]["ratio"]:.2f} x DetInferencer' in done.stdout
