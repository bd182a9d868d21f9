"""Puts the page of a run together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ...evaluation.functional.sweep import Sweep
from ...reports import run_figures, run_tables
from ...reports.figures import embed
from ...reports.page import render_page, write_page
from ...reports.run_pictures import PairArtist, RankedPicture, best_and_worst
from .analysis import Analysis, Missing, analyse, mean_score
from .summary import summarise
from .work_dir import Launch, WorkDir

_SAME = 1e-6  # of a score computed again


@dataclass
class Pictures:
    """Drawn pictures.

    Attributes:
        best: the best one first.
        worst: the worst one first.
        score_thr: garments from this score on are shown.
        left_out: why pictures could not be shown, one line each.
    """

    best: list[RankedPicture]
    worst: list[RankedPicture]
    score_thr: float
    left_out: list[str] = field(default_factory=list)


def write_run_report(
    work_dir: str | Path, out: str | Path | None = None, pictures: int = 4
) -> tuple[Path, list[str]]:
    """Write the report of a run.

    Args:
        work_dir (str | Path): of tools/train.py and tools/test.py.
        out (str | Path | None): the page; None is ``<work dir>/report.html``.
        pictures (int): how many of the best and of the worst.

    Returns:
        tuple[Path, list[str]]: the page, and what is missing in it, one line each.

    Raises:
        OSError: if there is no such work dir, or a file cannot be read or written.
        ValueError: if it holds no run, or naming the file that is not sound.
    """
    if pictures < 0:
        raise ValueError(f'pictures must not be below 0, got {pictures}')
    work = WorkDir(work_dir)
    content = dict(_training(work), **_scores(work), **_tested(work, pictures))
    content |= dict(
        title=f'Run: {work.path.resolve().name}',
        summary=run_tables.pair_table(
            'summary', summarise(work.config), ('setting', 'value')
        ),
        config=work.config.pretty_text,
        launches=_launches(work),
        environments=_environments(work),
    )
    out = Path(out or work.path / 'report.html')
    write_page(out, render_page('run.html', **content))
    gaps = [content['training_gap'], content['scores_gap'], content['tested_gap']]
    lines = dict.fromkeys(f'{gap.why}: {gap.command}' for gap in gaps if gap)
    return out, [*lines, *(content['pictures'].left_out if content['pictures'] else ())]


def _training(work: WorkDir) -> dict:
    """Curves of training and validation."""
    from ... import plugin

    curves = plugin.engine.hooks.loss_curves
    scalars = work.scalars
    names = curves.loss_names(scalars.train)
    found = dict(losses=None, validation=None, training_gap=None)
    if not names:
        found['training_gap'] = Missing('no training was logged here', _train(work))
        return found
    raw = {n: (scalars.train[n].steps, scalars.train[n].values) for n in names}
    smoothed = {n: (steps, curves.smooth(values)) for n, (steps, values) in raw.items()}
    found['losses'] = embed(run_figures.loss_curves(raw, smoothed), 'losses')
    scores = curves.score_names(scalars.val)
    series = {n: (scalars.val[n].steps, scalars.val[n].values) for n in scores}
    if any(len(steps) > 1 for steps, _ in series.values()):
        found['validation'] = embed(run_figures.score_curves(series), 'validation')
    return found


def _train(work: WorkDir) -> str:
    config = work.launches[-1].config_file
    return f'python tools/train.py {config} --work-dir {work.path}'


def _scores(work: WorkDir) -> dict:
    """The two-part table: of the test run, else of the last validation."""
    for suffix, name in (('', 'the test run'), ('_val', 'the last validation')):
        scores = work.scores(suffix) or {}
        scores = {t: scores[t] for t in ('segm', 'bbox') if t in scores}
        if scores:
            tables = run_tables.score_tables(scores)
            return dict(scores=tables, scores_of=name, scores_gap=None)
    gap = Missing(
        'neither a test run nor a validation left scores', work.test_command()
    )
    return dict(scores=[], scores_of='', scores_gap=gap)


def _tested(work: WorkDir, pictures: int) -> dict:
    """Everything that takes predictions."""
    names = ('sweep', 'settings', 'best', 'categories', 'attributes', 'costs')
    found = dict.fromkeys((*names, 'pictures', 'tested_gap', 'differs'))
    try:
        analysis = analyse(work)
    except Missing as gap:
        return found | dict(tested_gap=gap)
    found |= _taken_apart(work, analysis)
    if analysis.with_attributes:
        found |= _swept(analysis)
    return found | dict(pictures=_draw(analysis, pictures))


def _taken_apart(work: WorkDir, analysis: Analysis) -> dict:
    """By category, by attribute and by kind of error."""
    categories, attributes = [], None
    scores = ('AP', 'f1AP') if analysis.with_attributes else ('AP',)
    found: dict = dict(differs=None, costs=None)
    for iou_type in analysis.iou_types:
        parts = analysis.breakdown(iou_type)
        main = iou_type == analysis.main_type
        figure = run_figures.category_dots(parts.categories, scores) if main else None
        tables = [
            run_tables.rows_table(f'{name}-{iou_type}', _plain(rows, analysis), True)
            for name, rows in parts.tables().items()
            if name != 'attributes'
        ]
        if figure is not None:
            figure = embed(figure, f'categories-{iou_type}')
        categories.append(dict(name=iou_type, figure=figure, tables=tables))
        if main and analysis.with_attributes:
            attributes = run_tables.rows_table('attributes', parts.attributes, True)
        found['differs'] = found['differs'] or _difference(
            work, parts.categories, iou_type
        )
    if analysis.with_attributes:
        costs = {t: analysis.losses(t) for t in analysis.iou_types}
        found['costs'] = dict(
            figure=embed(run_figures.cost_bars(costs), 'costs'),
            tables={
                t: run_tables.rows_table(f'costs-{t}', c) for t, c in costs.items()
            },
        )
    return found | dict(categories=categories, attributes=attributes)


def _plain(rows: Sequence[dict], analysis: Analysis) -> list[dict]:
    """Rows without figures of attributes where the model names none."""
    if analysis.with_attributes:
        return list(rows)
    return [{k: v for k, v in row.items() if 'f1AP' not in k} for row in rows]


def _difference(work: WorkDir, rows: list[dict], iou_type: str) -> str | None:
    """Says where the predictions are not those of the table."""
    told = (work.scores() or {}).get(iou_type, {}).get('AP')
    again = mean_score(rows, 'AP')
    if told is None or abs(told - again) < _SAME:
        return None
    return (
        f'The predictions come to {iou_type} AP {again:.4f}, the table says '
        f'{told:.4f}: they are of another test run, or of other pictures.'
    )


def _swept(analysis: Analysis) -> dict:
    swept: Sweep = analysis.sweep(analysis.main_type)
    threshold = analysis.evaluator.get('attr_score_thr', 0.4)
    used = threshold if isinstance(threshold, float | int) else None
    figure = run_figures.threshold_map(
        *(swept.f1ap, list(swept.attr_thresholds), list(swept.score_thresholds)),
        (used, analysis.least_score),
    )
    return dict(
        sweep=embed(figure, 'thresholds'),
        settings=run_tables.best_settings(swept.rows()),
        best=dict(
            zip(('f1AP', 'attr_thr', 'score_thr'), swept.best, strict=True),
            iou_type=swept.iou_type,
            used=used if used is not None else 'those of a file or list',
            score_used=analysis.least_score,
        ),
    )


def _draw(analysis: Analysis, number: int) -> Pictures:
    ends = best_and_worst(analysis.ranking, number)
    artist = PairArtist(
        *(analysis.gt, analysis.predictions, analysis.files, analysis.score_thr)
    )
    drawn, left_out = [], []
    for pictures in ends:
        drawn.append([])
        for picture in pictures:
            try:
                drawn[-1].append(artist.draw(picture))
            except (OSError, ValueError) as error:
                left_out.append(str(error))
    return Pictures(*drawn, analysis.score_thr, left_out)


def _launches(work: WorkDir) -> list[dict]:
    """What was run here, the latest last, with the command that repeats it."""
    return [
        dict(
            stamp=_readable(launch.folder.name),
            mode=launch.mode or 'ended before its first step',
            command=launch.command(work.path),
            recorded=bool(launch.record),
            directory=launch.record.get('directory'),
        )
        for launch in work.launches
    ]


def _readable(stamp: str) -> str:
    """'20260102_030405' as '2026-01-02 03:04:05'."""
    day, time = stamp.split('_')
    return f'{day[:4]}-{day[4:6]}-{day[6:]} {time[:2]}:{time[2:4]}:{time[4:]}'


def _environments(work: WorkDir) -> dict:
    """Of the last training and the last test run; once where they are equal."""
    modes = [mode for mode in ('train', 'test') if work.last(mode)]
    launches: dict[str, Launch] = {m: work.last(m) for m in modes}
    if not launches:
        launches = {'run': work.launches[-1]}
    tables = {}
    for mode, launch in launches.items():
        if launch.environment not in [one.environment for one in list(tables.values())]:
            tables[mode] = launch
    return {
        ' and '.join(
            m for m in launches if launches[m].environment == own.environment
        ): (
            run_tables.pair_table(
                f'environment-{mode}', own.environment, ('what', 'which')
            )
        )
        for mode, own in tables.items()
    }
