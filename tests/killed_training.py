"""Trains in processes that are killed; prints how it went as JSON.

python tests/killed_training.py CONFIG OUT SEED

``OUT/whole`` is trained undisturbed, ``OUT/killed`` with ten kills: at random times,
and some while a checkpoint is being written. One import serves all: the processes
are forked.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from mmengine.config import Config
from mmengine.runner import Runner

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.apis import resume_from
from projects.fashion_attr.apis.safe_checkpoints import load_safely

KILLS = 10


def main() -> None:
    """Train once undisturbed, once with kills."""
    load_safely()  # as load_config does for tools/train.py
    config, out, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    started = time.monotonic()
    wait(train(config, out / 'whole'))
    takes = time.monotonic() - started
    kills = []
    for number in range(KILLS):
        child = train(config, out / 'killed')
        if number % 3 == 2:
            kind = 'while writing'
            wait_for_half_a_file(out / 'killed', child)
        else:
            kind = 'at a random time'
            time.sleep(rng.uniform(0, takes / 3))
        os.kill(child, signal.SIGKILL)
        how = os.waitpid(child, 0)[1]
        kills.append(dict(kind=kind, signal=os.WTERMSIG(how), left=left(out)))
    wait(train(config, out / 'killed'))
    print(json.dumps(kills))


def train(config: str, work_dir: Path) -> int:
    """Fork a process that trains, going on where it can; its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work_dir.mkdir(parents=True, exist_ok=True)
        log = os.open(work_dir / 'output.txt', os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        cfg = Config.fromfile(config)
        cfg.work_dir = str(work_dir)
        resume_from(cfg, 'auto')
        Runner.from_cfg(cfg).train()
        code = 0
    finally:
        os._exit(code)


def wait(child: int) -> None:
    """Until a process has ended well."""
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        sys.exit(f'training ended with {code}')


def wait_for_half_a_file(work_dir: Path, child: int) -> None:
    """Until a checkpoint is being written."""
    while not list(work_dir.glob('.*.pth')):
        if os.waitpid(child, os.WNOHANG)[0]:
            sys.exit('trained to the end without a checkpoint')
        time.sleep(0.0002)


def left(out: Path) -> list[str]:
    """Files of checkpoints, half ones included."""
    return sorted(path.name for path in (out / 'killed').glob('*.pth'))


if __name__ == '__main__':
    main()
