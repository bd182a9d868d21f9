"""Pictures side by side."""

import numpy as np

from projects.fashion_attr.visualization.panel import PAGE
from projects.fashion_attr.visualization.side_by_side import side_by_side


def test_pictures_of_any_size_keep_their_pixels():
    red, blue = np.zeros((40, 60, 3), np.uint8), np.zeros((90, 30, 3), np.uint8)
    red[:], blue[:] = (200, 0, 0), (0, 0, 200)
    page = side_by_side([red, blue], ['first', 'a caption far too long'], font_size=10)
    bar = page.shape[0] - 90
    assert page.shape[1] == 60 + 20 + 30
    assert np.array_equal(page[bar : bar + 40, :60], red)
    assert np.array_equal(page[bar:, 80:], blue)
    assert (page[bar + 40 :, :60] == PAGE).all()
    # Captions stand above their own picture and nowhere else.
    written = (page[:bar] != PAGE).any(axis=(0, 2))
    assert written[:60].any() and written[80:].any() and not written[60:80].any()
