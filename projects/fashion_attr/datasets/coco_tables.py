"""The form of a COCO file's tables, before anything is looked up in them."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

_WAY_OUT = (
    'make it again with tools/prepare_imaterialist.py; tools/check_dataset.py lists '
    'all that is wrong with a file'
)
_LABELS = ('categories', 'attributes')
_TABLES = ('images', 'annotations', *_LABELS)
# Pixels of a side: JPEG has no more, and pycocotools counts pixels in 32 bits.
LARGEST_SIDE = 2**16 - 1


def check_form(source: str, tables: Any) -> None:
    """Refuse what is no COCO file, and what pycocotools would lose in silence.

    Args:
        source (str): The file, for the error.
        tables (Any): What its JSON holds.

    Raises:
        ValueError: Naming the table, and the entry in it; also where two pictures or
            two labels have one id, or an object is of a picture that is not there.
    """
    if not isinstance(tables, Mapping):
        raise ValueError(f'{source} is no COCO file: no object of tables; {_WAY_OUT}')
    for name in _TABLES:
        _check_table(source, name, tables)
    _check_once(source, 'images', tables.get('images', []))
    _check_pictures(source, tables)
    check_labels(source, tables)


def check_labels(source: str, tables: Mapping) -> None:
    """Refuse tables of labels that lack ids or names, or have an id twice.

    Args:
        source (str): The file, for the error.
        tables (Mapping): Its ``categories`` and ``attributes``; either may be absent.

    Raises:
        ValueError: Naming the table, and the entry in it.
    """
    for name in _LABELS:
        _check_table(source, name, tables)
        _check_once(source, name, tables.get(name, []))


def _check_table(source: str, name: str, tables: Mapping) -> None:
    entries = tables.get(name, [])
    if not isinstance(entries, list):
        raise ValueError(f'{source}: {name} is not a list; {_WAY_OUT}')
    check = _CHECKS[name]
    for number, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            raise ValueError(f'{source}: {name}[{number}] is not an object; {_WAY_OUT}')
        check(f'{source}: {name}[{number}]', entry)


def _check_once(source: str, name: str, entries: Sequence[Mapping]) -> None:
    """Every id stands for one entry only: of two, pycocotools keeps the last."""
    first: dict[int | str, int] = {}
    for number, entry in enumerate(entries):
        other = first.setdefault(entry['id'], number)
        if other != number:
            raise ValueError(
                f'{source}: {name}[{number}] has the id {entry["id"]!r} of '
                f'{name}[{other}]; give it another one, or remove it'
            )


def _check_pictures(source: str, tables: Mapping) -> None:
    """Every object is of a picture: pycocotools never shows the others."""
    known = {image['id'] for image in tables.get('images', [])}
    annotations = tables.get('annotations', [])
    lost = [n for n, entry in enumerate(annotations) if entry['image_id'] not in known]
    if lost:
        entry = annotations[lost[0]]
        some = f'{len(lost):,} of {len(annotations):,} annotations'
        raise ValueError(
            f'{source}: annotations[{lost[0]}] (id {entry["id"]!r}) has the image_id '
            f'{entry["image_id"]!r}, none of the {len(known):,} images'
            f'{_other_kind(entry, known)}; so it is with {some}: add the images, or '
            'remove these'
        )


def _other_kind(entry: Mapping, known: set) -> str:
    """What to say where the image is there, but one id is a number, one a text."""
    if str(entry['image_id']) not in map(str, known):
        return ''
    return ', one of which has it as a ' + (
        'number' if isinstance(entry['image_id'], str) else 'text'
    )


def check_image(name: str, image: Mapping) -> None:
    """Refuse a picture without what it takes to load it.

    Args:
        name (str): Where it stands, for the error.
        image (Mapping): An entry of ``images``.

    Raises:
        ValueError: Naming the field.
    """
    _check_id(name, image, 'id')
    file_name = image.get('file_name')
    if not isinstance(file_name, str) or not file_name:
        raise ValueError(f'{name} has no file_name; {_WAY_OUT}')
    if not file_name.isprintable() and not _is_possible(file_name):
        raise ValueError(f'{name} has the file_name {file_name!r}, which no file has')
    if '\\' in file_name and os.sep == '/':
        raise ValueError(
            f'{name} has the file_name {file_name!r}; folders are parted by / here, '
            'not by backslashes'
        )
    check_size(name, image)


def check_size(name: str, image: Mapping) -> None:
    """Refuse a picture without a size in pixels.

    Args:
        name (str): Where it stands, for the error.
        image (Mapping): An entry of ``images``.

    Raises:
        ValueError: Naming the field.
    """
    for field in ('height', 'width'):
        value = image.get(field)
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not is_number or not 1 <= value <= LARGEST_SIDE:
            raise ValueError(
                f'{name} has {field} {value!r}, not a number of pixels '
                f'(1 to {LARGEST_SIDE:,}); {_WAY_OUT}'
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


def _is_possible(file_name: str) -> bool:
    """Whether a file may have the name: no NUL, and no half of a character."""
    try:
        return b'\0' not in os.fsencode(file_name)
    except UnicodeEncodeError:
        return False


def _check_id(name: str, entry: Mapping, field: str) -> None:
    value = entry.get(field)
    if not isinstance(value, int | str) or isinstance(value, bool):
        raise ValueError(
            f'{name} has {field} {value!r}, not a whole number or a name; {_WAY_OUT}'
        )


_CHECKS = dict(
    images=check_image,
    annotations=check_annotation,
    categories=_check_label,
    attributes=_check_label,
)
