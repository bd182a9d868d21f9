"""Trains in processes that are killed; prints how it went as JSON.

python tests/killed_training.py CONFIG OUT SEED

``OUT/whole`` is trained undisturbed, ``OUT/killed`` with ten kills: at random times,
and some while a checkpoint is being written. One import serves all: the processes
are forked. However slow or fast the machine, none that is to be killed comes to the
end before: it waits after some steps, or before a checkpoint gets its name.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.apis import resume_from
from projects.fashion_attr.apis.safe_checkpoints import load_safely
from projects.fashion_attr.datasets.whole_file import whole_file
from projects.fashion_attr.engine import whole_file_backend

KILLS = 10
FOREVER = 3600  # seconds


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
        writing = number % 3 == 2
        # Of 30 steps; each process has two more than the one before.
        child = train(config, out / 'killed', 6 + 2 * number, writing)
        if writing:
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


class Wait(Hook):
    """Does no more than some steps of the whole run."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def before_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: dict | None = None
    ) -> None:
        if runner.iter >= self.steps:
            time.sleep(FOREVER)


@contextmanager
def never_whole(path: Path, sync: bool = False) -> Iterator[Path]:
    """A file that is written and does not get its name."""
    with whole_file(path, sync) as half:
        yield half
        time.sleep(FOREVER)


def train(
    config: str, work_dir: Path, steps: int | None = None, writing: bool = False
) -> int:
    """Fork a process that trains, going on where it can; its id.

    It waits to be killed after ``steps``, or at its first checkpoint if ``writing``.
    """
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
        runner = Runner.from_cfg(cfg)
        if steps is not None:
            runner.register_hook(Wait(steps))
        if writing:
            whole_file_backend.whole_file = never_whole
        runner.train()
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
