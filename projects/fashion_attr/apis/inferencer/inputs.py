"""Pictures by name, from paths, folders, arrays, or a list of those."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SUFFIXES = (
    '.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.bmp', '.dib', '.webp', '.tif', '.tiff',
    '.ppm', '.pgm', '.pbm', '.pnm', '.jp2', '.gif', '.apng', '.mpo', '.avif',
    # Not to be read here, but to be named: nobody sees what is left out in silence.
    '.heic', '.heif',
)  # fmt: skip

Source = str | Path | np.ndarray
Inputs = Source | Sequence[Source]


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture to look at.

    Attributes:
        name: unlike any other's: its path below the folder where one folder was
            given, else the path as it was given; 'array 0' and so on for arrays.
        source: path, or (H, W, 3) uint8 BGR.
    """

    name: str
    source: str | np.ndarray


def list_pictures(inputs: Inputs) -> list[Picture]:
    """Find the pictures that are meant.

    Args:
        inputs (Inputs): a picture's path, a folder with pictures at any depth, known
            by their suffixes in small letters or capitals, an array (H, W, 3) uint8
            BGR, or a list of those.

    Returns:
        list[Picture]: in the order given, those of a folder by name; each file once.

    Raises:
        FileNotFoundError: if there is no such file or folder.
        TypeError: if an input is neither path nor array.
        ValueError: if it is a URL, an array of another form, a folder without
            pictures, or if there is no input at all.
    """
    one = isinstance(inputs, str | Path | np.ndarray)
    sources = [inputs] if one else _as_list(inputs)
    if not sources:
        raise ValueError('no picture given: the list is empty')
    pictures, seen = [], set()
    for n, source in enumerate(sources):
        for picture in _find(source, n, alone=len(sources) == 1):
            if isinstance(picture.source, str):
                place = os.path.realpath(picture.source)
                if place in seen:
                    continue
                seen.add(place)
            pictures.append(picture)
    return pictures


def _as_list(inputs: Inputs) -> list[Source]:
    if not isinstance(inputs, list | tuple):
        raise TypeError(
            'pictures are a path, a folder, an array (H, W, 3) or a list of those, '
            f'got {type(inputs).__name__}'
        )
    return list(inputs)


def _find(source: Source, number: int, alone: bool) -> Iterator[Picture]:
    if isinstance(source, np.ndarray):
        yield Picture(f'array {number}', _checked(source, f'array {number}'))
        return
    if not isinstance(source, str | Path):
        raise TypeError(
            f'input {number} is a {type(source).__name__}, neither path nor array'
        )
    if '://' in str(source):
        raise ValueError(f'{source} is a URL: download the picture, and give its path')
    if not os.path.exists(source):
        raise FileNotFoundError(f'there is no picture or folder {source}')
    if not os.path.isdir(source):
        yield Picture(Path(source).as_posix(), str(source))
        return
    paths = sorted(walk_pictures(source))
    if not paths:
        raise ValueError(
            f'{source} has no pictures: none of its files ends in {", ".join(SUFFIXES)}'
        )
    for path in paths:
        name = os.path.relpath(path, source) if alone else path
        yield Picture(Path(name).as_posix(), path)


def walk_pictures(folder: str | Path) -> Iterator[str]:
    """Find the pictures below a folder, one by one.

    Args:
        folder (str | Path): links in it are followed, but not round in circles.

    Yields:
        str: paths, those of one folder together and by name.
    """
    seen: set[str] = set()
    for place, folders, files in os.walk(folder, followlinks=True):
        if os.path.realpath(place) in seen:
            folders.clear()
            continue
        seen.add(os.path.realpath(place))
        folders.sort()
        for file in sorted(files):
            if is_picture(file):
                yield os.path.join(place, file)


def is_picture(name: str) -> bool:
    """Whether a file is a picture by its name.

    Args:
        name (str): without folders. '._name.jpg' is what macOS leaves beside a
            picture, and none.
    """
    return name.lower().endswith(SUFFIXES) and not name.startswith('.')


def _checked(array: np.ndarray, name: str) -> np.ndarray:
    if array.ndim != 3 or array.shape[2] != 3 or 0 in array.shape:
        raise ValueError(
            f'{name} is of shape {array.shape}, not (H, W, 3) in the order BGR; '
            'several pictures are a list of arrays'
        )
    if array.dtype != np.uint8:
        raise ValueError(f'{name} is {array.dtype}, not uint8 of 0..255')
    return array
