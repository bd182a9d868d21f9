"""Reads files of `annotations.write_annotations` picture by picture, in a stream.

Those have an entry a line, the annotations in the order of the pictures and of their
ids, so that neither the file nor all of its entries need to be in memory at once, as
they would for ``json.load``. Any other layout is told by a `LayoutError`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from .json_file import decode_json

_TABLES = ('categories', 'attributes')
_TABLES_START = b'],\n"categories": [\n'
_TABLES_BYTES = 1 << 18  # at the end of the file; they take 40 kB


class LayoutError(ValueError):
    """The file may be sound, but is not laid out as `write_annotations` does it."""


def read_tables(path: str | Path) -> dict[str, list[dict]]:
    """Read the tables of labels, which are at the end of the file.

    Args:
        path (str | Path): the file.

    Returns:
        dict[str, list[dict]]: ``categories`` and ``attributes``.

    Raises:
        LayoutError: if they are not where they should be.
    """
    with open(path, 'rb') as file:
        size = file.seek(0, 2)
        file.seek(max(size - _TABLES_BYTES, 0))
        _, found, tables = file.read().rpartition(_TABLES_START)
    if not found:
        raise LayoutError(f'{path} does not end in tables of labels')
    tables = _loads(b'{"categories": [' + tables, path)
    if list(tables) != list(_TABLES):
        raise LayoutError(f'{path} ends in {list(tables)}')
    return tables


def read_pictures(path: str | Path) -> Iterator[tuple[dict, list[dict]]]:
    """Read pictures with their annotations.

    Args:
        path (str | Path): the file.

    Yields:
        tuple[dict, list[dict]]: an entry of ``images`` and its entries of
        ``annotations``, in the file's order.

    Raises:
        LayoutError: where the layout ends to be that of `write_annotations`, which may
            be after some pictures; also if an id comes twice.
    """
    with open(path, 'rb') as file:
        info = file.readline()
        if not (info.startswith(b'{"info": ') and info.endswith(b',\n')):
            raise LayoutError(f'{path} does not start with its info')
        _loads(info[:-2] + b'}', path)
        images = list(_entries(file, b'"images": [\n', path))
        annotations = _entries(file, b'"annotations": [\n', path)
        ids = {_key(image.get('id')) for image in images}
        if len(ids) != len(images) or None in ids:
            raise LayoutError(f'{path} has a picture without id or two of one id')
        yield from _join(images, _rising(annotations, path), path)
        # Nothing between the pictures and the tables, nor behind these.
        rest = _loads(b'{' + file.read(), path)
        if list(rest) != list(_TABLES):
            raise LayoutError(f'{path} ends in {list(rest)}')


def _join(
    images: list[dict], annotations: Iterator[dict], path: str | Path
) -> Iterator[tuple[dict, list[dict]]]:
    annotation = next(annotations, None)
    for image in images:
        found = []
        while annotation and annotation.get('image_id') == image['id']:
            found.append(annotation)
            annotation = next(annotations, None)
        yield image, found
    if annotation:
        raise LayoutError(f'{path} has annotations in another order than pictures')


def _key(value: Any) -> Any:
    """An id; None where it cannot be one."""
    return value if isinstance(value, int | str) else None


def _rising(annotations: Iterator[dict], path: str | Path) -> Iterator[dict]:
    last = 0
    for annotation in annotations:
        number = annotation.get('id')
        if not isinstance(number, int) or number <= last:
            raise LayoutError(f'{path} has annotation {number!r} after {last}')
        last = number
        yield annotation


def _entries(file: IO[bytes], start: bytes, path: str | Path) -> Iterator[dict]:
    if file.readline() != start:
        raise LayoutError(f'{path} has no {start!r} where it should be')
    for line in file:
        if line.endswith(b'},\n'):
            yield _loads(line[:-2], path)
        elif line.endswith(b'],\n'):  # of the list, after its last entry if it has any
            if entry := line[:-3]:
                yield _loads(entry, path)
            return
        else:
            raise LayoutError(f'{path} has the line {line[:20]!r}')
    raise LayoutError(f'{path} ends in the middle of a list')


def _loads(text: bytes, path: str | Path) -> dict:
    try:
        value = decode_json(text.decode())
    except ValueError as error:
        raise LayoutError(f'{path} has another layout: {error}') from error
    if not isinstance(value, dict):
        raise LayoutError(f'{path} has {text[:20]!r} for an entry')
    return value
