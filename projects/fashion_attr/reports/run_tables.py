"""Tables of a run: scores as the paper prints them, and what they are made of."""

from collections.abc import Mapping, Sequence

from ..evaluation.functional.table import CONSTANT, MASKED, PLAIN
from .tables import Column, Table

_NOTHING = -1  # what a metric says where there is nothing to score
_HINTS = dict(
    f1AP='AP where the attributes have to fit too',
    f1AP_constant='f1AP if each detection had the commonest attributes of its class',
    f1AP_over_AP='what is left of AP once attributes have to fit',
    found='objects that have it and were found, whatever was said of them',
    predicted='detections that found an object with attributes and name it',
)
_HEADS = dict(f1AP_constant='constant', f1AP_over_AP='f1AP / AP')
_COUNTS = {'objects', 'detections', 'categories', 'found', 'predicted', 'at .50'}
_TEXTS = {'category', 'supercategory', 'attribute', 'error', ''}


def score_tables(scores: Mapping[str, Mapping[str, float]]) -> list[Table]:
    """The paper's table in its parts: AP, f1AP, and f1AP beside the constant.

    Args:
        scores (Mapping): by IoU type and name, as F1SegmMetric calls them.

    Returns:
        list[Table]: one of a model without attributes.
    """
    parts = dict(plain=PLAIN, masked=MASKED, constant=CONSTANT)
    tables = []
    for name, columns in parts.items():
        columns = [c for c in columns if all(c in own for own in scores.values())]
        if columns and (name == 'plain' or 'f1AP' in columns):
            rows = [
                {'': iou_type} | {column: own[column] for column in columns}
                for iou_type, own in scores.items()
            ]
            tables.append(rows_table(f'scores-{name}', rows))
    return tables


def rows_table(name: str, rows: Sequence[Mapping], filter: bool = False) -> Table:
    """Rows of the same keys, as the evaluation gives them.

    Args:
        name (str): unique on the page.
        rows (Sequence[Mapping]): the first one's keys are the headings.
        filter (bool): whether rows can be filtered by their text.

    Returns:
        Table: scores of -1, which say that there was nothing to score, as None.
    """
    heads = list(rows[0]) if rows else []
    columns = [Column(_HEADS.get(h, h), _kind(h), _HINTS.get(h, '')) for h in heads]
    values = [[_value(row[head], head) for head in heads] for row in rows]
    return Table(name, columns, values, filter)


def _kind(head: str) -> str:
    if head in _TEXTS:
        return 'text'
    if head in _COUNTS:
        return 'count'
    return 'number' if head == 'mean' else 'score'


def _value(value, head: str):
    return None if _kind(head) == 'score' and value == _NOTHING else value


def best_settings(rows: Sequence[Mapping], most: int = 10) -> Table:
    """The settings of a sweep with the highest f1AP.

    Args:
        rows (Sequence[Mapping]): of ``Sweep.rows``.
        most (int): of them.

    Returns:
        Table: the best first.
    """
    best = sorted(rows, key=lambda row: -row['f1AP'])[:most]
    order = ('f1AP', 'attr_thr', 'score_thr', 'AP', 'f1AP_constant')
    heads = dict(attr_thr='attribute threshold', score_thr='class threshold')
    rows = [{heads.get(k, k): row[k] for k in order if k in row} for row in best]
    table = rows_table('settings', rows)
    columns = [
        Column(c.name, 'number' if 'threshold' in c.name else c.kind, c.hint)
        for c in table.columns
    ]
    return Table('settings', columns, table.rows)


def pair_table(name: str, pairs: Mapping[str, object], heads: tuple[str, str]) -> Table:
    """Names and what stands for them.

    Args:
        name (str): unique on the page.
        pairs (Mapping[str, object]): rows.
        heads (tuple[str, str]): headings.

    Returns:
        Table: as text.
    """
    rows = [[key, str(value)] for key, value in pairs.items()]
    return Table(name, [Column(head, 'text') for head in heads], rows)
