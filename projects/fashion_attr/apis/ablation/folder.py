"""What is in the folder of one run: how far it came, and where it can go on.

A folder belongs to a fingerprint: config, options and seed, and those of the run that
it starts from. Where they have changed, the folder is of another run.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...datasets.annotations import atomic_writer

_STATE = 'ablate.json'
_SCORES = dict(train='scores_val.json', sweep='sweep/sweep_segm.json')
_CHECKPOINT = re.compile(r'(?:epoch|iter)_(\d+)\.pth')


class RunFolder:
    """The work dir of one run with one seed.

    Args:
        path (Path): the folder; it need not be there.
        kind (str): 'train' or 'sweep'.
        fingerprint (str): of the run as it is planned now.
        last (str): name of the checkpoint that ends the training.
    """

    def __init__(self, path: Path, kind: str, fingerprint: str, last: str) -> None:
        self.path = path
        self.scores = path / _SCORES[kind]
        self.log = path / 'ablate.log'
        self.fingerprint = fingerprint
        self._last = last

    def state(self) -> str:
        """'new', 'changed', 'interrupted', 'failed' or 'done'.

        A run is done if the command that made its scores ended well, or if they are
        no older than the checkpoint of the last epoch. A training that is not of
        this plan is as good as one of another config.
        """
        known = self._known()
        if known is None:
            return 'changed' if self.checkpoint() else 'new'
        if known['fingerprint'] != self.fingerprint:
            return 'changed'
        if self.scores.exists() and (known['state'] == 'done' or self._validated()):
            return 'done'
        return 'failed' if known['state'] == 'failed' else 'interrupted'

    def begin(self) -> Path | None:
        """Take note that the run is under way.

        Returns:
            Path | None: where the results of another config or other options have
            been moved to, if there were any.
        """
        moved = None
        if self.state() == 'changed':
            moved = _free_name(self.path)
            self.path.rename(moved)
        self.path.mkdir(parents=True, exist_ok=True)
        self._note('started')
        return moved

    def finish(self) -> None:
        """Take note that the scores are those of the whole run."""
        self._note('done')

    def fail(self) -> None:
        """Take note that a command of the run has failed."""
        self._note('failed')

    def checkpoint(self) -> Path | None:
        """The latest checkpoint, as the training says itself."""
        try:
            text = (self.path / 'last_checkpoint').read_text().strip()
        except FileNotFoundError:
            return None
        # By its name: the whole folder may have been moved.
        checkpoint = self.path / Path(text).name
        return checkpoint if text and checkpoint.exists() else None

    def resume(self) -> list[str]:
        """Flags that let a training go on, none where it starts.

        Where the last epoch was trained but not validated it is trained again: a
        training that has no epoch left validates nothing.
        """
        latest = self.checkpoint()
        if latest is None:
            return []
        if latest.name != self._last or self._validated():
            return ['--resume', str(latest)]
        earlier = [path for path in self._checkpoints() if path != latest]
        return ['--resume', str(earlier[-1])] if earlier else []

    def _validated(self) -> bool:
        latest = self.checkpoint()
        if latest is None or latest.name != self._last or not self.scores.exists():
            return False
        return self.scores.stat().st_mtime_ns >= latest.stat().st_mtime_ns

    def _checkpoints(self) -> list[Path]:
        """Of the training, by number."""
        found = {
            int(match[1]): path
            for path in self.path.glob('*.pth')
            if (match := _CHECKPOINT.fullmatch(path.name))
        }
        return [found[number] for number in sorted(found)]

    def _known(self) -> dict[str, str] | None:
        try:
            return json.loads((self.path / _STATE).read_text())
        except FileNotFoundError:
            return None

    def _note(self, state: str) -> None:
        with atomic_writer(self.path / _STATE) as file:
            json.dump(dict(fingerprint=self.fingerprint, state=state), file)


def fingerprint(content: Mapping[str, Any]) -> str:
    """A short name for a run, that is another one where anything in it is.

    Args:
        content (Mapping[str, Any]): of what JSON has, or what can be printed.

    Returns:
        str: 16 hexadecimal digits.
    """
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _free_name(path: Path) -> Path:
    number = 1
    while (free := path.with_name(f'{path.name}.old-{number}')).exists():
        number += 1
    return free
