"""A command in a process group of its own, that does not outlive its caller."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

_LIBC = ctypes.CDLL(None) if sys.platform == 'linux' else None
_PR_SET_PDEATHSIG = 1


class Child:
    """A running command whose output goes to a log.

    Args:
        command (Sequence[str]): what to run.
        log (Path): what it prints is put behind what is there.
        env (Mapping[str, str]): added to the environment.
        lock (int): file descriptor that it keeps open as long as it runs.
    """

    def __init__(
        self, command: Sequence[str], log: Path, env: Mapping[str, str], lock: int
    ) -> None:
        parent = os.getpid()
        with open(log, 'ab') as file:
            file.write(f'\n$ {" ".join(command)}\n'.encode())
            file.flush()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=os.environ | dict(env),
                start_new_session=True,
                pass_fds=(lock,),
                preexec_fn=lambda: _die_with(parent),
            )

    def poll(self) -> int | None:
        """The exit status, None while it runs."""
        return self._process.poll()

    def terminate(self) -> None:
        """Ask it and what it has started to end."""
        self._signal(signal.SIGTERM)

    def kill(self, after: float) -> None:
        """End it and what it has started for certain.

        Args:
            after (float): seconds that it gets to end by itself.
        """
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(after)
        finally:  # also where somebody presses Ctrl-C again
            self._signal(signal.SIGKILL)
            self._process.wait()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _die_with(parent: int) -> None:
    """In the child: ask Linux to end it when the caller is killed outright."""
    if _LIBC is None:
        return
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # which was before that
        os._exit(1)


def last_lines(log: Path, number: int = 12) -> list[str]:
    """The end of a log, without empty lines and what progress bars overwrote.

    Args:
        log (Path): file.
        number (int): of lines at most.

    Returns:
        list[str]: none where there is no log.
    """
    with contextlib.suppress(FileNotFoundError):
        with open(log, 'rb') as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 20_000))
            text = file.read().decode('utf-8', errors='replace')
        lines = [line.rpartition('\r')[2].rstrip() for line in text.splitlines()]
        return [line for line in lines if line][-number:]
    return []
