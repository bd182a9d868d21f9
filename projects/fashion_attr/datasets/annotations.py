"""Masks of one picture, and the JSON files that hold them in Fashionpedia's format."""

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

from ..structures.kaggle_rle import kaggle_to_runs
from ..structures.rle import compress_counts, runs_area, runs_bbox, runs_to_counts
from .kaggle_csv import CsvRow, KaggleRow, parse_row
from .labels import Taxonomy
from .taxonomy import FASHIONPEDIA, label_tables


class MaskRecord(NamedTuple):
    """One mask, as small as it can be kept in memory."""

    line: int  # of train.csv
    category_id: int
    attribute_ids: tuple[int, ...]
    counts: str  # COCO's compressed RLE
    area: int  # pixels
    bbox: tuple[float, ...]  # xywh in pixels


class RowResult(NamedTuple):
    """What one row gives by itself."""

    line: int  # of train.csv
    image_id: str
    size: tuple[int, int] | None  # (h, w) in pixels; None where the cells are bad
    mask: MaskRecord | None
    problem: str = ''  # why there is no mask


@dataclass
class ImageRecord:
    """One picture and its masks."""

    image_id: str
    height: int
    width: int
    masks: list[MaskRecord] = field(default_factory=list)


def mask_record(row: KaggleRow) -> MaskRecord:
    """Convert one row run by run.

    Args:
        row (KaggleRow): a checked row.

    Returns:
        MaskRecord: its mask as compressed RLE, with area and box.

    Raises:
        ValueError: if its run-length code is bad.
    """
    size = row.height, row.width
    runs = kaggle_to_runs(row.encoded_pixels, size)
    rle = compress_counts(runs_to_counts(runs, size), size)
    return MaskRecord(
        row.line,
        row.category_id,
        row.attribute_ids,
        rle['counts'],
        runs_area(runs),
        tuple(runs_bbox(runs, size)),
    )


def convert_row(csv_row: CsvRow, taxonomy: Taxonomy = FASHIONPEDIA) -> RowResult:
    """Check one row of ``train.csv`` and convert its mask, whatever the other rows say.

    Args:
        csv_row (CsvRow): a row as read.
        taxonomy (Taxonomy): what its ids are of.

    Returns:
        RowResult: the mask, or what is wrong with the row.
    """
    line, image_id, size = csv_row.line, csv_row.image_id, None
    try:
        row = parse_row(csv_row, taxonomy)
        size = row.height, row.width
        return RowResult(line, image_id, size, mask_record(row))
    except ValueError as error:
        return RowResult(line, image_id, size, None, str(error))


def place_mask(images: dict[str, ImageRecord], result: RowResult) -> None:
    """Put a row's mask to those of its picture.

    Args:
        images (dict[str, ImageRecord]): pictures by ImageId; a new one is added.
        result (RowResult): the row; rows come in the order of the file.

    Raises:
        ValueError: with the row's problem; also where the row gives its picture another
            size than the rows before.
    """
    image = images.get(result.image_id)
    if image and result.size and (image.height, image.width) != result.size:
        raise ValueError(
            'Height x Width is {} x {}, on row '.format(*result.size)
            + f'{image.masks[0].line} of the same picture '
            f'{image.height} x {image.width}'
        )
    if result.mask is None:
        raise ValueError(result.problem)
    if image is None:
        image = images[result.image_id] = ImageRecord(result.image_id, *result.size)
    image.masks.append(result.mask)


def add_mask(images: dict[str, ImageRecord], csv_row: CsvRow) -> None:
    """Check one row of ``train.csv`` and put its mask to those of its picture.

    Args:
        images (dict[str, ImageRecord]): pictures by ImageId; a new one is added.
        csv_row (CsvRow): a row as read.

    Raises:
        ValueError: see `parse_row` and `mask_record`; also where the row gives its
            picture another size than the rows before.
    """
    place_mask(images, convert_row(csv_row))


@contextmanager
def atomic_writer(path: str | Path, sync: bool = True) -> Iterator[IO[str]]:
    """Open a file that appears under its name only once it is whole.

    Args:
        path (str | Path): the name; its folder exists.
        sync (bool): whether this holds when the machine stops, too, and not only the
            process; it waits for the disk, behind all that others write.

    Yields:
        IO[str]: a text file in UTF-8 in the same folder, renamed at the end and
        deleted on an error.

    Raises:
        OSError: if the folder cannot be written, naming the file that was wanted.
    """
    path = Path(path)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f'.{path.name}.')
    except OSError as error:
        error.filename = str(path)
        raise
    try:
        with os.fdopen(handle, 'w', encoding='utf-8', newline='') as file:
            yield file
            if sync:
                file.flush()
                os.fsync(file.fileno())
        # mkstemp makes files that only the owner can read.
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def remove_unfinished(path: str | Path) -> None:
    """Remove what an `atomic_writer` of this name has left that was killed.

    Args:
        path (str | Path): the name.
    """
    path = Path(path)
    for left in path.parent.glob(f'.{path.name}.*'):
        left.unlink(missing_ok=True)


def write_annotations(
    path: str | Path,
    images: Iterable[ImageRecord],
    info: dict,
    taxonomy: Taxonomy = FASHIONPEDIA,
) -> None:
    """Write pictures and masks as one JSON file in Fashionpedia's format.

    Args:
        path (str | Path): the file; it is replaced as a whole or not at all.
        images (Iterable[ImageRecord]): in the order wanted; ids count from 1.
        info (dict): what the file says of itself.
        taxonomy (Taxonomy): what the ids are of.
    """
    images = list(images)
    with atomic_writer(path) as file:
        file.write(f'{{"info": {json.dumps(info)},\n"images": [\n')
        _write_list(file, _image_entries(images))
        file.write('],\n"annotations": [\n')
        _write_list(file, _annotation_entries(images))
        for key, value in label_tables(taxonomy).items():
            file.write(f'],\n"{key}": [\n')
            _write_list(file, value)
        file.write(']}\n')


def as_coco(images: Sequence[ImageRecord]) -> dict:
    """Pictures and masks as a loaded JSON file in Fashionpedia's format.

    Args:
        images (Sequence[ImageRecord]): in the order wanted; ids count from 1.

    Returns:
        dict: ``images``, ``annotations``, ``categories`` and ``attributes``.
    """
    return dict(
        images=list(_image_entries(images)),
        annotations=list(_annotation_entries(images)),
        **label_tables(),
    )


def _write_list(file: IO[str], entries: Iterable[dict]) -> None:
    # Entry by entry: the text of all masks together would double the memory.
    separator = ''
    for entry in entries:
        file.write(separator + json.dumps(entry))
        separator = ',\n'


def _image_entries(images: Sequence[ImageRecord]) -> Iterator[dict]:
    for i, image in enumerate(images, start=1):
        yield dict(
            id=i,
            file_name=f'{image.image_id}.jpg',
            height=image.height,
            width=image.width,
            kaggle_id=image.image_id,
        )


def _annotation_entries(images: Sequence[ImageRecord]) -> Iterator[dict]:
    annotation_id = 0
    for i, image in enumerate(images, start=1):
        for mask in image.masks:
            annotation_id += 1
            yield dict(
                id=annotation_id,
                image_id=i,
                category_id=mask.category_id,
                attribute_ids=list(mask.attribute_ids),
                segmentation=dict(size=[image.height, image.width], counts=mask.counts),
                area=mask.area,
                bbox=list(mask.bbox),
                iscrowd=0,
            )
