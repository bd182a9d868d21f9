"""What training and testing have left in a work dir."""

import json
import re
import shlex
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mmengine.config import Config

from ... import plugin

_RECORD = 'run.json'  # of RunRecordHook
_TIME_STAMP = re.compile(r'\d{8}_\d{6}$')
# Of mmengine's log: pages of compiler flags, which no one reads here.
_NOT_SHOWN = ('PyTorch compiling details', 'TorchVision compiling details')


@dataclass(frozen=True)
class Launch:
    """One start of a tool.

    Attributes:
        folder: of its time stamp.
        record: what RunRecordHook left, {} of runs without it.
    """

    folder: Path
    record: dict

    @cached_property
    def mode(self) -> str:
        """'train', 'val' or 'test'; '' of a run that ended before it did any."""
        if self.record:
            return self.record['mode']
        if self.scores_file.exists():
            return 'test'
        scalars = self.folder / 'vis_data/scalars.json'
        return 'train' if scalars.exists() and scalars.stat().st_size else ''

    @property
    def scores_file(self) -> Path:
        """What mmengine's LoggerHook writes at the end of a test run."""
        return self.folder / f'{self.folder.name}.json'

    @property
    def config_file(self) -> Path:
        """The whole config of the run, as mmengine's LocalVisBackend writes it."""
        return self.folder / 'vis_data/config.py'

    @cached_property
    def environment(self) -> dict[str, str]:
        """By name: what was recorded and what mmengine's log begins with."""
        kept = ('commit', 'ops', 'processor', 'cores')
        found = {name: self.record[name] for name in kept if self.record.get(name)}
        if self.record.get('changed'):
            found['commit'] += ', with changes that are not committed'
        found |= self.record.get('versions', {})
        log = self.folder / f'{self.folder.name}.log'
        return {k: str(v) for k, v in (found | _logged_environment(log)).items()}

    def command(self, work_dir: Path) -> str:
        """The command that repeats it, derived where none was recorded."""
        if self.record.get('command'):
            return self.record['command']
        config = shlex.quote(str(self.config_file))
        if self.mode == 'train':
            return f'python tools/train.py {config} --work-dir {work_dir}'
        checkpoint = load_config_file(self.config_file).get('load_from', 'CHECKPOINT')
        return f'python tools/test.py {config} {checkpoint} --work-dir {work_dir}'


class WorkDir:
    """A work dir.

    Args:
        path (str | Path): of it.

    Raises:
        FileNotFoundError: if there is no such folder.
        ValueError: if no run with a config is in it, or a record is not sound.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        if not self.path.is_dir():
            raise FileNotFoundError(f'there is no work dir {path}')
        folders = sorted(f for f in self.path.iterdir() if _TIME_STAMP.match(f.name))
        self.launches = [Launch(f, _read_record(f / _RECORD)) for f in folders]
        self.launches = [one for one in self.launches if one.config_file.exists()]
        if not self.launches:
            raise ValueError(
                f'{path} holds no run (*/vis_data/config.py, which mmengine writes '
                'when one begins): give the --work-dir of tools/train.py or '
                'tools/test.py'
            )

    def last(self, mode: str) -> Launch | None:
        """The last run of a mode; of tests, the last one that came to an end."""
        found = [one for one in self.launches if one.mode == mode]
        if mode == 'test':
            found = [one for one in found if one.scores_file.exists()]
        return found[-1] if found else None

    @cached_property
    def config(self) -> Config:
        """Of the last training run, else of the last run."""
        return load_config_file((self.last('train') or self.launches[-1]).config_file)

    @cached_property
    def test_config(self) -> Config | None:
        """Of the last finished test run."""
        launch = self.last('test')
        return load_config_file(launch.config_file) if launch else None

    @cached_property
    def scalars(self):
        """What was logged, resumed runs joined: a RunScalars."""
        return plugin.engine.hooks.loss_curves.read_scalars(self.path)

    def scores(self, suffix: str = '') -> dict[str, dict[str, float]] | None:
        """What ScoreTableHook left of the last test ('') or validation ('_val')."""
        path = self.path / f'scores{suffix}.json'
        return _read_json(path) if path.exists() else None

    @property
    def checkpoint(self) -> str:
        """The last one, or the word that stands for one."""
        pointer = self.path / 'last_checkpoint'
        if pointer.exists():
            named = Path(pointer.read_text().strip())
            # The work dir may have been moved.
            here = self.path / named.name
            return str(here if here.exists() else named)
        found = sorted(self.path.glob('*.pth'), key=lambda p: p.stat().st_mtime)
        return str(found[-1]) if found else 'CHECKPOINT'

    def test_command(self) -> str:
        """The command that tests what was trained here."""
        launch = self.last('train') or self.launches[-1]
        words = ['python', 'tools/test.py', str(launch.config_file), self.checkpoint]
        return shlex.join([*words, '--work-dir', str(self.path)])


def load_config_file(path: Path) -> Config:
    """A config as it was dumped.

    Args:
        path (Path): file.

    Returns:
        Config: nothing is imported for it.

    Raises:
        ValueError: naming a file that cannot be read as one.
    """
    try:
        return Config.fromfile(path, import_custom_modules=False)
    except Exception as error:  # whatever running a file can raise
        raise ValueError(f'{path} is no config: {error}') from error


def _read_record(path: Path) -> dict:
    return _read_json(path) if path.exists() else {}


def _read_json(path: Path) -> dict:
    try:
        value = json.loads(path.read_text())
    except ValueError as error:
        raise ValueError(f'{path} is no JSON: {error}') from error
    if not isinstance(value, dict):
        raise ValueError(f'{path} is no JSON object')
    return value


def _logged_environment(log: Path) -> dict[str, str]:
    """The two lists at the head of mmengine's log."""
    if not log.exists():
        return {}
    with open(log, encoding='utf-8', errors='replace') as file:
        head = file.read(40_000)
    begin, end = head.find('System environment:'), head.find(' - Config:')
    lines = re.findall(r'^    ([^:\n]+): (.+)$', head[max(begin, 0) : end], re.M)
    return {name: value for name, value in lines if name not in _NOT_SHOWN}
