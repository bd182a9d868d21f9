"""The scalars of a run, read from mmengine's logs, and a picture of its losses."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Not losses and not scores: what mmengine's logger writes beside them.
_BOOKKEEPING = {'step', 'iter', 'epoch', 'time', 'data_time', 'memory', 'eta'}
# The paper's Fig. 9 shows these, in this order; other parts follow by name.
_LOSS_ORDER = (
    'loss',
    'loss_rpn_cls',
    'loss_rpn_bbox',
    'loss_cls',
    'loss_bbox',
    'loss_mask',
    'loss_attr',
)
_RAW_ALPHA = 0.25
# 'segm/AP', 'segm_f1AP', 'coco/segm_mAP'; not 'AP50' nor 'f1AP_over_AP'.
_MAIN_SCORE = re.compile(r'(?<!_over)(?:^|[/_])(?:f1|m)?AP$')


@dataclass
class Curve:
    """(S,) iterations, rising, and the (S,) values logged at them."""

    steps: np.ndarray
    values: np.ndarray


@dataclass
class RunScalars:
    """What was logged in a work dir.

    Attributes:
        train: curves of training, by name (loss, loss_cls, lr, grad_norm, ...).
        val: curves of validation, by name, also against training iterations.
        num_files: how many scalars.json were found.
        num_broken: lines passed over, as a killed run leaves a half line behind.
    """

    train: dict[str, Curve] = field(default_factory=dict)
    val: dict[str, Curve] = field(default_factory=dict)
    num_files: int = 0
    num_broken: int = 0


def read_scalars(work_dir: str | Path) -> RunScalars:
    """Join the ``<timestamp>/vis_data/scalars.json`` of all runs in a work dir.

    A resumed run replaces what earlier runs logged from its first step on, so that
    iterations lost with a crash are not shown twice.

    Args:
        work_dir (str | Path): of the runs; timestamps sort in their order.

    Returns:
        RunScalars: empty where there is no log.

    Raises:
        OSError: if a log cannot be read.
    """
    scalars = RunScalars()
    train: list[dict] = []
    val: list[dict] = []
    for path in sorted(Path(work_dir).glob('*/vis_data/scalars.json')):
        lines, broken = _read_lines(path)
        scalars.num_files += 1
        scalars.num_broken += broken
        # Only training logs a learning rate or a loss with its iteration.
        train = _supersede(train, [line for line in lines if 'iter' in line])
        val = _supersede(val, [line for line in lines if 'iter' not in line])
    scalars.train = _curves((line['step'], line) for line in train)
    ends = _epoch_ends(train)
    scalars.val = _curves((_iteration_of(line['step'], ends), line) for line in val)
    return scalars


def _read_lines(path: Path) -> tuple[list[dict], int]:
    """The JSON objects of a file with a step, and how many lines are none."""
    lines, broken = [], 0
    for text in path.read_text(encoding='utf-8', errors='replace').splitlines():
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except json.JSONDecodeError:
            line = None
        if isinstance(line, dict) and isinstance(line.get('step'), int):
            lines.append(line)
        else:
            broken += 1
    return lines, broken


def _supersede(earlier: list[dict], later: list[dict]) -> list[dict]:
    """Earlier lines up to the first step of the later ones, then those."""
    if not later:
        return earlier
    first = min(line['step'] for line in later)
    return [line for line in earlier if line['step'] < first] + later


def _epoch_ends(train: Iterable[dict]) -> dict[int, int]:
    """The last iteration logged of each epoch, 0 before the first.

    Runs that count by iteration have no epochs in their lines.
    """
    ends: dict[int, int] = {0: 0}
    for line in train:
        if 'epoch' in line:
            ends[line['epoch']] = max(line['step'], ends.get(line['epoch'], 0))
    return ends


def _iteration_of(step: int, ends: dict[int, int]) -> int:
    """The iteration of a validation, which an epoch-based run counts by epoch."""
    if step > max(ends):
        return step
    return round(float(np.interp(step, sorted(ends), sorted(ends.values()))))


def _curves(steps_and_lines: Iterable[tuple[int, dict]]) -> dict[str, Curve]:
    points: dict[str, dict[int, float]] = {}
    for step, line in steps_and_lines:
        for key, value in line.items():
            name = key.removeprefix('train/').removeprefix('val/')
            if name not in _BOOKKEEPING and isinstance(value, int | float):
                points.setdefault(name, {})[step] = float(value)
    return {
        name: Curve(np.array(sorted(p)), np.array([p[s] for s in sorted(p)]))
        for name, p in points.items()
    }


def smooth(values: np.ndarray, sigma: float | None = None) -> np.ndarray:
    """Mean under a Gaussian around each value: unlike a running mean, without lag.

    Args:
        values (np.ndarray): (S,); what is not finite is passed over.
        sigma (float, optional): in values; a hundredth of them by default.

    Returns:
        np.ndarray: (S,), NaN where no finite value is near.
    """
    sigma = max(1.0, len(values) / 100) if sigma is None else sigma
    radius = int(3 * sigma)
    window = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    finite = np.isfinite(values)
    sums = np.convolve(np.where(finite, values, 0.0), window)
    weights = np.convolve(finite.astype(float), window)
    with np.errstate(invalid='ignore', divide='ignore'):
        mean = np.where(weights > 1e-9, sums / weights, np.nan)
    return mean[radius : radius + len(values)]


def loss_names(train: Iterable[str]) -> list[str]:
    """The losses among the curves' names, the total and the paper's parts first."""
    losses = [name for name in train if name.startswith('loss')]
    first = [name for name in _LOSS_ORDER if name in losses]
    return first + sorted(set(losses) - set(first))


def draw_loss_curves(scalars: RunScalars, out_file: str | Path) -> None:
    """Draw losses, and scores of validation if any, against iterations.

    Args:
        scalars (RunScalars): see ``read_scalars``.
        out_file (str | Path): a picture; its suffix tells the format. Its folder is
            made where absent.

    Raises:
        ValueError: if no loss was logged or the suffix names no format.
        OSError: if the file cannot be written.
    """
    out_file = Path(out_file)
    formats = FigureCanvasAgg.get_supported_filetypes()
    if out_file.suffix[1:].lower() not in formats:
        raise ValueError(f'{out_file} must end in one of {sorted(formats)}')
    losses = loss_names(scalars.train)
    if not losses:
        raise ValueError('no loss to draw: no training step was logged')
    scores = score_names(scalars.val)
    # A figure of its own: pyplot's global state belongs to the caller.
    figure = Figure(figsize=(10, 9 if scores else 6), dpi=120, layout='constrained')
    FigureCanvasAgg(figure)
    ratios = [2, 1] if scores else [1]
    panels = figure.subplots(len(ratios), 1, sharex=True, height_ratios=ratios)
    panels = np.atleast_1d(panels)
    _draw_losses(panels[0], scalars.train, losses)
    if scores:
        _draw_scores(panels[1], scalars.val, scores)
    panels[-1].set_xlabel('iteration')
    out_file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out_file)


def score_names(val: dict[str, Curve]) -> list[str]:
    """The main scores, AP and f1AP over all thresholds, else whatever there is.

    Args:
        val (dict[str, Curve]): of validation, by name.

    Returns:
        list[str]: eight names at most, losses left out.
    """
    names = sorted(n for n in val if not n.rpartition('/')[2].startswith('loss'))
    return ([n for n in names if _MAIN_SCORE.search(n)] or names)[:8]


def _draw_losses(axes: Axes, train: dict[str, Curve], names: Sequence[str]) -> None:
    for i, name in enumerate(names):
        curve, color = train[name], f'C{i % 10}'
        wide = 2.2 if name == 'loss' else 1.6
        axes.plot(curve.steps, curve.values, color=color, alpha=_RAW_ALPHA, lw=0.8)
        label = 'loss (total)' if name == 'loss' else name
        axes.plot(curve.steps, smooth(curve.values), color=color, lw=wide, label=label)
    axes.set_ylabel('loss')
    axes.set_ylim(bottom=0)
    axes.set_title('Training losses: as logged (faint) and smoothed')
    _finish(axes)


def _draw_scores(axes: Axes, val: dict[str, Curve], names: Sequence[str]) -> None:
    for i, name in enumerate(names):
        curve = val[name]
        # COCO says -1 where there was nothing to score.
        values = np.where(curve.values < 0, np.nan, curve.values)
        axes.plot(curve.steps, values, 'o-', color=f'C{i % 10}', ms=4, label=name)
    axes.set_ylabel('score')
    axes.set_ylim(bottom=0)
    axes.set_title('Validation')
    _finish(axes)


def _finish(axes: Axes) -> None:
    axes.grid(alpha=0.3)
    axes.legend(loc='center left', bbox_to_anchor=(1.01, 0.5), frameon=False)
    axes.spines[['top', 'right']].set_visible(False)
