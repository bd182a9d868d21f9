"""All checks of one copy of the data, in one pass: rows, then pictures, then pairs."""

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from ..kaggle_folder import CSV_NAME, IMAGE_FOLDER
from ..labels import Taxonomy
from ..taxonomy import FASHIONPEDIA
from .coco_files import read_coco
from .codes import CHECKS
from .duplicates import Picture, check_duplicates
from .findings import Findings
from .fingerprint import NEAR
from .kaggle_rows import read_kaggle
from .labels import check_label_file
from .pictures import PictureFacts, look_at
from .workers import Workers

_OF_PICTURES = 'picture-', 'side-'
# What is found without opening pictures.
_FROM_NAMES = {'picture-missing', 'picture-without-rows', 'side-same', 'side-stale'}


@dataclass(frozen=True)
class Options:
    """How to check.

    Attributes:
        codes (Collection[str]): what to look for, of `CHECKS`.
        pictures (bool): whether to open pictures; their names are compared anyhow.
        workers (int): processes; 0 for this one alone.
        max_distance (int): bits of 256 that differ at most in what looks alike.
        progress (bool): whether to show progress bars.
        taxonomy (Taxonomy): what the ids are of.
    """

    codes: Collection[str] = tuple(CHECKS)
    pictures: bool = True
    workers: int = 0
    max_distance: int = NEAR
    progress: bool = False
    taxonomy: Taxonomy = FASHIONPEDIA


@dataclass
class CheckReport:
    """What was looked at, and what was found.

    Attributes:
        rows (int): rows of ``train.csv``, or annotations.
        pictures (int): files that rows name, and those there that none names.
        opened (int): of these, files that were opened.
        findings (Findings): all that is wrong.
    """

    rows: int
    pictures: int
    opened: int
    findings: Findings


def check_kaggle_folder(root: str | Path, options: Options) -> CheckReport:
    """Check a folder as downloaded from Kaggle, prepared or not.

    Args:
        root (str | Path): with ``train.csv``, ``train/`` and, where present,
            ``label_descriptions.json`` and ``annotations/{train,val}.json``.
        options (Options): how.

    Returns:
        CheckReport: what was found.

    Raises:
        FileNotFoundError: if ``train.csv`` or ``train/`` is absent.
    """
    root = Path(root)
    _expect(root / CSV_NAME, root / IMAGE_FOLDER)
    findings = Findings(options.codes)
    labels = root / 'label_descriptions.json'
    check_label_file(labels, findings, options.taxonomy)
    with Workers(options.workers) as workers:
        read = read_kaggle(root, findings, workers, options.progress, options.taxonomy)
        return _check_pictures(root / IMAGE_FOLDER, read, findings, workers, options)


def check_coco_files(
    paths: Sequence[str | Path], images: str | Path, options: Options
) -> CheckReport:
    """Check Fashionpedia / COCO files and their pictures.

    Args:
        paths (Sequence[str | Path]): the files, such as those of train and val: a
            picture may be in one of them only.
        images (str | Path): the folder of the pictures.
        options (Options): how.

    Returns:
        CheckReport: what was found.

    Raises:
        FileNotFoundError: if a file or the folder is absent.
    """
    paths, images = [Path(path) for path in paths], Path(images)
    _expect(*paths, images)
    findings = Findings(options.codes)
    with Workers(options.workers) as workers:
        read = read_coco(
            paths, images, findings, workers, options.progress, options.taxonomy
        )
        return _check_pictures(images, read, findings, workers, options)


def _expect(*paths: Path) -> None:
    for path in paths:
        if not path.exists():
            raise FileNotFoundError(f'{path} is absent')


def _check_pictures(
    folder: Path,
    read: tuple[int, list[Picture], bool],
    findings: Findings,
    workers: Workers,
    options: Options,
) -> CheckReport:
    rows, named, complete = read
    by_file: dict[str, list[Picture]] = defaultdict(list)
    for picture in named:
        by_file[picture.file].append(picture)
    there = _files(folder)
    # After a file that breaks off, these would be all that it did not come to.
    for file in sorted(there - set(by_file)) if complete else ():
        shown = f'{folder.name}/{file}'
        by_file[file].append(Picture(file, None, None, None, '', shown))
    opened = []
    for file, pictures in by_file.items():
        # A file may lack the suffix of a picture.
        if file in there or (folder / file).is_file():
            opened.append(file)
        else:
            _tell(findings, pictures[:1], [('picture-missing', 'the file is missing')])
    _without_rows(by_file, findings)
    inside = findings.codes - _FROM_NAMES
    if not options.pictures or not any(c.startswith(_OF_PICTURES) for c in inside):
        opened = []
    facts = _look(folder, opened, workers, options.progress)
    for file, fact in zip(opened, facts, strict=True):
        _tell(findings, by_file[file][:1], fact.faults)
        for picture in by_file[file]:
            _compare_size(picture, fact, findings)
    check_duplicates(
        [by_file[file][0] for file in opened],
        facts,
        findings,
        workers,
        options.max_distance,
        options.progress,
    )
    return CheckReport(rows, len(by_file), len(opened), findings)


def _files(folder: Path) -> set[str]:
    """Pictures below the folder, relative to it."""
    suffixes = set(Image.registered_extensions())
    return {
        os.path.relpath(os.path.join(place, name), folder)
        for place, _, names in os.walk(folder, followlinks=True)
        for name in names
        if os.path.splitext(name)[1].lower() in suffixes
    }


def _without_rows(by_file: Mapping[str, list[Picture]], findings: Findings) -> None:
    for pictures in by_file.values():
        if pictures[0].row is None:
            named = pictures[0].image_id is not None
            text = 'no annotation' if named else 'nothing names it'
            _tell(findings, pictures, [('picture-without-rows', text)])


def _look(folder, files, workers: Workers, progress: bool) -> list[PictureFacts]:
    paths = [folder / file for file in files]
    bar = tqdm(
        workers.map(look_at, paths),
        total=len(paths),
        unit='picture',
        desc='checking pictures',
        disable=not progress,
    )
    return list(bar)


def _tell(
    findings: Findings, pictures: Iterable[Picture], faults: list[tuple[str, str]]
) -> None:
    for picture in pictures:
        for code, message in faults:
            findings.add(code, picture.shown, picture.image_id, picture.row, message)


def _compare_size(picture: Picture, fact: PictureFacts, findings: Findings) -> None:
    if not fact.size or not picture.size or fact.size == picture.size:
        return
    (h, w), (rows_h, rows_w) = fact.size, picture.size
    text = f'{h} x {w} pixels (height x width), the rows say {rows_h} x {rows_w}'
    if (w, h) == (rows_h, rows_w):
        text += ': turned, perhaps by a tool that applied EXIF'
    _tell(findings, [picture], [('picture-size', text)])
