"""Predictions as Parquet tables: a row for each garment, or for each picture.

Both say the same of a garment, in the same words; in a picture's row each column of
garments is a list. ``pandas.DataFrame.explode`` makes one of the other.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ..inferencer import Garment, PictureResult

_GARMENT = pa.schema(
    [
        ('category_id', pa.int32()),
        ('category', pa.string()),
        ('supercategory', pa.string()),
        ('score', pa.float32()),
        ('box', pa.list_(pa.float32())),
        ('description', pa.string()),
        ('attribute_ids', pa.list_(pa.int32())),
        ('attributes', pa.list_(pa.string())),
        ('attribute_scores', pa.list_(pa.float32())),
        ('mask', pa.struct([('size', pa.list_(pa.int32())), ('counts', pa.string())])),
    ]
)
_SIZE = [pa.field('width', pa.int32()), pa.field('height', pa.int32())]
GARMENT_SCHEMA = pa.schema([pa.field('picture', pa.string()), *_SIZE, *_GARMENT])

PATH = 'path'
OK, UNREADABLE = 'ok', 'unreadable'
_OF_A_PICTURE = pa.schema(
    [
        *_SIZE,
        ('status', pa.string()),
        ('error', pa.string()),
        *(pa.field(field.name, pa.list_(field.type)) for field in _GARMENT),
    ]
)


def picture_schema(given: pa.Schema) -> pa.Schema:
    """Columns of a table with a row for each picture.

    Args:
        given (pa.Schema): ``path``, and what else is known of a picture.

    Returns:
        pa.Schema: these; ``width``, ``height``, null where the picture could not be
        read; ``status``, 'ok' or 'unreadable'; ``error``, why; lists of garments.

    Raises:
        ValueError: if a column that is given has the name of another.
    """
    names = given.names
    taken = [n for n in names if n in _OF_A_PICTURE.names or names.count(n) > 1]
    if taken:
        raise ValueError(
            f'the column {taken[0]!r} has the name of a column of the predictions: '
            'name the columns to carry over with --carry, without it, or rename it'
        )
    return pa.schema([*given, *_OF_A_PICTURE])


def garment_rows(result: PictureResult) -> Iterator[dict]:
    """A picture's rows of `GARMENT_SCHEMA`."""
    of_all = dict(picture=result.picture, width=result.width, height=result.height)
    for garment in result.garments:
        yield of_all | _cells(garment)


def picture_table(given: pa.Table, results: Sequence[PictureResult | str]) -> pa.Table:
    """A table with a row for each picture.

    Args:
        given (pa.Table): n rows, see `picture_schema`.
        results (Sequence[PictureResult | str]): n, in the same order: the garments of
            a picture, or why it could not be read.

    Returns:
        pa.Table: of `picture_schema`.
    """
    found = pa.Table.from_pylist([_picture(r) for r in results], _OF_A_PICTURE)
    return pa.table(
        [*given.columns, *found.columns], schema=picture_schema(given.schema)
    )


def write_table(table: pa.Table, path: Path) -> None:
    """Write a Parquet file."""
    pq.write_table(table, path, compression='zstd')


def _picture(result: PictureResult | str) -> dict:
    if isinstance(result, str):
        return dict(status=UNREADABLE, error=result)
    cells = [_cells(garment) for garment in result.garments]
    return dict(
        width=result.width,
        height=result.height,
        status=OK,
        **{name: [cell[name] for cell in cells] for name in _GARMENT.names},
    )


def _cells(garment: Garment) -> dict:
    attributes = garment.attributes
    return dict(
        category_id=garment.category_id,
        category=garment.category,
        supercategory=garment.supercategory,
        score=garment.score,
        box=list(garment.box),
        description=garment.description,
        attribute_ids=[a.id for a in attributes],
        attributes=[a.name for a in attributes],
        attribute_scores=[a.score for a in attributes],
        mask=garment.mask,
    )
