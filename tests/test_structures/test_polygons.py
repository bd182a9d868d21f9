"""Polygons as lists and as arrays are judged alike."""

import numpy as np
import pytest

from projects.fashion_attr.structures.polygons import FARTHEST, check_polygon

NAN, INF = float('nan'), float('inf')


@pytest.mark.parametrize('kind', [list, np.array], ids=['list', 'array'])
@pytest.mark.parametrize(
    'polygon',
    [[], [1, 2, 3, 4, 5, 6], [-3.5, 0, 9, 9.25], [FARTHEST, -FARTHEST]],
    ids=['empty', 'whole', 'real', 'farthest'],
)
def test_sound(kind, polygon):
    check_polygon(kind(polygon), 'it')


@pytest.mark.parametrize('kind', [list, np.array], ids=['list', 'array'])
@pytest.mark.parametrize(
    'polygon, match',
    [
        ([1, 2, 3], 'it has a polygon of 3 numbers'),
        ([1, NAN], 'it has the polygon'),
        ([NAN, 1], 'it has the polygon'),
        ([INF, 1], 'it has the polygon'),
        ([1, -INF], 'it has the polygon'),
        ([FARTHEST + 1, 0], 'it has the polygon'),
        ([0, -FARTHEST - 1], 'it has the polygon'),
        (['1', '2'], 'it has the polygon'),
        ([[1, 2], [3, 4]], 'it has the polygon'),
        ([None, 1], 'it has the polygon'),
    ],
    ids=str,
)
def test_unsound(kind, polygon, match):
    with pytest.raises(ValueError, match=match):
        check_polygon(kind(polygon), 'it')
