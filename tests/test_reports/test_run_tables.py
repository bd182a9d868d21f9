"""Tables of a run: which columns, and nothing where there was nothing to score."""

from projects.fashion_attr.reports.run_tables import (
    best_settings,
    pair_table,
    rows_table,
    score_tables,
)
from projects.fashion_attr.reports.tables import format_cell

PLAIN = ('AP', 'AP50', 'AP75', 'APs', 'APm', 'APl')


def scores(*names, value=0.5):
    return dict.fromkeys((*PLAIN, *names), value)


def test_the_parts_of_the_table():
    masked = [f'f1{name}' for name in PLAIN]
    own = scores(*masked, 'f1AP_constant', 'f1AP_over_AP')
    tables = score_tables(dict(segm=own, bbox=own))
    assert [table.name for table in tables] == [
        'scores-plain',
        'scores-masked',
        'scores-constant',
    ]
    heads = [[column.name for column in table.columns[1:]] for table in tables]
    assert heads == [list(PLAIN), masked, ['f1AP', 'constant', 'f1AP / AP']]
    assert [row[0] for row in tables[0].rows] == ['segm', 'bbox']


def test_a_model_without_attributes_has_one_part():
    (table,) = score_tables(dict(segm=scores()))
    assert [column.name for column in table.columns[1:]] == list(PLAIN)


def test_nothing_to_score_is_a_dash_and_a_count_is_whole():
    table = rows_table('x', [dict(category='hat', objects=1200, AP=-1, mean=2.5)])
    texts = [
        format_cell(value, column.kind)
        for value, column in zip(table.rows[0], table.columns, strict=True)
    ]
    assert texts == ['hat', '1,200', '–', '2.50']
    assert rows_table('x', []).rows == []


def test_the_best_settings_come_first():
    rows = [
        dict(attr_thr=a, score_thr=0.1, f1AP=f, AP=0.5)
        for a, f in ((0.1, 0.2), (0.2, 0.4), (0.3, 0.3))
    ]
    table = best_settings(rows, most=2)
    assert [row[:2] for row in table.rows] == [[0.4, 0.2], [0.3, 0.3]]
    assert [c.name for c in table.columns][1:3] == [
        'attribute threshold',
        'class threshold',
    ]


def test_pairs_are_text():
    table = pair_table('x', dict(seed=0, lr=None), ('setting', 'value'))
    assert table.rows == [['seed', '0'], ['lr', 'None']]
