"""The pictures of a catalogue: of a folder, or of a Parquet list."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import dataset, fs

from ...datasets.checks.workers import chunks
from ..inferencer.inputs import is_picture, walk_pictures
from ..prediction.parquet_schema import PATH, picture_schema
from .path_set import PathSet
from .places import Place, find_place
from .request import CatalogRequest

_AT_ONCE = 16_384  # pictures of a table
_INDEX = re.compile(r'__index_level_\d+__')  # pandas' own


@dataclass
class LeftOut:
    """How many rows or files were passed over, and why."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, reason: str, number: int) -> None:
        """Count some."""
        if number:
            self.counts[reason] = self.counts.get(reason, 0) + number

    def lines(self) -> list[str]:
        """For people."""
        return [f'{n:,} left out {reason}' for reason, n in self.counts.items()]


class FolderOfPictures:
    """Pictures at any depth of a folder; their paths are those below it.

    Args:
        place (Place): the folder.

    Attributes:
        schema: ``path`` alone.
        root: what paths start from.

    Raises:
        FileNotFoundError: if there is no such folder.
        ValueError: if it is a file.
    """

    schema = pa.schema([(PATH, pa.string())])

    def __init__(self, place: Place) -> None:
        kind = place.kind()
        if kind == fs.FileType.NotFound:
            raise FileNotFoundError(f'there is no folder of pictures {place.name}')
        if kind == fs.FileType.File:
            raise ValueError(
                f'{place.name} is a file: give a folder of pictures, or a Parquet '
                'list, whose name ends in .parquet'
            )
        self.root = place

    def tables(self, left_out: LeftOut) -> Iterator[pa.Table]:
        """Tables of ``path``, a part of the pictures each."""
        walk = _walk_local if self.root.is_local else _walk_store
        for paths in chunks(walk(self.root), _AT_ONCE):
            sound = [path for path in paths if _is_text(path)]
            left_out.add('whose name is no UTF-8', len(paths) - len(sound))
            yield pa.table([pa.array(sound, pa.string())], self.schema)


class ListOfPictures:
    """A Parquet file, or a folder of them, with a column of paths.

    Args:
        place (Place): the list.
        column (str): with paths or URIs.
        carry (tuple[str, ...] | None): other columns to keep; None: all.
        root (Place | None): what relative paths start from; None: the list's folder.

    Attributes:
        schema: ``path``, then the columns that are kept.
        root: what relative paths start from.

    Raises:
        FileNotFoundError: if there is no such list.
        ValueError: if it is no Parquet, or a column is missing or of another type.
    """

    def __init__(
        self,
        place: Place,
        column: str,
        carry: tuple[str, ...] | None,
        root: Place | None,
    ) -> None:
        self.place, self.column = place, column
        if place.kind() == fs.FileType.NotFound:
            raise FileNotFoundError(f'there is no list {place.name}')
        self.root = root or place.parent
        try:
            self._data = dataset.dataset(
                place.path, filesystem=place.filesystem, format='parquet'
            )
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(place, error) from error
        self.schema = self._choose(self._data.schema, carry)

    def _choose(self, there: pa.Schema, carry: tuple[str, ...] | None) -> pa.Schema:
        if carry is None:
            carry = tuple(n for n in there.names if not _INDEX.fullmatch(n))
        names = [name for name in carry if name != self.column]
        for flag, name in (
            ('--path-column', self.column),
            *(('--carry', n) for n in names),
        ):
            if name not in there.names:
                raise ValueError(
                    f'{self.place.name} has no column {name!r}, but '
                    f'{", ".join(there.names)}: name another with {flag}'
                )
        kind = there.field(self.column).type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
            raise ValueError(
                f'{self.place.name}: the column {self.column!r} is {kind}, not text: '
                'name the one with paths with --path-column'
            )
        kept = [pa.field(name, there.field(name).type) for name in names]
        return pa.schema([pa.field(PATH, pa.string()), *kept])

    def tables(self, left_out: LeftOut) -> Iterator[pa.Table]:
        """Tables of `schema`, a part of the pictures each.

        Raises:
            ValueError: if the list cannot be read to its end.
        """
        names = [self.column, *self.schema.names[1:]]
        batches = self._data.to_batches(
            columns=names,
            batch_size=_AT_ONCE,
            batch_readahead=2,
            fragment_readahead=1,
        )
        try:
            for batch in batches:
                table = pa.Table.from_batches([batch]).rename_columns(self.schema.names)
                named = pc.greater(pc.fill_null(pc.utf8_length(table[PATH]), 0), 0)
                sound = table.filter(named)
                left_out.add('without a path', len(table) - len(sound))
                yield sound.cast(self.schema)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self.place, error) from error


Pictures = FolderOfPictures | ListOfPictures


def open_pictures(request: CatalogRequest) -> Pictures:
    """Find the pictures that are meant.

    Args:
        request (CatalogRequest): says where.

    Returns:
        Pictures: not read yet.

    Raises:
        FileNotFoundError: if there is no such folder or list.
        ValueError: if it is not sound, or a flag makes no sense with it.
    """
    place = find_place(request.input)
    if place.path.rstrip('/').lower().endswith('.parquet'):
        root = None if request.root is None else find_place(request.root)
        pictures = ListOfPictures(place, request.path_column, request.carry, root)
        picture_schema(pictures.schema)  # before anything is written
        return pictures
    if request.root is not None or request.carry is not None:
        raise ValueError(
            f'--root and --carry are of a Parquet list; {place.name} is a folder'
        )
    return FolderOfPictures(place)


def only_new(
    tables: Iterator[pa.Table], seen: PathSet, left_out: LeftOut, planned: bool
) -> Iterator[pa.Table]:
    """Rows whose path has not been seen.

    Args:
        tables (Iterator[pa.Table]): with ``path``.
        seen (PathSet): paths are added to it.
        left_out (LeftOut): is told of others, but those of an earlier run.
        planned (bool): whether there are some of an earlier run.

    Yields:
        pa.Table: with rows.
    """
    for table in tables:
        mask = seen.add(table[PATH].to_pylist())
        if not planned:
            left_out.add('whose path came before', int(np.count_nonzero(~mask)))
        if mask.any():
            yield table.filter(pa.array(mask))


def _walk_local(root: Place) -> Iterator[str]:
    for path in walk_pictures(root.path):
        yield os.path.relpath(path, root.path).replace(os.sep, '/')


def _walk_store(root: Place) -> Iterator[str]:
    """One folder at a time, as a store gives all of its names at once."""
    folders = [root.path]
    while folders:
        selector = fs.FileSelector(folders.pop())
        infos = root.filesystem.get_file_info(selector)
        below = [i.path for i in infos if i.type == fs.FileType.Directory]
        folders += sorted(below, reverse=True)
        start = len(root.path.rstrip('/')) + 1
        files = (i for i in infos if i.type == fs.FileType.File)
        yield from sorted(i.path[start:] for i in files if is_picture(i.base_name))


def _is_text(path: str) -> bool:
    return not any('\ud800' <= letter <= '\udfff' for letter in path)


def _unreadable(place: Place, error: Exception) -> ValueError:
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return ValueError(f'{place.name} cannot be read as Parquet: {reason}')
