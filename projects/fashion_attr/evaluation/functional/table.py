"""Scores as the paper prints them: with and without F1, and the constant beside."""

from collections.abc import Mapping, Sequence

PLAIN = ('AP', 'AP50', 'AP75', 'APs', 'APm', 'APl')
MASKED = tuple(f'f1{name}' for name in PLAIN)
CONSTANT = ('f1AP', 'f1AP_constant', 'f1AP_over_AP')
_HEADINGS = {'f1AP_constant': 'constant', 'f1AP_over_AP': 'f1AP / AP'}


def f1_over_ap(scores: Mapping[str, float]) -> float:
    """f1AP / AP: the part of AP that is left once attributes have to fit.

    Args:
        scores (Mapping[str, float]): one IoU type's ``AP`` and ``f1AP``.

    Returns:
        float: in [0, 1]; -1 where AP is not positive, so that there is no ratio.
    """
    return scores['f1AP'] / scores['AP'] if scores['AP'] > 0 else -1.0


def format_scores(result: Mapping[str, Mapping[str, float]]) -> str:
    """Lay out the scores of ``evaluate_coco_f1`` as Markdown tables.

    Args:
        result (Mapping): IoU type to scores.

    Returns:
        str: AP; f1AP; and f1AP beside the constant predictor's, where that was
        evaluated, and as a share of AP. Three decimals; ``-`` where there was
        nothing to find. AP alone where the scores are of a model without attributes.
    """
    if not any('f1AP' in scores for scores in result.values()):
        return _table(result, PLAIN)
    rows = {
        iou_type: dict(scores, f1AP_over_AP=f1_over_ap(scores))
        for iou_type, scores in result.items()
    }
    last = [key for key in CONSTANT if all(key in row for row in rows.values())]
    return '\n\n'.join(_table(rows, columns) for columns in (PLAIN, MASKED, last))


def _table(rows: Mapping[str, Mapping[str, float]], columns: Sequence[str]) -> str:
    heads = [_HEADINGS.get(column, column) for column in columns]
    widths = [max(len(head), 5) for head in heads]
    lines = [
        _line('', heads, widths),
        _line('-' * 4, ['-' * w for w in widths], widths),
    ]
    for name, row in rows.items():
        lines.append(_line(name, [_cell(row[column]) for column in columns], widths))
    return '\n'.join(lines)


def _line(name: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.rjust(w) for cell, w in zip(cells, widths, strict=True)]
    return f'| {name:<4} | ' + ' | '.join(padded) + ' |'


def _cell(value: float) -> str:
    return '-' if value < 0 else f'{value:.3f}'
