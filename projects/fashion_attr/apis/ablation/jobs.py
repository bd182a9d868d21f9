"""From a plan to jobs: a run with one seed, its folder and its commands."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mmengine.config import Config

from ..run_config import override
from .folder import RunFolder, fingerprint
from .options import as_arguments
from .plan import Plan, PlannedRun

_TOOLS = Path(__file__).resolve().parents[4] / 'tools'
Key = tuple[str, int]


@dataclass(frozen=True)
class Job:
    """One run with one seed.

    Attributes:
        run: what was planned.
        seed: of this job.
        cfg: its config with the options in it, but no seed.
        folder: where everything of it goes.
        needed: folder of the run whose checkpoint it takes.
        needed_key: the job that has to be done before this one.
        train: the command that trains.
    """

    run: PlannedRun
    seed: int
    cfg: Config
    folder: RunFolder
    needed: RunFolder | None
    needed_key: Key | None
    train: tuple[str, ...]

    @property
    def key(self) -> Key:
        """Name and seed."""
        return self.run.name, self.seed

    @property
    def label(self) -> str:
        """As it is called on the screen: the folder within the plan's."""
        return f'{self.run.name}/{self.seed}'

    def commands(self) -> Iterator[list[str]]:
        """What is to be run, one after another, each asked for when it starts.

        Raises:
            FileNotFoundError: if the run that this one needs has no checkpoint.
            ValueError: if a sweep finds no annotations in the config.
        """
        if self.run.kind == 'train':
            yield [*self.train, self.run.config, *self._training_flags()]
            return
        yield self._test_command()
        yield self._sweep_command()

    def _training_flags(self) -> list[str]:
        options = [f'randomness.seed={self.seed}']
        if self.needed:
            options.append(f'load_from={self._needed_checkpoint()}')
        flags = ['--work-dir', str(self.folder.path), *self.folder.resume()]
        return [*flags, '--cfg-options', *as_arguments(self.run.options), *options]

    def _test_command(self) -> list[str]:
        tool = [sys.executable, str(_TOOLS / 'test.py'), self.run.config]
        options = [
            *as_arguments(self.run.options),
            f'test_evaluator.outfile_prefix={self.folder.path / "predictions"}',
        ]
        flags = ['--work-dir', str(self.folder.path), '--cfg-options', *options]
        return [*tool, str(self._needed_checkpoint()), *flags]

    def _sweep_command(self) -> list[str]:
        evaluator = self.cfg.test_evaluator
        if not isinstance(evaluator, dict) or 'ann_file' not in evaluator:
            raise ValueError(
                f'{self.run.config}: a sweep needs ann_file in test_evaluator'
            )
        tool = [sys.executable, str(_TOOLS / 'evaluate.py'), evaluator.ann_file]
        train = evaluator.get('train_ann_file')
        return [
            *tool,
            str(self.folder.path / 'predictions.results.json'),
            *(['--train', train] if train and Path(train).exists() else []),
            *('--iou-type', 'segm', 'bbox', '--empty-boxes', 'keep'),
            *('--sweep', str(self.folder.path / 'sweep')),
        ]

    def _needed_checkpoint(self) -> Path:
        checkpoint = self.needed.checkpoint()
        if checkpoint is None:
            raise FileNotFoundError(f'{self.needed.path} has no checkpoint')
        return checkpoint


def jobs_of(plan: Plan, out: Path) -> list[Job]:
    """The jobs of a plan, a run's seeds one after the other.

    Args:
        plan (Plan): what is to be run.
        out (Path): where to; each job gets ``out/<run>/<seed>``.

    Returns:
        list[Job]: in the order of the plan, so that what a job needs is before it.

    Raises:
        ValueError: naming plan and run whose config or option is not sound.
    """
    jobs: dict[Key, Job] = {}
    train = plan.command or (sys.executable, str(_TOOLS / 'train.py'))
    for run in plan.runs:
        cfg = _config(run, plan)
        for seed in run.seeds:
            key = _needed_key(run, seed, jobs)
            needed = jobs[key].folder if key else None
            content = dict(
                kind=run.kind,
                cfg=cfg.to_dict(),
                seed=seed,
                needed=needed and needed.fingerprint,
            )
            path = out.resolve() / run.name / str(seed)
            folder = RunFolder(path, run.kind, fingerprint(content), _last(cfg))
            jobs[run.name, seed] = Job(run, seed, cfg, folder, needed, key, train)
    return list(jobs.values())


def _needed_key(run: PlannedRun, seed: int, jobs: Mapping[Key, Job]) -> Key | None:
    """The needed run with the same seed, or with the only one that it has."""
    if run.needs is None:
        return None
    if (run.needs, seed) in jobs:
        return run.needs, seed
    return next(key for key in jobs if key[0] == run.needs)


def _config(run: PlannedRun, plan: Plan) -> Config:
    try:
        # Without the plugin, which takes seconds to import: only names are wanted.
        cfg = Config.fromfile(run.config, import_custom_modules=False)
        override(cfg, dict(run.options))
    except Exception as error:
        raise ValueError(
            f'{plan.file}: run {run.name!r}: key config: {run.config}: '
            f'{type(error).__name__}: {error}'
        ) from error
    return cfg


def _last(cfg: Config) -> str:
    """Name of the checkpoint that mmengine writes at the end."""
    loop = cfg.get('train_cfg') or {}
    if 'max_iters' in loop:
        return f'iter_{loop["max_iters"]}.pth'
    return f'epoch_{loop.get("max_epochs")}.pth'
