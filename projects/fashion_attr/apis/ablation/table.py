"""The result table of a plan: Markdown to read, CSV to go on with."""

from collections.abc import Sequence
from pathlib import Path

from ...datasets.annotations import atomic_writer
from ...evaluation.functional.markdown import markdown_table
from ...evaluation.functional.reading import write_csv
from .plan import Plan
from .results import IOU_TYPES, SCORES, Figure, RunResult

HEADS = dict(f1AP_over_AP='f1AP / AP', f1AP_constant='constant')


def write_tables(plan: Plan, results: Sequence[RunResult], out: Path) -> list[Path]:
    """Write ``table.md``, ``table.csv`` and ``seeds.csv``.

    Args:
        plan (Plan): what was run.
        results (Sequence[RunResult]): of its runs.
        out (Path): folder.

    Returns:
        list[Path]: the files.

    Raises:
        OSError: if one cannot be written.
    """
    paths = [out / name for name in ('table.md', 'table.csv', 'seeds.csv')]
    with atomic_writer(paths[0]) as file:
        file.write(format_results(plan, results))
    write_csv(rows_of_runs(results), paths[1])
    write_csv(rows_of_seeds(results), paths[2])
    return paths


def format_results(plan: Plan, results: Sequence[RunResult]) -> str:
    """The table as Markdown, one for each IoU type.

    Args:
        plan (Plan): what was run.
        results (Sequence[RunResult]): of its runs.

    Returns:
        str: means over seeds with the lowest and the highest; 'x' is the quotient of
        f1AP / AP and the baseline's. A dash where there is nothing.
    """
    parts = [f'# {plan.title}']
    for iou_type in IOU_TYPES:
        rows = [_shown(result, results, iou_type) for result in results]
        parts += [f'## {iou_type}', markdown_table(rows)]
    parts += _notes(results)
    return '\n\n'.join(parts) + '\n'


def _shown(result: RunResult, results: Sequence[RunResult], iou_type: str) -> dict:
    baseline = baseline_of(result, results)
    gain = baseline and result.gain(baseline, iou_type, main_score(result, iou_type))
    times = baseline and result.times(baseline, iou_type, 'f1AP_over_AP')
    row = dict(group=result.run.group, run=result.run.name, seeds=seeds_text(result))
    for name in SCORES:
        row[HEADS.get(name, name)] = spread_text(result.figure(iou_type, name))
    row['gain'] = spread_text(gain, '+.3f')
    row['x'] = f'{times:.2f}' if times else '-'
    row['over'] = baseline.run.name if baseline else ''
    count, minutes = result.parameters, minutes_of(result)
    row['parameters'] = f'{count:,}' if count else '-'
    row['minutes'] = f'{minutes.mean:.1f}' if minutes else '-'
    return row


def _notes(results: Sequence[RunResult]) -> list[str]:
    lines = [f'- {r.run.name}: {r.run.note}' for r in results if r.run.note]
    for result in results:
        for seed in result.seeds:
            best = seed.scores.get('segm', {})
            if 'attr_thr' in best:
                lines.append(
                    f'- {result.run.name}, seed {seed.seed}: best segm f1AP at '
                    f'attribute threshold {best["attr_thr"]:g}, class threshold '
                    f'{best["score_thr"]:g}'
                )
    return ['\n'.join(lines)] if lines else []


def baseline_of(result: RunResult, results: Sequence[RunResult]) -> RunResult | None:
    """The run that the gain of another one is counted from, if it has any."""
    named = {other.run.name: other for other in results}
    return named.get(result.run.baseline)


def main_score(result: RunResult, iou_type: str) -> str:
    """'f1AP', or 'AP' of a model without attributes."""
    return 'f1AP' if result.figure(iou_type, 'f1AP') else 'AP'


def minutes_of(result: RunResult) -> Figure | None:
    """Training time over seeds."""
    seconds = [s.seconds for s in result.seeds if s.seconds is not None]
    return Figure(tuple(s / 60 for s in seconds)) if seconds else None


def seeds_text(result: RunResult) -> str:
    """How many seeds are done, and what became of the others."""
    others = [s for s in result.states.values() if s != 'done']
    total = f'{len(result.seeds)}/{len(result.states)}'
    return f'{total}, {others[0]}' if others else str(len(result.seeds))


def spread_text(figure: Figure | None, style: str = '.3f') -> str:
    """The mean, and lowest to highest where there are several."""
    if figure is None:
        return '-'
    mean = f'{figure.mean:{style}}'
    if len(figure.values) == 1:
        return mean
    return f'{mean} ({min(figure.values):{style}}..{max(figure.values):{style}})'


def rows_of_runs(results: Sequence[RunResult]) -> list[dict]:
    """A row for each run at full precision, empty where there is nothing.

    Args:
        results (Sequence[RunResult]): of a plan.

    Returns:
        list[dict]: mean, min, max and std of each score.
    """
    return [_row(result, results) for result in results]


def _row(result: RunResult, results: Sequence[RunResult]) -> dict:
    run, baseline = result.run, baseline_of(result, results)
    minutes = minutes_of(result)
    row = dict(group=run.group, run=run.name, config=run.config, note=run.note)
    row |= dict(seeds=len(result.seeds), parameters=result.parameters)
    row |= dict(minutes=minutes and minutes.mean, baseline=run.baseline)
    for iou_type in IOU_TYPES:
        for name in SCORES:
            row |= _statistics(f'{iou_type}_{name}', result.figure(iou_type, name))
        name = main_score(result, iou_type)
        gain = baseline and result.gain(baseline, iou_type, name)
        row |= _statistics(f'{iou_type}_gain', gain)
        times = baseline and result.times(baseline, iou_type, 'f1AP_over_AP')
        row[f'{iou_type}_f1AP_over_AP_times'] = times
    return row


def _statistics(name: str, figure: Figure | None) -> dict[str, float | None]:
    if figure is None:
        return dict.fromkeys([name, f'{name}_min', f'{name}_max', f'{name}_std'])
    return {
        name: figure.mean,
        f'{name}_min': min(figure.values),
        f'{name}_max': max(figure.values),
        f'{name}_std': figure.std,
    }


def rows_of_seeds(results: Sequence[RunResult]) -> list[dict]:
    """A row for each finished run and seed, with all of its scores.

    Args:
        results (Sequence[RunResult]): of a plan.

    Returns:
        list[dict]: empty cells where another run has a score that this one lacks.
    """
    rows = [
        dict(group=result.run.group, run=result.run.name, seed=seed.seed)
        | {
            f'{iou_type}_{name}': value
            for iou_type, scores in seed.scores.items()
            for name, value in scores.items()
        }
        | dict(seconds=seed.seconds)
        for result in results
        for seed in result.seeds
    ]
    keys = dict.fromkeys(key for row in rows for key in row)
    return [{key: row.get(key) for key in keys} for row in rows]
