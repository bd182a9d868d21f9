"""A taxonomy of one's own, from a file like the competition's label descriptions."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .json_file import load_json
from .labels import Label, Taxonomy
from .taxonomy import FASHIONPEDIA, MAX_ATTRIBUTES_PER_OBJECT

_TABLES = ('categories', 'attributes')
_MOST = 1000  # slots of each object in every batch


def read_taxonomy(path: str | Path) -> Taxonomy:
    """Read categories and attributes.

    ::

        {"name": "Our shop",                              # optional
         "categories": [{"id": 1, "name": "shirt", "supercategory": "tops"}, ...],
         "attributes": [{"id": 10, "name": "striped", "supercategory": "pattern"}, ...],
         "max_attributes_per_object": 20}                 # optional, else 14

    ``supercategory`` may be left away. The network's outputs are in the order of the
    ids, as metric and counts have them.

    Args:
        path (str | Path): JSON; a COCO file with both tables will do too.

    Returns:
        Taxonomy: named after the file's folder where the file gives no name.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: naming the entry that is not sound, or stands twice.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'there is no taxonomy {path}')
    try:
        content = load_json(path)
    except ValueError as error:
        raise ValueError(f'{path} is no JSON: {error}') from error
    if not isinstance(content, dict):
        raise ValueError(f'{path} should hold categories and attributes')
    tables = [_labels(content.get(table), f'{path}: {table}') for table in _TABLES]
    name = str(content.get('name') or path.resolve().parent.name)
    return Taxonomy(name, *tables, _slots(content, path))


def taxonomy_of(meta: Mapping[str, Any] | None) -> Taxonomy:
    """The taxonomy that a data set or a checkpoint was made with.

    Args:
        meta (Mapping | None): ``dataset_meta``; ``taxonomy`` in it is one of one's own.

    Returns:
        Taxonomy: Fashionpedia's where it names no other.
    """
    tables = (meta or {}).get('taxonomy')
    if not tables:
        return FASHIONPEDIA
    labels = [
        tuple(Label(e['id'], e['name'], e['supercategory']) for e in tables[table])
        for table in _TABLES
    ]
    return Taxonomy('', *labels, MAX_ATTRIBUTES_PER_OBJECT)


def _labels(entries: Any, where: str) -> tuple[Label, ...]:
    if not isinstance(entries, list) or not entries:
        raise ValueError(f'{where} should be a list of labels, each with id and name')
    labels = tuple(_label(entry, f'{where}[{i}]') for i, entry in enumerate(entries))
    for key in ('id', 'name'):
        seen = set()
        for label in labels:
            value = getattr(label, key)
            if value in seen:
                raise ValueError(f'{where}: the {key} {value!r} stands twice')
            seen.add(value)
    return tuple(sorted(labels))


def _label(entry: Any, where: str) -> Label:
    if not isinstance(entry, dict):
        raise ValueError(f'{where} should have id and name, got {entry!r}')
    number, name = entry.get('id'), entry.get('name')
    if type(number) is not int or number < 0:
        raise ValueError(f'{where}: id should be a whole number from 0, got {number!r}')
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f'{where}: name should be a text, got {name!r}')
    return Label(number, name, str(entry.get('supercategory') or ''))


def _slots(content: dict, path: Path) -> int:
    most = content.get('max_attributes_per_object', MAX_ATTRIBUTES_PER_OBJECT)
    if type(most) is not int or not 1 <= most <= _MOST:
        raise ValueError(
            f'{path}: max_attributes_per_object should be in 1..{_MOST}, got {most!r}'
        )
    return most
