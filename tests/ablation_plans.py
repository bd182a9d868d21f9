"""Plans whose runs take no time: see fake_training.py."""

import json
import sys
from pathlib import Path

import yaml

FAKE = str(Path(__file__).with_name('fake_training.py'))
# 2 x 1 weights and 2 biases are learnt.
CONFIG = """
custom_imports = dict(imports=['mmcv.cnn'])
model = dict(type='Conv2d', in_channels=1, out_channels=2, kernel_size=1)
train_cfg = dict(max_epochs=3)
"""


def write_plan(folder: Path, runs: list[dict], **plan) -> Path:
    """Write a plan of runs of one small config, trained by fake_training.py."""
    (folder / 'small.py').write_text(CONFIG)
    rows = [dict(run) for run in runs]
    for row in rows:
        if row.get('kind') != 'sweep':
            row.setdefault('config', str(folder / 'small.py'))
    path = folder / 'plan.yaml'
    content = dict(command=[sys.executable, FAKE], runs=rows) | plan
    path.write_text(yaml.safe_dump(content))
    return path


def calls(folder: Path) -> list:
    """What fake_training.py was called with: [resumed from, options] each."""
    lines = (folder / 'calls.jsonl').read_text().splitlines()
    return [json.loads(line) for line in lines]
