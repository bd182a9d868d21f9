"""The competition's files: ``train.csv`` as ground truth, a submission as predictions.

A submission has the columns ``ImageId,EncodedPixels,ClassId,AttributesIds``, one
segment a row. It has neither sizes, which are those of the ground truth's images,
nor scores, which are 1 here.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from projects.fashion_attr.datasets.annotations import ImageRecord, add_mask, as_coco
from projects.fashion_attr.datasets.csv_rows import CsvRow, read_rows
from projects.fashion_attr.datasets.kaggle_csv import (
    COLUMNS,
    parse_attributes,
    parse_category,
)
from projects.fashion_attr.structures.kaggle_rle import kaggle_to_runs
from projects.fashion_attr.structures.rle import (
    compress_counts,
    runs_bbox,
    runs_to_counts,
)

from .columns import attribute_matrix, index_of
from .ground_truth import GroundTruth
from .predictions import Predictions
from .submission_size import SizeCheck

SUBMISSION_COLUMNS = ('ImageId', 'EncodedPixels', 'ClassId', 'AttributesIds')
_WAY_OUT = 'mend or write the file again, its rows cannot be told apart'


def read_kaggle_ground_truth(
    path: str | Path, images: Iterable[str] | None = None
) -> GroundTruth:
    """Read ``train.csv``, or a file of its columns.

    Args:
        path (str | Path): CSV file.
        images (Iterable[str] | None): ImageIds to keep, with or without '.jpg';
            None: all.

    Returns:
        GroundTruth: image ids count from 1 in the order of the ImageIds.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming file, ImageId and row of what is not sound; if an image
            to keep is not in the file.
    """
    wanted = None if images is None else {str(i).removesuffix('.jpg') for i in images}
    records: dict[str, ImageRecord] = {}
    for row in read_rows(path, COLUMNS, _WAY_OUT):
        if wanted is not None and row.image_id not in wanted:
            continue
        try:
            add_mask(records, row)
        except ValueError as error:
            raise ValueError(f'{_name(path, row)}: {error}') from error
    absent = sorted((wanted or set()) - set(records))
    if absent:
        raise ValueError(
            f'{Path(path).name} has no row of {len(absent):,} of the '
            f'{len(wanted):,} images to keep, as {absent[0]!r}'
        )
    return GroundTruth.from_coco(as_coco([records[key] for key in sorted(records)]))


def read_submission(path: str | Path, gt: GroundTruth) -> Predictions:
    """Read a submission.

    Rows without EncodedPixels say that nothing was found, and are passed over.

    Args:
        path (str | Path): CSV file.
        gt (GroundTruth): what it is to be compared with; its ``image_names`` are
            the ImageIds.

    Returns:
        Predictions: one a row, with score 1 and the mask's box.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming file, ImageId and row of what is not sound or not in the
            ground truth; if images have no names, or share one; if all masks are
            drawn for images whose longest edge is 1024 pixels and the ground
            truth's are larger.
    """
    images = images_by_name(gt)
    sizes = SizeCheck()
    segments, names = [], []
    for row in read_rows(path, SUBMISSION_COLUMNS, _WAY_OUT):
        name = _name(path, row)
        try:
            segment = _segment(row, name, gt, images, sizes)
        except ValueError as error:
            raise ValueError(f'{name}: {error}') from error
        if segment is not None:
            segments.append(segment)
            names.append(name)
    sizes.check()
    category_ids = [s.category_id for s in segments]
    index_of(category_ids, gt.category_ids, 'ClassId', names)
    return Predictions.from_arrays(
        gt,
        gt.image_ids[[s.image for s in segments]] if segments else [],
        category_ids,
        np.ones(len(segments)),
        attribute_matrix([s.attribute_ids for s in segments], gt.attribute_ids, names),
        boxes=[s.box for s in segments],
        masks=[s.mask for s in segments],
    )


class _Segment(NamedTuple):
    image: int  # index into the ground truth's
    category_id: int
    attribute_ids: tuple[int, ...]
    mask: dict  # compressed RLE
    box: list[float]  # xywh in pixels


def _segment(row: CsvRow, name: str, gt: GroundTruth, images: dict, sizes: SizeCheck):
    """Check a row; None where it says that nothing was found."""
    if row.problem:
        raise ValueError(row.problem)
    if row.image_id not in images:
        raise ValueError(f"this is none of the ground truth's {len(images):,} images")
    _, pixels, category_id, attribute_ids = row.cells
    if not pixels.strip():
        return None
    image = images[row.image_id]
    size = tuple(gt.image_sizes[image].tolist())
    runs = kaggle_to_runs(pixels, size)
    sizes.add(runs, size, name)
    return _Segment(
        image,
        parse_category(category_id),
        parse_attributes(attribute_ids),
        compress_counts(runs_to_counts(runs, size), size),
        runs_bbox(runs, size),
    )


def _name(path: str | Path, row: CsvRow) -> str:
    return f'{Path(path).name}, ImageId {row.image_id}, row {row.line}'


def images_by_name(gt: GroundTruth) -> dict[str, int]:
    """Index of each image by its name.

    Args:
        gt (GroundTruth): its ``image_names`` are the ImageIds.

    Returns:
        dict[str, int]: index into ``image_ids`` by ImageId.

    Raises:
        ValueError: if images have no names, or share one.
    """
    if not all(gt.image_names) or len(gt.image_names) != len(gt.image_ids):
        raise ValueError(
            'the ground truth has images with neither kaggle_id nor file_name, so '
            'that no ImageId can be found in it'
        )
    images = {name: i for i, name in enumerate(gt.image_names)}
    for i, name in enumerate(gt.image_names):
        if images[name] != i:
            raise ValueError(
                f'the ground truth has two images of ImageId {name}: image_id '
                f'{gt.image_ids[i]} and {gt.image_ids[images[name]]}'
            )
    return images
