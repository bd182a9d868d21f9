"""From Kaggle's folder to ``annotations/train.json`` and ``val.json``."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .annotations import (
    ImageRecord,
    atomic_writer,
    remove_unfinished,
    write_annotations,
)
from .csv_parts import remove_parts
from .folder_lock import locked
from .kaggle_csv import check_label_descriptions
from .kaggle_folder import (
    ANNOTATION_FOLDER,
    Problems,
    SkippedRow,
    expect_kaggle_folder,
    read_kaggle_folder,
)
from .labels import Taxonomy
from .split import stratified_split
from .taxonomy import FASHIONPEDIA

# Pictures for training and validation of the subsets in "Convolutional Neural
# Networks for Visual Analysis of Clothing" (Gupta, Subramanian, Wu). For 3,000 no
# second number is fixed: a tenth, as with 5,000.
PAPER_SUBSETS = {3000: (3000, 300), 5000: (5000, 500), 40000: (40000, 2000)}
DEFAULT_VAL = 2000
SIDES = ('train', 'val')


@dataclass
class PrepareReport:
    """What `prepare` has written.

    Attributes:
        folder (Path): where the annotations are.
        images (dict[str, int]): pictures by side: 'train', 'val', and 'unused'.
        counts (dict[str, np.ndarray]): (K + A,) objects that have each category,
            then each attribute, by side.
        instances (dict[str, int]): objects by side.
        attribute_less (dict[str, int]): objects without attributes by side.
        skipped (list[SkippedRow]): rows left out.
        taxonomy (Taxonomy): what is counted.
    """

    folder: Path
    images: dict[str, int]
    counts: dict[str, np.ndarray]
    instances: dict[str, int]
    attribute_less: dict[str, int]
    skipped: list[SkippedRow]
    taxonomy: Taxonomy = FASHIONPEDIA

    def lines(self) -> list[str]:
        """The report as text, a line each."""
        lines = [line for side in SIDES for line in self._side_lines(side)]
        if self.images['unused']:
            lines.append(f'unused: {self.images["unused"]:,} images')
        if self.skipped:
            pictures = len({row.image_id for row in self.skipped})
            lines.append(
                f'skipped: {len(self.skipped):,} rows of {pictures:,} images, listed '
                f'in {self.folder / "skipped_rows.csv"}'
            )
        return lines

    def _side_lines(self, side: str) -> list[str]:
        instances = self.instances[side]
        share = self.attribute_less[side] / max(instances, 1)
        lines = [
            f'{side}: {self.images[side]:,} images, {instances:,} instances '
            f'({share:.1%} without attributes) in {self.folder / side}.json'
        ]
        taxonomy = self.taxonomy
        split = len(taxonomy.categories)
        for kind, names, part in (
            ('categories', taxonomy.category_names, slice(0, split)),
            ('attributes', taxonomy.attribute_names, slice(split, None)),
        ):
            counts = self.counts[side][part]
            absent = [n for n, c in zip(names, counts, strict=True) if not c]
            if absent:
                text = '; '.join(absent[:5]) + ('; ...' if len(absent) > 5 else '')
                lines.append(f'  {len(absent)} {kind} absent from {side}: {text}')
        return lines


def prepare(
    root: str | Path,
    val: int = DEFAULT_VAL,
    train: int | None = None,
    seed: int = 0,
    on_error: str = 'stop',
    progress: bool = True,
    workers: int = 1,
    check_pictures: bool = True,
    taxonomy: Taxonomy = FASHIONPEDIA,
) -> PrepareReport:
    """Check Kaggle's folder, split it by picture and write the annotations.

    A run that was ended in the middle leaves the finished parts of a large
    ``train.csv`` in ``annotations/.parts-*``; the next one goes on from there. The
    files written depend neither on that nor on `workers`.

    Args:
        root (str | Path): folder with ``train.csv``, ``train/*.jpg`` and, checked
            where present, ``label_descriptions.json``.
        val (int): pictures for validation.
        train (int | None): pictures for training; all others where None.
        seed (int): of the split.
        on_error (str): 'stop' at the first bad row, or 'skip' bad rows and list
            them in ``annotations/skipped_rows.csv``.
        progress (bool): whether to show progress bars.
        workers (int): processes that convert rows; more than 1 need the caller's
            main module to be importable (``if __name__ == '__main__':``).
        check_pictures (bool): whether every picture has to be there, in the size that
            its rows say. Without, nothing of ``train/`` is looked at.
        taxonomy (Taxonomy): what the ids are of; one of one's own comes from
            `read_taxonomy`.

    Returns:
        PrepareReport: what was written.

    Raises:
        FileNotFoundError: if ``train.csv`` or ``train/`` is absent.
        ValueError: at the first bad row (`on_error` 'stop'), if there are fewer
            pictures than asked for, if a file is of another year, or if `workers` is
            below 1.
        BlockingIOError: if another run is at work in the folder.
        ChildProcessError: if a worker process was killed.
    """
    if workers < 1:
        raise ValueError(f'--workers should be 1 or more, got {workers}')
    root, problems = Path(root), Problems(on_error)
    expect_kaggle_folder(root, check_pictures)
    descriptions = root / 'label_descriptions.json'
    if descriptions.exists():
        check_label_descriptions(descriptions, taxonomy)
    with locked(root):
        images = read_kaggle_folder(
            root,
            problems,
            progress,
            workers=workers,
            check_pictures=check_pictures,
            taxonomy=taxonomy,
        )
        sizes = split_sizes(len(images), val, train)
        folder = root / ANNOTATION_FOLDER
        return _write(folder, images, sizes, seed, problems.skipped, taxonomy)


def _write(
    folder: Path,
    images: list[ImageRecord],
    sizes: Sequence[int],
    seed: int,
    skipped: list[SkippedRow],
    taxonomy: Taxonomy,
) -> PrepareReport:
    table = presence(images, taxonomy)
    sides = stratified_split(table, sizes, seed, covered=(0, 1))
    parts = {
        name: [image for image, s in zip(images, sides, strict=True) if s == side]
        for side, name in enumerate(SIDES)
    }
    folder.mkdir(exist_ok=True)
    for name, part in parts.items():
        info = dict(
            description=f'{taxonomy.name}, {name}: {len(part)} images', seed=seed
        )
        remove_unfinished(folder / f'{name}.json')
        write_annotations(folder / f'{name}.json', part, info, taxonomy)
    _write_skipped(folder / 'skipped_rows.csv', skipped)
    remove_parts(folder)
    return _report(folder, parts, sizes[2], skipped, taxonomy)


def split_sizes(num_images: int, val: int, train: int | None) -> list[int]:
    """Pictures for training, for validation, and unused.

    Args:
        num_images (int): pictures there are.
        val (int): pictures for validation.
        train (int | None): pictures for training; all others where None.

    Returns:
        list[int]: three numbers that sum to `num_images`.

    Raises:
        ValueError: if that many pictures are not there.
    """
    if val < 0 or (train is not None and train < 1):
        raise ValueError(
            f'--val should be 0 or more and --train 1 or more, got {val}, {train}'
        )
    if not num_images:
        raise ValueError('train.csv has no row that can be used')
    asked = val + (1 if train is None else train)
    if asked > num_images:
        what = f'--val {val:,}'
        what += ' and one to train on' if train is None else f' --train {train:,}'
        raise ValueError(
            f'{what} need {asked:,} images, but only {num_images:,} are there; '
            f'pass for example --val {min(max(num_images // 5, 1), val)}'
            + ('' if train is None else ' and no --train')
        )
    train = num_images - val if train is None else train
    return [train, val, num_images - val - train]


def presence(
    images: Sequence[ImageRecord], taxonomy: Taxonomy = FASHIONPEDIA
) -> np.ndarray:
    """Which label occurs in which picture.

    Args:
        images (Sequence[ImageRecord]): N pictures.
        taxonomy (Taxonomy): of K categories and A attributes.

    Returns:
        np.ndarray: (N, K + A) bool, categories before attributes.
    """
    table = np.zeros((len(images), _width(taxonomy)), bool)
    for row, image in zip(table, images, strict=True):
        for mask in image.masks:
            row[_columns(mask, taxonomy)] = True
    return table


def _width(taxonomy: Taxonomy) -> int:
    return len(taxonomy.categories) + len(taxonomy.attributes)


def _columns(mask, taxonomy: Taxonomy) -> list[int]:
    category = taxonomy.category_index[mask.category_id]
    attributes = [taxonomy.attribute_index[i] for i in mask.attribute_ids]
    return [category, *(len(taxonomy.categories) + i for i in attributes)]


def _write_skipped(path: Path, skipped: list[SkippedRow]) -> None:
    if not skipped:
        path.unlink(missing_ok=True)  # of an earlier run: it would be mistaken
        return
    with atomic_writer(path) as file:
        writer = csv.writer(file)
        writer.writerow(['row', 'ImageId', 'reason'])
        writer.writerows(sorted(skipped))


def _report(folder, parts, unused, skipped, taxonomy) -> PrepareReport:
    counts, instances, attribute_less = {}, {}, {}
    for name, images in parts.items():
        counts[name] = np.zeros(_width(taxonomy), np.int64)
        masks = [mask for image in images for mask in image.masks]
        for mask in masks:
            counts[name][_columns(mask, taxonomy)] += 1
        instances[name] = len(masks)
        attribute_less[name] = sum(not mask.attribute_ids for mask in masks)
    images = {name: len(part) for name, part in parts.items()}
    images['unused'] = unused
    return PrepareReport(
        folder, images, counts, instances, attribute_less, skipped, taxonomy
    )
