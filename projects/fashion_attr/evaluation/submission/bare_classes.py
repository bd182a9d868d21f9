"""Which categories never have attributes, learnt from a training set."""

from collections.abc import Iterator
from pathlib import Path

from projects.fashion_attr.datasets.checks.json_stream import BrokenJSON, read_entries
from projects.fashion_attr.datasets.coco_annotation import attribute_ids
from projects.fashion_attr.datasets.csv_rows import read_rows
from projects.fashion_attr.datasets.kaggle_csv import (
    parse_attributes,
    parse_category,
)
from projects.fashion_attr.datasets.taxonomy import CATEGORY_ID_TO_INDEX


def read_bare_classes(path: str | Path) -> frozenset[int]:
    """Find the categories that occur, and never with an attribute.

    Args:
        path (str | Path): training annotations, COCO JSON with ``attribute_ids`` or
            ``train.csv``; read in a stream.

    Returns:
        frozenset[int]: category ids.

    Raises:
        OSError: if the file cannot be read.
        ValueError: naming the file and the row or annotation that is not sound, or
            if it has none.
    """
    is_csv = Path(path).suffix.lower() == '.csv'
    seen, dressed = set(), set()
    for category, has_attributes in _csv_rows(path) if is_csv else _annotations(path):
        seen.add(category)
        if has_attributes:
            dressed.add(category)
    if not seen:
        raise ValueError(
            f'{path} has no annotations; it should be the training set, a COCO JSON '
            'with attribute_ids or train.csv'
        )
    return frozenset(seen - dressed)


def _csv_rows(path: str | Path) -> Iterator[tuple[int, bool]]:
    columns = ('ImageId', 'ClassId', 'AttributesIds')
    for row in read_rows(path, columns, 'mend or download the file again'):
        try:
            if row.problem:
                raise ValueError(row.problem)
            _, category, attributes = row.cells
            yield parse_category(category), bool(parse_attributes(attributes))
        except ValueError as error:
            raise ValueError(
                f'{path}, ImageId {row.image_id}, row {row.line}: {error}'
            ) from error


def _annotations(path: str | Path) -> Iterator[tuple[int, bool]]:
    try:
        for key, entry in read_entries(path):
            if key == 'annotations':
                yield _annotation(entry)
    except BrokenJSON as error:
        raise ValueError(f'{path} is no COCO JSON: {error}') from error
    except (KeyError, TypeError) as error:
        raise ValueError(
            f'{path}: an annotation lacks category_id or attribute_ids ({error})'
        ) from error
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error


def _annotation(entry: dict) -> tuple[int, bool]:
    if not isinstance(entry, dict):
        raise ValueError(f'an entry of annotations is {str(entry)[:80]}')
    name = f'annotation {entry.get("id")}'
    category = entry['category_id']
    if type(category) is not int or category not in CATEGORY_ID_TO_INDEX:
        raise ValueError(
            f'{name} has category_id {category!r}, none of the '
            f'{len(CATEGORY_ID_TO_INDEX)} of the competition'
        )
    return category, bool(attribute_ids(entry, name))
