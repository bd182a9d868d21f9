"""Reads a folder as downloaded from Kaggle: rows, masks and picture sizes, checked."""

import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from tqdm import tqdm

from .annotations import ImageRecord, place_mask
from .csv_parts import Part, PartsFolder, convert_parts
from .labels import Taxonomy
from .taxonomy import FASHIONPEDIA

ON_ERROR = ('stop', 'skip')
CSV_NAME = 'train.csv'
IMAGE_FOLDER = 'train'
ANNOTATION_FOLDER = 'annotations'


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
    root: str | Path,
    problems: Problems,
    progress: bool = True,
    parts: PartsFolder | None = None,
    workers: int = 1,
    check_pictures: bool = True,
    taxonomy: Taxonomy = FASHIONPEDIA,
) -> list[ImageRecord]:
    """Read ``train.csv`` and compare it with the pictures in ``train/``.

    Args:
        root (str | Path): the folder with ``train.csv`` and ``train/``.
        problems (Problems): is told of each bad row, in the file's order.
        progress (bool): whether to show progress bars.
        parts (PartsFolder | None): where finished parts of a large file are looked for
            and kept; in ``annotations/`` where None.
        workers (int): processes that convert rows.
        check_pictures (bool): whether the pictures are looked at; without, ``train/``
            need not be there.
        taxonomy (Taxonomy): what the ids are of, where `parts` is None.

    Returns:
        list[ImageRecord]: pictures that have masks, by ImageId; the rows of one
        picture need not follow each other.

    Raises:
        FileNotFoundError: if ``train.csv`` or ``train/`` is absent.
        ValueError: at the first bad row where `problems` stops.
    """
    root = Path(root)
    expect_kaggle_folder(root, check_pictures)
    parts = parts or PartsFolder(
        root / ANNOTATION_FOLDER, root / CSV_NAME, taxonomy=taxonomy
    )
    images = _read_masks(root / CSV_NAME, parts, workers, problems, progress)
    if check_pictures:
        images = _check_pictures(root / IMAGE_FOLDER, images, problems, progress)
    return images


def expect_kaggle_folder(root: Path, pictures: bool = True) -> None:
    """See that a folder has what is read from it.

    Args:
        root (Path): the folder.
        pictures (bool): whether ``train/`` is read.

    Raises:
        FileNotFoundError: if ``train.csv`` or ``train/`` is absent.
    """
    for name in (CSV_NAME, IMAGE_FOLDER) if pictures else (CSV_NAME,):
        if not (root / name).exists():
            raise FileNotFoundError(
                f"{root / name} is absent; DATA_ROOT is Kaggle's folder"
            )


def _read_masks(
    path: Path, parts: PartsFolder, workers: int, problems: Problems, progress: bool
) -> list[ImageRecord]:
    images: dict[str, ImageRecord] = {}
    lines = 0
    with (
        tqdm(
            total=path.stat().st_size,
            unit='B',
            unit_scale=True,
            desc=f'reading {path.name}',
            disable=not progress,
        ) as bar,
        closing(convert_parts(path, parts, workers)) as converted,
    ):
        for span, part in converted:
            _place(images, part, lines, problems)
            lines += part.lines
            bar.update(span.end - span.start)
    return [images[key] for key in sorted(images)]


def _place(
    images: dict[str, ImageRecord], part: Part, lines: int, problems: Problems
) -> None:
    """Put the rows of a part, so many lines down the file, to those before."""
    for result in part.results:
        line, mask = result.line + lines, result.mask
        mask = mask and mask._replace(line=line)
        try:
            place_mask(images, result._replace(line=line, mask=mask))
        except ValueError as error:
            problems.add(line, result.image_id, str(error))
    if part.fault:
        raise part.fault.moved(lines)


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
