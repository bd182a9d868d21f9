import pytest

from projects.fashion_attr.evaluation.functional.table import f1_over_ap, format_scores

SCORES = dict(AP=0.40049, AP50=0.5, AP75=0.3, APs=-1, APm=0.2, APl=1)
SCORES |= {
    f'f1{name}': value / 2 if value >= 0 else -1 for name, value in SCORES.items()
}

EXPECTED = """\
|      |    AP |  AP50 |  AP75 |   APs |   APm |   APl |
| ---- | ----- | ----- | ----- | ----- | ----- | ----- |
| segm | 0.400 | 0.500 | 0.300 |     - | 0.200 | 1.000 |

|      |  f1AP | f1AP50 | f1AP75 | f1APs | f1APm | f1APl |
| ---- | ----- | ------ | ------ | ----- | ----- | ----- |
| segm | 0.200 |  0.250 |  0.150 |     - | 0.100 | 0.500 |
"""
WITHOUT = """
|      |  f1AP | f1AP / AP |
| ---- | ----- | --------- |
| segm | 0.200 |     0.500 |"""
WITH = """
|      |  f1AP | constant | f1AP / AP |
| ---- | ----- | -------- | --------- |
| segm | 0.200 |    0.125 |     0.500 |"""


@pytest.mark.parametrize(
    ('more', 'last'), [({}, WITHOUT), (dict(f1AP_constant=0.125), WITH)]
)
def test_table(more, last):
    assert format_scores(dict(segm=SCORES | more)) == EXPECTED + last


@pytest.mark.parametrize(
    ('ap', 'f1ap', 'ratio'), [(0.5, 0.25, 0.5), (0, 0, -1), (-1, -1, -1)]
)
def test_ratio(ap, f1ap, ratio):
    assert f1_over_ap(dict(AP=ap, f1AP=f1ap)) == ratio
