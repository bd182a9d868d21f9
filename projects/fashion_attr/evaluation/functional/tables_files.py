"""The tables that take a score apart, as text and files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from .breakdown import break_down
from .ground_truth import GroundTruth
from .losses import lost_points
from .markdown import markdown_table
from .predictions import Predictions
from .reading import write_csv, write_json

Tables = Mapping[str, Sequence[dict]]


def all_tables(
    gt: GroundTruth,
    predictions: Predictions,
    iou_type: str,
    score_thr: float = 0.0,
    constant: Mapping[int, Sequence[int]] | None = None,
) -> Tables:
    """Scores by category, supercategory and attribute, and what each error costs.

    Args:
        gt (GroundTruth): ground truth.
        predictions (Predictions): detections.
        iou_type (str): ``'segm'`` or ``'bbox'``.
        score_thr (float): least score of a detection that counts.
        constant (Mapping | None): the constant predictor, see ``evaluate_coco_f1``.

    Returns:
        Tables: ``categories``, ``supercategories``, ``attributes`` and ``losses``,
        lists of rows.
    """
    parts = break_down(gt, predictions, iou_type, score_thr, constant=constant)
    tables = parts.tables()
    return tables | dict(losses=lost_points(gt, predictions, iou_type, score_thr))


def format_tables(tables: Tables, iou_type: str, most: int | None = None) -> str:
    """Tables as Markdown.

    Args:
        tables (Tables): lists of rows by name.
        iou_type (str): whose tables they are.
        most (int | None): of a longer table, show its first and last rows, this
            many together; None shows all.

    Returns:
        str: lines without a newline at the end.
    """
    parts = []
    for name, rows in tables.items():
        shown, note = list(rows), ''
        if most is not None and len(rows) > most:
            first, last = (most + 1) // 2, most // 2
            shown = [*rows[:first], *rows[len(rows) - last :]]
            note = f', the first {first} and the last {last} of {len(rows)}'
        parts.append(f'### {iou_type} {name}{note}\n\n{markdown_table(shown)}')
    return '\n\n'.join(parts)


def write_tables(tables: Tables, iou_type: str, folder: str | Path) -> list[Path]:
    """Write all rows at full precision.

    Args:
        tables (Tables): lists of rows by name.
        iou_type (str): whose tables they are.
        folder (str | Path): where to; it is made.

    Returns:
        list[Path]: ``tables_<iou_type>.md`` and ``.json``, and a CSV a table.

    Raises:
        OSError: if a file cannot be written.
    """
    folder = Path(folder)
    paths = [folder / f'tables_{iou_type}.{suffix}' for suffix in ('md', 'json')]
    write_json(dict(tables), paths[1])
    paths[0].write_text(format_tables(tables, iou_type) + '\n')
    for name, rows in tables.items():
        paths.append(folder / f'{name}_{iou_type}.csv')
        write_csv(list(rows), paths[-1])
    return paths
