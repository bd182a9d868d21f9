"""Runs the jobs of a plan, one after another or several at once."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .child import Child, last_lines
from .jobs import Job, Key

_POLL = 0.2  # seconds
_GRACE = 10.0  # seconds that a command gets to end by itself


@dataclass
class _Active:
    """A job under way: its commands, and the one that runs."""

    job: Job
    commands: Iterator[list[str]]
    child: Child
    since: float


@dataclass
class Runs:
    """Jobs on slots: a GPU each, or just side by side.

    ::

        waiting --(what it needs is done, a slot is free)--> active --> done, failed

    Args:
        jobs (Sequence[Job]): what a job needs is before it.
        slots (Sequence[Mapping[str, str]]): environment of each slot.
        lock (int): file descriptor that children keep open.
        say (Callable): takes what there is to tell, line by line.
    """

    jobs: Sequence[Job]
    slots: Sequence[Mapping[str, str]]
    lock: int
    say: Callable[[str], object] = print
    ended: dict[Key, str] = field(default_factory=dict)
    _active: dict[int, _Active] = field(default_factory=dict)

    def run(self) -> dict[Key, str]:
        """Run all that is not done yet; stops every child if it is interrupted.

        Returns:
            dict[Key, str]: 'done', 'failed' or 'not run' of each job.
        """
        waiting = list(self.jobs)
        try:
            while waiting or self._active:
                self._start(waiting)
                for slot in list(self._active):
                    self._check(slot)
                if self._active:
                    time.sleep(_POLL)
        except BaseException:
            self._stop()
            raise
        return self.ended

    def _start(self, waiting: list[Job]) -> None:
        """Begin every job that can, as far as there are slots."""
        for job in list(waiting):
            before = job.needed_key and self.ended.get(job.needed_key)
            if job.needed_key and before is None:
                continue
            if before in ('failed', 'not run'):
                waiting.remove(job)
                self.ended[job.key] = 'not run'
                needed = '/'.join(map(str, job.needed_key))
                self.say(f'{job.label}: not run, as there is no {needed}')
            elif job.folder.state() == 'done':
                waiting.remove(job)
                self.ended[job.key] = 'done'
                self.say(f'{job.label}: done already')
            elif len(self._active) < len(self.slots):
                waiting.remove(job)
                self._begin(job)

    def _begin(self, job: Job) -> None:
        resumed = job.folder.state() != 'changed' and job.folder.checkpoint()
        moved = job.folder.begin()
        if moved:
            self.say(
                f'{job.label}: config or options have changed; old results: {moved}'
            )
        what = f'goes on from {resumed.name}' if resumed else 'starts'
        self.say(f'{job.label}: {what}; log: {job.folder.log}')
        slot = min(set(range(len(self.slots))) - set(self._active))
        self._next(slot, job, job.commands(), time.monotonic())

    def _next(self, slot: int, job: Job, commands: Iterator, since: float) -> None:
        """Run the next command of a job, or end it where there is none left."""
        try:
            command = next(commands, None)
        except (OSError, ValueError) as error:
            self._fail(job, [str(error)])
            return
        if command is not None:
            child = Child(command, job.folder.log, self.slots[slot], self.lock)
            self._active[slot] = _Active(job, commands, child, since)
        elif not job.folder.scores.exists():
            self._fail(job, [f'ended well, but left no {job.folder.scores}'])
        else:
            job.folder.finish()
            self.ended[job.key] = 'done'
            minutes = (time.monotonic() - since) / 60
            total = f'{len(self.ended)}/{len(self.jobs)}'
            self.say(f'{job.label}: done in {minutes:.1f} min ({total})')

    def _check(self, slot: int) -> None:
        active = self._active[slot]
        status = active.child.poll()
        if status is None:
            return
        del self._active[slot]
        if status == 0:
            self._next(slot, active.job, active.commands, active.since)
            return
        how = f'killed by signal {-status}' if status < 0 else f'exit status {status}'
        self._fail(active.job, [how, *last_lines(active.job.folder.log)])

    def _fail(self, job: Job, lines: list[str]) -> None:
        job.folder.fail()
        self.ended[job.key] = 'failed'
        self.say(f'{job.label}: FAILED, {lines[0]}; log: {job.folder.log}')
        for line in lines[1:]:
            self.say(f'    {line}')

    def _stop(self) -> None:
        for active in self._active.values():
            self.say(f'{active.job.label}: stopped; the next call goes on with it')
            active.child.terminate()
        deadline = time.monotonic() + _GRACE
        for active in self._active.values():
            active.child.kill(max(0.0, deadline - time.monotonic()))


def slots_for(gpus: Sequence[str], jobs: int) -> list[dict[str, str]]:
    """Environment of each place where a job can run.

    Args:
        gpus (Sequence[str]): numbers of GPUs, each for one job at a time.
        jobs (int): how many at once where no GPUs are named.

    Returns:
        list[dict[str, str]]: with ``CUDA_VISIBLE_DEVICES`` where GPUs are named, and
        a share of the cores where ``OMP_NUM_THREADS`` does not say otherwise.
    """
    slots = [dict(CUDA_VISIBLE_DEVICES=gpu) for gpu in gpus] or [
        {} for _ in range(jobs)
    ]
    if 'OMP_NUM_THREADS' not in os.environ:
        threads = max(1, (os.cpu_count() or 1) // len(slots))
        slots = [dict(slot, OMP_NUM_THREADS=str(threads)) for slot in slots]
    return slots


@contextmanager
def locked(out: Path, patience: float = 15.0) -> Iterator[int]:
    """Keep a folder of results to one caller and its children.

    A child of a caller that was killed holds the lock until it has ended.

    Args:
        out (Path): the folder; it is made.
        patience (float): seconds to wait for it.

    Yields:
        int: file descriptor of the lock, to be handed to children.

    Raises:
        BlockingIOError: if others are still at it.
    """
    out.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    with open(out / '.lock', 'w') as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise BlockingIOError(
                        f'{out} is in use: another ablate.py, or a training that one '
                        'left behind, still runs there'
                    ) from None
                time.sleep(_POLL)
        yield file.fileno()
