"""A sweep as table and picture."""

from pathlib import Path

import numpy as np

from .markdown import markdown_table
from .reading import write_csv, write_json
from .sweep import Sweep


def write_sweep(swept: Sweep, folder: str | Path) -> list[Path]:
    """Write Markdown, CSV, JSON and a heat map.

    Args:
        swept (Sweep): the grid.
        folder (str | Path): where to; it is made.

    Returns:
        list[Path]: ``sweep_<iou_type>.md``, ``.csv``, ``.json`` and ``.png``.

    Raises:
        OSError: if a file cannot be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    suffixes = ('md', 'csv', 'json', 'png')
    paths = [folder / f'sweep_{swept.iou_type}.{suffix}' for suffix in suffixes]
    paths[0].write_text(format_sweep(swept) + '\n')
    write_csv(swept.rows(), paths[1])
    score, attr_thr, score_thr = swept.best
    best = dict(f1AP=score, attr_thr=attr_thr, score_thr=score_thr)
    figures = dict(iou_type=swept.iou_type, best=best, settings=swept.rows())
    write_json(figures, paths[2])
    draw_sweep(swept, paths[3])
    return paths


def format_sweep(swept: Sweep) -> str:
    """The grid as a Markdown table, and its best setting.

    Args:
        swept (Sweep): the grid.

    Returns:
        str: lines without a newline at the end.
    """
    score, attr_thr, score_thr = swept.best
    best = (
        f'Best {swept.iou_type} f1AP {score:.3f} at attribute threshold {attr_thr:g}, '
        f'class threshold {score_thr:g}.'
    )
    return f'{markdown_table(swept.grid())}\n\n{best}'


def draw_sweep(swept: Sweep, path: str | Path) -> None:
    """Draw the grid as a heat map with its figures, the best one framed.

    Args:
        swept (Sweep): the grid.
        path (str | Path): picture, of a format that matplotlib knows.

    Raises:
        OSError: if the file cannot be written.
        ValueError: if matplotlib does not know the format.
    """
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

    rows, columns = swept.f1ap.shape
    figure = Figure(figsize=(2 + 0.6 * columns, 1.6 + 0.32 * rows), dpi=120)
    axes = figure.subplots()
    image = axes.imshow(swept.f1ap, aspect='auto', origin='lower', cmap='viridis')
    axes.set_xticks(range(columns), [f'{t:g}' for t in swept.score_thresholds])
    axes.set_yticks(range(rows), [f'{t:g}' for t in swept.attr_thresholds])
    axes.set(xlabel='class threshold', ylabel='attribute threshold')
    axes.set_title(f'{swept.iou_type} f1AP')
    figure.colorbar(image)
    middle = (swept.f1ap.min() + swept.f1ap.max()) / 2
    for (row, column), value in np.ndenumerate(swept.f1ap):
        colour = 'white' if value < middle else 'black'
        style = dict(ha='center', va='center', fontsize=7, color=colour)
        axes.text(column, row, f'{value:.3f}'.removeprefix('0'), **style)
    row, column = np.unravel_index(np.argmax(swept.f1ap), swept.f1ap.shape)
    corner = (column - 0.5, row - 0.5)
    axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor='red', lw=2))
    figure.tight_layout()
    figure.savefig(path)
