"""Marks the folder of a toy wardrobe, so that no other data is overwritten."""

import json
from pathlib import Path

import numpy as np

from ..annotations import atomic_writer

MARKER = 'toy_wardrobe.json'
# Raise it where a seed's pictures or rows come to differ.
VERSION = 1


def claim_folder(
    out: str | Path, images: int, seed: int, size: tuple[int, int]
) -> None:
    """Make a folder ready for a new wardrobe and mark it.

    An earlier wardrobe loses its ``train.csv`` first, then the pictures that the new
    one does not draw anew: at no moment does a ``train.csv`` name an absent picture.
    Files that the marker does not answer for stay.

    Args:
        out (str | Path): Folder; made where absent.
        images (int): Number of pictures of the new wardrobe.
        seed (int): Its seed.
        size (tuple[int, int]): Least and greatest longest edge in pixels.

    Raises:
        ValueError: if the folder has no marker, but files where a wardrobe's would
            go, or if the marker cannot be understood.
        OSError: if the folder cannot be made or written to.
    """
    out = Path(out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise NotADirectoryError(
            f'OUT {out} is a file or lies under one; choose another folder'
        ) from error
    earlier = _earlier_pictures(out)
    (out / 'train.csv').unlink(missing_ok=True)
    for image_id in earlier - picture_ids(images, seed):
        (out / 'train' / f'{image_id}.jpg').unlink(missing_ok=True)
    with atomic_writer(out / MARKER) as file:
        json.dump(dict(version=VERSION, images=images, seed=seed, size=size), file)


def picture_ids(images: int, seed: int) -> set[str]:
    """Names of a wardrobe's pictures, without '.jpg'."""
    return {picture_id(picture_rng(seed, i)) for i in range(images)}


def picture_rng(seed: int, index: int) -> np.random.Generator:
    """The source of all chance in one picture."""
    return np.random.default_rng([seed, index])


def picture_id(rng: np.random.Generator) -> str:
    """The picture's ImageId: 32 hexadecimal digits, the first that `rng` gives."""
    return rng.bytes(16).hex()


def _earlier_pictures(out: Path) -> set[str]:
    """Names of the pictures that the marker answers for; none without a marker."""
    marker = out / MARKER
    if not marker.exists():
        _refuse_other_data(out)
        return set()
    try:
        earlier = json.loads(marker.read_text(encoding='utf-8'))
        return picture_ids(earlier['images'], earlier['seed'])
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f'{marker} is no marker of a toy wardrobe ({error!r}); '
            'choose another folder'
        ) from error


def _refuse_other_data(out: Path) -> None:
    for name in ('train.csv', 'label_descriptions.json', 'train'):
        path = out / name
        if path.exists() and not (path.is_dir() and not any(path.iterdir())):
            raise ValueError(
                f'{out} holds a {name} that is no toy wardrobe; choose another folder'
            )
