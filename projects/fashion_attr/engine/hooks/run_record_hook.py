"""Leaves in the work dir what it takes to repeat a run, beside mmengine's log."""

import json
import logging
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from mmdet.registry import HOOKS
from mmengine.dist import master_only
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import Runner

from projects.fashion_attr.datasets.annotations import atomic_writer
from projects.fashion_attr.ops import describe

FILE = 'run.json'
_ROOT = Path(__file__).resolve().parents[4]
# Whatever of these is installed: upstream's and its continuation have other names.
_PACKAGES = (
    *('torch', 'torchvision', 'numpy', 'opencv-python', 'opencv-python-headless'),
    *('onedl-mmengine', 'onedl-mmcv', 'onedl-mmdetection'),
    *('mmengine', 'mmcv', 'mmcv-lite', 'mmdet', 'pycocotools'),
)
# Settings of the environment that change what a run computes or how fast.
_VARIABLES = ('FASHION_ATTR_OPS', 'OMP_NUM_THREADS', 'CUDA_VISIBLE_DEVICES')


@HOOKS.register_module()
class RunRecordHook(Hook):
    """Writes ``<work dir>/<time stamp>/run.json`` when a run begins.

    It holds what mmengine's log does not: ``mode`` ('train', 'val' or 'test'), the
    ``command`` and the ``directory`` it was given in, ``checkpoint``, ``commit`` of
    this project and whether tracked files were ``changed``, ``versions``, ``ops``,
    ``processor`` and ``cores``. A file that cannot be written is warned of.
    """

    priority = 'VERY_LOW'

    def before_train(self, runner: Runner) -> None:
        """Record a training run."""
        self._write(runner, 'train')

    def before_val(self, runner: Runner) -> None:
        """Record a validation, where it is a run of its own."""
        self._write(runner, 'val')

    def before_test(self, runner: Runner) -> None:
        """Record a test run."""
        self._write(runner, 'test')

    @master_only
    def _write(self, runner: Runner, mode: str) -> None:
        path = Path(runner.work_dir, runner.timestamp, FILE)
        if mode == 'val' and path.exists():  # a part of training
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_writer(path) as file:
                file.write(json.dumps(_record(runner, mode), indent=1) + '\n')
        except OSError as error:
            print_log(f'{path} not written: {error}', 'current', logging.WARNING)


def _record(runner: Runner, mode: str) -> dict:
    return dict(
        mode=mode,
        command=command_line(sys.argv, os.environ),
        directory=os.getcwd(),
        checkpoint=runner._load_from,
        **_commit(),
        versions=_versions(),
        ops=describe(),
        processor=_processor(),
        cores=_cores(),
    )


def command_line(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """The command of a process, as a shell takes it.

    Args:
        arguments (Sequence[str]): ``sys.argv``.
        environment (Mapping[str, str]): of the process; torchrun leaves the number
            of its processes there.

    Returns:
        str: with the variables that count.
    """
    words = [
        f'{name}={shlex.quote(environment[name])}'
        for name in _VARIABLES
        if environment.get(name)
    ]
    launcher = ['python']
    local = int(environment.get('LOCAL_WORLD_SIZE', 1))
    world = int(environment.get('WORLD_SIZE', 1))
    if world > 1 and 'LOCAL_WORLD_SIZE' in environment:
        launcher = ['torchrun', f'--nproc-per-node={local}']
        if world > local:
            launcher.append(f'--nnodes={world // local}')
    return ' '.join([*words, *launcher, *map(shlex.quote, arguments)])


def _commit() -> dict:
    """Of this project; None where it is no checkout or there is no git."""
    commit = _git('rev-parse', 'HEAD')
    changes = _git('status', '--porcelain', '--untracked-files=no')
    return dict(commit=commit, changed=None if changes is None else bool(changes))


def _git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ['git', '-C', str(_ROOT), *arguments], capture_output=True, text=True
        )
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _versions() -> dict[str, str]:
    found = {'python': sys.version.split()[0]}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _processor() -> str:
    """Its name, where Linux tells it."""
    try:
        lines = Path('/proc/cpuinfo').read_text().splitlines()
    except OSError:
        return ''
    names = (line for line in lines if line.startswith('model name'))
    return next(names, ':').partition(':')[2].strip()


def _cores() -> int:
    """That the process may use."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
