"""What the runs of a plan have come to, read from their folders."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

import numpy as np
from mmengine.config import Config
from mmengine.utils import import_modules_from_strings

from ...ops import install
from .folder import RunFolder
from .jobs import Job
from .plan import Plan, PlannedRun

IOU_TYPES = ('segm', 'bbox')
SCORES = ('AP', 'f1AP', 'f1AP_over_AP', 'f1AP_constant')
_NOTHING = -1  # what a metric says where there was nothing to score


@dataclass(frozen=True)
class Figure:
    """One figure over seeds.

    Attributes:
        values: one for each seed that has it, at least one.
    """

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over seeds."""
        return fmean(self.values)

    @property
    def std(self) -> float | None:
        """Of the sample; None of one seed."""
        return stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True)
class SeedResult:
    """One finished run with one seed.

    Attributes:
        seed: of the run.
        scores: by IoU type and name, as F1SegmMetric calls them; a sweep has those of
            its best thresholds, and these as ``attr_thr`` and ``score_thr``.
        seconds: of its training iterations; None of a sweep.
        curves: (S,) iterations and values, losses smoothed, by what was logged.
    """

    seed: int
    scores: Mapping[str, Mapping[str, float]]
    seconds: float | None
    curves: Mapping[str, tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class RunResult:
    """One row of the table.

    Attributes:
        run: what was planned.
        seeds: those that are done.
        states: of all, by seed: 'done', 'failed', ...
        parameters: numbers that the model learns; None where nothing is done.
    """

    run: PlannedRun
    seeds: tuple[SeedResult, ...]
    states: Mapping[int, str]
    parameters: int | None = None

    def figure(self, iou_type: str, name: str) -> Figure | None:
        """A score over the seeds; None where no seed has it."""
        values = [seed.scores.get(iou_type, {}).get(name) for seed in self.seeds]
        return figure(v for v in values if v is not None and v != _NOTHING)

    def gain(self, other: 'RunResult', iou_type: str, name: str) -> Figure | None:
        """A score less that of another run, over the seeds that both have."""
        pairs = self._pairs(other, iou_type, name)
        return figure(mine - theirs for mine, theirs in pairs)

    def times(self, other: 'RunResult', iou_type: str, name: str) -> float | None:
        """Its mean score by that of another run, over the seeds that both have."""
        pairs = self._pairs(other, iou_type, name)
        theirs = sum(pair[1] for pair in pairs)
        return sum(pair[0] for pair in pairs) / theirs if theirs > 0 else None

    def _pairs(
        self, other: 'RunResult', iou_type: str, name: str
    ) -> list[tuple[float, float]]:
        theirs = {seed.seed: seed.scores.get(iou_type, {}) for seed in other.seeds}
        pairs = [
            (seed.scores.get(iou_type, {}).get(name), theirs[seed.seed].get(name))
            for seed in self.seeds
            if seed.seed in theirs
        ]
        return [pair for pair in pairs if not {None, _NOTHING} & set(pair)]


def figure(values) -> Figure | None:
    """A figure of the values; None of none."""
    values = tuple(values)
    return Figure(values) if values else None


def collect(plan: Plan, jobs: Sequence[Job]) -> list[RunResult]:
    """Read what is there of a plan.

    Args:
        plan (Plan): of the runs.
        jobs (Sequence[Job]): of the plan.

    Returns:
        list[RunResult]: one for each run, in the order of the plan.

    Raises:
        ValueError: naming a file of scores that is not sound.
    """
    results = []
    for run in plan.runs:
        own = [job for job in jobs if job.run.name == run.name]
        states = {job.seed: job.folder.state() for job in own}
        done = [job for job in own if states[job.seed] == 'done']
        seeds = tuple(_read_seed(job) for job in done)
        parameters = count_parameters(done[0].cfg) if done else None
        results.append(RunResult(run, seeds, states, parameters))
    return results


def count_parameters(cfg: Config) -> int:
    """Numbers that the model of a config learns.

    Args:
        cfg (Config): of a run.

    Returns:
        int: frozen ones included.
    """
    install()
    if 'custom_imports' in cfg:
        import_modules_from_strings(**cfg.custom_imports)
    from mmdet.registry import MODELS  # after install()

    model = MODELS.build(cfg.model)
    return sum(parameter.numel() for parameter in model.parameters())


def training_seconds(work_dir: Path) -> float | None:
    """Time of the iterations that a run and those it resumed have logged.

    Args:
        work_dir (Path): of the runs.

    Returns:
        float | None: without validation and start; None where nothing was logged.
    """
    times: dict[int, float] = {}
    for path in sorted(work_dir.glob('*/vis_data/scalars.json')):
        lines = _training_lines(path)
        # A resumed run does the iterations again that were lost with a crash.
        first = min(lines, default=0)
        times = {step: t for step, t in times.items() if step < first or not lines}
        times |= lines
    steps = sorted(times)
    spans = zip(steps, [0, *steps], strict=False)
    return sum(times[step] * (step - last) for step, last in spans) if steps else None


def _training_lines(path: Path) -> dict[int, float]:
    """Seconds of an iteration, by the number of the iteration that logged it."""
    lines = {}
    for text in path.read_text(encoding='utf-8', errors='replace').splitlines():
        try:
            line = json.loads(text)
        except json.JSONDecodeError:  # a killed run leaves a half line behind
            continue
        if isinstance(line, dict) and {'iter', 'step', 'time'} <= set(line):
            lines[line['step']] = line['time']
    return lines


def _read_seed(job: Job) -> SeedResult:
    folder, sweeps = job.folder, job.run.kind == 'sweep'
    scores = best_thresholds(folder) if sweeps else _load(folder.scores)
    seconds = None if sweeps else training_seconds(folder.path)
    curves = {} if sweeps else read_curves(folder.path)
    return SeedResult(job.seed, scores, seconds, curves)


def read_curves(work_dir: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """What a run has logged, to be drawn.

    Args:
        work_dir (Path): of the run.

    Returns:
        dict: (S,) iterations and (S,) values by name, of training smoothed; empty
        where there is no log.
    """
    if not any(work_dir.glob('*/vis_data/scalars.json')):
        return {}
    # With the plugin, which takes seconds: to list or start runs needs none of it.
    from ... import plugin

    loss_curves = plugin.engine.hooks.loss_curves
    scalars = loss_curves.read_scalars(work_dir)
    train = {
        name: (curve.steps, loss_curves.smooth(curve.values))
        for name, curve in scalars.train.items()
    }
    return train | {name: (c.steps, c.values) for name, c in scalars.val.items()}


def best_thresholds(folder: RunFolder) -> dict[str, dict[str, float]]:
    """The highest f1AP of a sweep and what belongs to it, by IoU type.

    Args:
        folder (RunFolder): of the sweep.

    Returns:
        dict[str, dict[str, float]]: AP, f1AP, f1AP_over_AP, attr_thr, score_thr, and
        f1AP_constant where there is a training set.
    """
    scores = {}
    for iou_type in IOU_TYPES:
        path = folder.path / f'sweep/sweep_{iou_type}.json'
        if path.exists():
            best = max(_load(path)['settings'], key=lambda row: row['f1AP'])
            ratio = best['f1AP'] / best['AP'] if best['AP'] > 0 else _NOTHING
            scores[iou_type] = dict(best, f1AP_over_AP=ratio)
    return scores


def _load(path: Path) -> dict:
    try:
        return json.loads(path.read_text())
    except json.JSONDecodeError as error:
        raise ValueError(f'{path} is no JSON: {error}') from error
