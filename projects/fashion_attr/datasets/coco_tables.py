"""The form of a COCO file's tables, before anything is looked up in them."""

from collections.abc import Mapping
from typing import Any

_WAY_OUT = (
    'make it again with tools/prepare_imaterialist.py; tools/check_dataset.py lists '
    'all that is wrong with a file'
)
_TABLES = ('images', 'annotations', 'categories', 'attributes')


def check_form(source: str, tables: Any) -> None:
    """Refuse what is no COCO file.

    Args:
        source (str): The file, for the error.
        tables (Any): What its JSON holds.

    Raises:
        ValueError: Naming the table, and the entry in it.
    """
    if not isinstance(tables, Mapping):
        raise ValueError(f'{source} is no COCO file: no object of tables; {_WAY_OUT}')
    for name in _TABLES:
        entries = tables.get(name, [])
        if not isinstance(entries, list):
            raise ValueError(f'{source}: {name} is not a list; {_WAY_OUT}')
        check = _CHECKS[name]
        for number, entry in enumerate(entries):
            if not isinstance(entry, Mapping):
                raise ValueError(
                    f'{source}: {name}[{number}] is not an object; {_WAY_OUT}'
                )
            check(f'{source}: {name}[{number}]', entry)


def check_image(name: str, image: Mapping) -> None:
    """Refuse a picture without what it takes to load it.

    Args:
        name (str): Where it stands, for the error.
        image (Mapping): An entry of ``images``.

    Raises:
        ValueError: Naming the field.
    """
    _check_id(name, image, 'id')
    if not isinstance(image.get('file_name'), str):
        raise ValueError(f'{name} has no file_name; {_WAY_OUT}')
    for field in ('height', 'width'):
        value = image.get(field)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ValueError(
                f'{name} has {field} {value!r}, not a number of pixels; {_WAY_OUT}'
            )


def check_annotation(name: str, annotation: Mapping) -> None:
    """Refuse an object that belongs to no picture or no category.

    Args:
        name (str): Where it stands, for the error.
        annotation (Mapping): An entry of ``annotations``.

    Raises:
        ValueError: Naming the field.
    """
    for field in ('id', 'image_id', 'category_id'):
        _check_id(name, annotation, field)


def _check_label(name: str, label: Mapping) -> None:
    _check_id(name, label, 'id')
    if not isinstance(label.get('name'), str):
        raise ValueError(f'{name} has no name; {_WAY_OUT}')


def _check_id(name: str, entry: Mapping, field: str) -> None:
    value = entry.get(field)
    if not isinstance(value, int | str) or isinstance(value, bool):
        raise ValueError(
            f'{name} has {field} {value!r}, not a number or a name; {_WAY_OUT}'
        )


_CHECKS = dict(
    images=check_image,
    annotations=check_annotation,
    categories=_check_label,
    attributes=_check_label,
)
