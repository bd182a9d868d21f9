"""Values as a page shows them."""

import pytest

from projects.fashion_attr.reports.tables import format_cell


@pytest.mark.parametrize(
    'value, kind, expected',
    [
        ('shirt, blouse', 'text', 'shirt, blouse'),
        (333401, 'count', '333,401'),
        (0.354, 'share', '35.4 %'),
        (0.02, 'share', '2.0 %'),
        (0.00012, 'share', '0.012 %'),
        (0.0994, 'share', '9.9 %'),
        (0.0996, 'share', '10.0 %'),
        (0.0, 'share', '0.0 %'),
        (1.0, 'share', '100.0 %'),
        (1234.567, 'number', '1,234.57'),
        (-0.08451, 'score', '-0.085'),
        (None, 'count', '–'),
        (float('nan'), 'number', '–'),
    ],
)
def test_cell(value, kind, expected):
    assert format_cell(value, kind) == expected


def test_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind should be .*, got 'percent'"):
        format_cell(0.5, 'percent')
