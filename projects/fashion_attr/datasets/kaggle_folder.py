"""Reads a folder as downloaded from Kaggle: rows, masks and picture sizes, checked."""

import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from tqdm import tqdm

from .annotations import ImageRecord, add_mask
from .kaggle_csv import read_train_csv

ON_ERROR = ('stop', 'skip')
CSV_NAME = 'train.csv'
IMAGE_FOLDER = 'train'


class SkippedRow(NamedTuple):
    """A row that is not in the annotations, and why."""

    line: int  # of train.csv
    image_id: str
    reason: str


class Problems:
    """Stops at the first bad row, or collects them.

    Args:
        on_error (str): 'stop' or 'skip'.

    Raises:
        ValueError: if `on_error` is neither.
    """

    def __init__(self, on_error: str = 'stop'):
        if on_error not in ON_ERROR:
            raise ValueError(f'on_error should be one of {ON_ERROR}, got {on_error!r}')
        self.on_error = on_error
        self.skipped: list[SkippedRow] = []

    def add(self, line: int, image_id: str, reason: str) -> None:
        """Take note of a bad row.

        Args:
            line (int): line of ``train.csv``.
            image_id (str): its ImageId.
            reason (str): what is wrong.

        Raises:
            ValueError: where `on_error` is 'stop'.
        """
        if self.on_error == 'stop':
            raise ValueError(
                f'{CSV_NAME}, ImageId {image_id}, row {line}: {reason}; '
                'skip such rows with --on-error skip'
            )
        self.skipped.append(SkippedRow(line, image_id, reason))


def read_kaggle_folder(
    root: str | Path, problems: Problems, progress: bool = True
) -> list[ImageRecord]:
    """Read ``train.csv`` and compare it with the pictures in ``train/``.

    Args:
        root (str | Path): the folder with ``train.csv`` and ``train/``.
        problems (Problems): is told of each bad row.
        progress (bool): whether to show progress bars.

    Returns:
        list[ImageRecord]: pictures that have masks, by ImageId; the rows of one
        picture need not follow each other.

    Raises:
        FileNotFoundError: if ``train.csv`` or ``train/`` is absent.
        ValueError: at the first bad row where `problems` stops.
    """
    root = Path(root)
    for path in (root / CSV_NAME, root / IMAGE_FOLDER):
        if not path.exists():
            raise FileNotFoundError(f"{path} is absent; DATA_ROOT is Kaggle's folder")
    images = _read_masks(root / CSV_NAME, problems, progress)
    return _check_pictures(root / IMAGE_FOLDER, images, problems, progress)


def _read_masks(path: Path, problems: Problems, progress: bool) -> list[ImageRecord]:
    images: dict[str, ImageRecord] = {}
    with tqdm(
        total=path.stat().st_size,
        unit='B',
        unit_scale=True,
        desc=f'reading {path.name}',
        disable=not progress,
    ) as bar:
        for row in read_train_csv(path, bar.update):
            try:
                add_mask(images, row)
            except ValueError as error:
                problems.add(row.line, row.image_id, str(error))
    return [images[key] for key in sorted(images)]


def _check_pictures(
    folder: Path, images: list[ImageRecord], problems: Problems, progress: bool
) -> list[ImageRecord]:
    good = []
    with ThreadPoolExecutor(8) as pool, warnings.catch_warnings():
        # The set has pictures above PIL's limit, and nothing is decoded here.
        warnings.simplefilter('ignore', Image.DecompressionBombWarning)
        reasons: Iterable[str] = _in_order(pool, folder, images)
        bar = tqdm(
            zip(images, reasons, strict=True),
            total=len(images),
            unit='picture',
            desc='checking pictures',
            disable=not progress,
        )
        for image, reason in bar:
            if not reason:
                good.append(image)
                continue
            for mask in image.masks:
                problems.add(mask.line, image.image_id, reason)
    return good


def _in_order(pool, folder: Path, images: list[ImageRecord]) -> Iterator[str]:
    """Reasons in the pictures' order; a block at a time, so that a stop is quick."""
    block = 512
    for start in range(0, len(images), block):
        yield from pool.map(
            lambda image: picture_problem(folder, image), images[start : start + block]
        )


def picture_problem(folder: Path, image: ImageRecord) -> str:
    """What is wrong with a picture's file.

    Only the header is read. The size is that of the stored pixels: an EXIF rotation
    is not applied, as Height and Width of ``train.csv`` do not know it either.

    Args:
        folder (Path): where the pictures lie.
        image (ImageRecord): its name and expected size.

    Returns:
        str: the problem, '' where there is none.
    """
    path = folder / f'{image.image_id}.jpg'
    name = f'{folder.name}/{path.name}'
    try:
        with Image.open(path) as picture:
            width, height = picture.size
    except FileNotFoundError:
        return f'{name} is missing'
    except (OSError, Image.DecompressionBombError) as error:
        return f'{name} cannot be read: {error}'
    if (height, width) != (image.height, image.width):
        return (
            f'{name} is {height} x {width} pixels (height x width), '
            f'the row says {image.height} x {image.width}'
        )
    return ''
