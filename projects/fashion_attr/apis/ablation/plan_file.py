"""Plans read from YAML or Python, and checked before anything runs.

::

    title: What is compared
    seeds: [0, 1]                    # of every run
    options: {data_root: data/toy}   # of every run, as --cfg-options takes them
    runs:
      - name: one-layer              # its folder
        group: Fig. 5
        config: configs/x.py
        options: {train_cfg.max_epochs: 4}
        note: why
        baseline: two-layers         # which run its gain is counted from
        weights_of: detector         # load_from is the last checkpoint of that run,
                                     # with the same seed, or the only one it has
      - name: thresholds
        group: Fig. 7
        kind: sweep                  # no training: all thresholds on that run
        of: two-layers
"""

import re
import runpy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from .options import read_options
from .plan import Plan, PlannedRun, hint

KINDS = ('train', 'sweep')
_PLAN_KEYS = ('title', 'seeds', 'options', 'command', 'runs')
_TRAIN_KEYS = (
    *('name', 'group', 'kind', 'config', 'options', 'note'),
    *('baseline', 'weights_of', 'seeds'),
)
_SWEEP_KEYS = ('name', 'group', 'kind', 'of', 'options', 'note', 'baseline', 'seeds')
_NAME = re.compile(r'[A-Za-z0-9][A-Za-z0-9_.+-]*')


def read_plan(path: str | Path) -> Plan:
    """Read a plan and see that it can be run.

    Args:
        path (str | Path): ``.yaml``, or ``.py`` that sets ``plan``.

    Returns:
        Plan: with what it says of all runs filled into each.

    Raises:
        FileNotFoundError: if the plan or a config of it is not there.
        ValueError: naming the plan, the run and the key that is not sound.
    """
    path = Path(path)
    content = _load(path)
    _check_keys(content, _PLAN_KEYS, str(path))
    rows = content.get('runs')
    if not isinstance(rows, list) or not rows:
        raise ValueError(f'{path}: key runs: should be a list of runs, got {rows!r}')
    runs: list[PlannedRun] = []
    for number, row in enumerate(rows, start=1):
        runs.append(_read_run(row, number, content, runs, path))
    names = [run.name for run in runs]
    for run in runs:
        if run.baseline is not None and run.baseline not in names:
            raise ValueError(
                f'{path}: run {run.name!r}: key baseline: no run '
                f'{run.baseline!r}{hint(run.baseline, names)}'
            )
    command = content.get('command', [])
    if not isinstance(command, list) or not all(isinstance(c, str) for c in command):
        raise ValueError(f'{path}: key command: should be a list of words')
    title = str(content.get('title', path.stem))
    return Plan(path, title, tuple(runs), tuple(command))


def _load(path: Path) -> dict:
    if not path.is_file():
        raise FileNotFoundError(f'there is no plan {path}')
    if path.suffix == '.py':
        content = runpy.run_path(str(path)).get('plan')
    elif path.suffix in ('.yaml', '.yml'):
        try:
            content = yaml.safe_load(path.read_text(encoding='utf-8'))
        except yaml.YAMLError as error:
            raise ValueError(f'{path} is no YAML: {error}') from error
    else:
        raise ValueError(f'{path} should end in .yaml or .py')
    if not isinstance(content, dict):
        what = "set 'plan' to a dict" if path.suffix == '.py' else 'be a mapping'
        raise ValueError(f'{path} should {what}, got {type(content).__name__}')
    return content


def _read_run(
    row: Any, number: int, plan: dict, before: list[PlannedRun], path: Path
) -> PlannedRun:
    name = _name(row, number, before, path)
    where = f'{path}: run {name!r}'
    kind = row.get('kind', 'train')
    if kind not in KINDS:
        raise ValueError(f'{where}: key kind: should be one of {KINDS}, got {kind!r}')
    _check_keys(row, _SWEEP_KEYS if kind == 'sweep' else _TRAIN_KEYS, where)
    needed = _needed(row, kind, before, where)
    swept = needed if kind == 'sweep' else None
    options = dict(swept.options) if swept else _options(plan, str(path))
    seeds = swept.seeds if swept else plan.get('seeds', [0])
    return PlannedRun(
        name=name,
        config=swept.config if swept else _config(row, where),
        kind=kind,
        group=str(row.get('group', '')),
        options=options | _options(row, where),
        note=str(row.get('note', '')),
        baseline=row.get('baseline'),
        needs=needed and needed.name,
        seeds=_seeds(row, seeds, needed, where),
    )


def _name(row: Any, number: int, before: list[PlannedRun], path: Path) -> str:
    name = row.get('name', '') if isinstance(row, dict) else row
    if not isinstance(row, dict) or not _NAME.fullmatch(str(name)):
        raise ValueError(
            f'{path}: run {number}: key name: should be letters, digits, ., +, - and '
            f'_, got {name!r}'
        )
    if str(name) in [run.name for run in before]:
        raise ValueError(f'{path}: run {name!r}: key name: there are two of that name')
    return str(name)


def _needed(
    row: dict, kind: str, before: list[PlannedRun], where: str
) -> PlannedRun | None:
    """The run whose checkpoint this one takes: it comes before, and is trained."""
    key = 'of' if kind == 'sweep' else 'weights_of'
    if key not in row:
        if kind == 'sweep':
            raise ValueError(f'{where}: key of: a sweep says of which run')
        return None
    trained = {run.name: run for run in before if run.kind == 'train'}
    if row[key] not in trained:
        raise ValueError(
            f'{where}: key {key}: no trained run {row[key]!r} before this one'
            f'{hint(str(row[key]), trained)}'
        )
    return trained[row[key]]


def _config(row: dict, where: str) -> str:
    config = row.get('config')
    if not isinstance(config, str):
        raise ValueError(f'{where}: key config: should be a path, got {config!r}')
    if not Path(config).is_file():
        raise FileNotFoundError(f'{where}: key config: there is no {config}')
    return config


def _options(row: dict, where: str) -> dict[str, Any]:
    return read_options(row.get('options') or {}, where)


def _seeds(
    row: dict, default: Any, needed: PlannedRun | None, where: str
) -> tuple[int, ...]:
    seeds = row.get('seeds', default)
    if not isinstance(seeds, list | tuple) or not seeds:
        raise ValueError(f'{where}: key seeds: should be a list, got {seeds!r}')
    if not all(type(seed) is int and seed >= 0 for seed in seeds):
        raise ValueError(
            f'{where}: key seeds: should be whole numbers from 0, got {seeds!r}'
        )
    if len(set(seeds)) < len(seeds):
        raise ValueError(f'{where}: key seeds: should be different, got {seeds!r}')
    if needed and len(needed.seeds) > 1 and set(seeds) - set(needed.seeds):
        raise ValueError(
            f'{where}: key seeds: {needed.name!r} has {list(needed.seeds)} alone'
        )
    return tuple(seeds)


def _check_keys(row: dict, known: Sequence[str], where: str) -> None:
    for key in row:
        if key not in known:
            raise ValueError(f'{where}: key {key}: unknown{hint(str(key), known)}')
