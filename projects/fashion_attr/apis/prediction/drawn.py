"""Drawn pictures in a folder that mirrors those they are of."""

from pathlib import Path, PurePosixPath

import mmcv
import numpy as np

from ...datasets.whole_file import whole_file

DRAWN = 'pictures'


def write_drawn(image: np.ndarray, folder: Path, name: str) -> Path:
    """Write a drawn picture; it is whole or not there at all.

    Args:
        image (np.ndarray): (H, W, 3) uint8 RGB.
        folder (Path): it goes to ``pictures`` below.
        name (str): of the picture it shows; 'a/x.png' becomes 'a/x.png.jpg', so that
            a JPEG of the same stem keeps its own.

    Returns:
        Path: of the file.
    """
    path = drawn_path(folder, name)
    with whole_file(path) as half:
        mmcv.imwrite(image[..., ::-1], str(half))
    return path


def drawn_path(folder: Path, name: str) -> Path:
    """Where a picture's drawing goes, always below ``folder``."""
    given = PurePosixPath(name)
    parts = [part for part in given.parts if part != given.anchor]
    inside = Path(folder, DRAWN, *('_' if part == '..' else part for part in parts))
    if inside.suffix.lower() in ('.jpg', '.jpeg'):
        return inside
    return inside.with_name(f'{inside.name}.jpg')
