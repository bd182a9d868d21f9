"""Pictures in numbered chunks, written down before any of them is looked at.

Each time pictures have come, a file ``plan-00000012.parquet`` is added: its row groups
are the chunks 12, 13, ...; it is never changed.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..prediction.parquet_schema import PATH
from .places import Place

_NAME = re.compile(r'plan-(\d{8})\.parquet')


class Plan:
    """The chunks that are planned.

    Args:
        folder (Place): with their files, or none.

    Attributes:
        sizes (np.ndarray): (c,) int64, pictures of each chunk.

    Raises:
        ValueError: if a file is missing or damaged.
    """

    def __init__(self, folder: Place) -> None:
        self.folder = folder
        self._firsts: list[int] = []
        self._files: list[pq.ParquetFile] = []
        sizes: list[int] = []
        for info in folder.list():
            name = _NAME.fullmatch(info.base_name)
            if name is None:
                continue
            if int(name[1]) != len(sizes):
                raise ValueError(
                    f'{folder.name} has no file for chunk {len(sizes)}: start anew '
                    'with --overwrite'
                )
            file = _open(folder / info.base_name)
            self._firsts.append(len(sizes))
            self._files.append(file)
            groups = range(file.metadata.num_row_groups)
            sizes += [file.metadata.row_group(group).num_rows for group in groups]
        self.sizes = np.array(sizes, np.int64)

    def __len__(self) -> int:
        """How many chunks."""
        return len(self.sizes)

    @property
    def num_pictures(self) -> int:
        """How many pictures there are in all."""
        return int(self.sizes.sum())

    @property
    def schema(self) -> pa.Schema:
        """``path`` and the columns that are carried over."""
        return self._files[0].schema_arrow

    def chunk(self, number: int) -> pa.Table:
        """The pictures of a chunk.

        Args:
            number (int): of the chunk.

        Returns:
            pa.Table: of `schema`.
        """
        place = bisect_right(self._firsts, number) - 1
        return self._files[place].read_row_group(number - self._firsts[place])

    def paths(self) -> Iterator[list[str]]:
        """Paths of all pictures, a part of them each."""
        for file in self._files:
            for batch in file.iter_batches(columns=[PATH]):
                yield batch.column(0).to_pylist()

    def extended(
        self, tables: Iterator[pa.Table], schema: pa.Schema, size: int, at_least: int
    ) -> 'Plan':
        """Plan more pictures.

        Args:
            tables (Iterator[pa.Table]): of them, of any lengths.
            schema (pa.Schema): of the tables.
            size (int): pictures of a chunk.
            at_least (int): chunks that there should be; they are smaller where there
                are too few pictures for that.

        Returns:
            Plan: with these; itself where there are none.
        """
        chunks = _cut(tables, schema, size, at_least)
        first = next(chunks, None)
        if first is None:
            return self
        self.folder.make_folder()
        with (
            (self.folder / f'plan-{len(self):08d}.parquet').whole() as half,
            pq.ParquetWriter(half, schema, compression='zstd') as writer,
        ):
            for chunk in chain([first], chunks):
                writer.write_table(chunk, row_group_size=len(chunk))
        return Plan(self.folder)


def _cut(
    tables: Iterator[pa.Table], schema: pa.Schema, size: int, at_least: int
) -> Iterator[pa.Table]:
    rest, short = schema.empty_table(), True
    for table in tables:
        rest = pa.concat_tables([rest, table])
        if short and len(rest) < size * at_least:
            continue  # it may be that there are too few
        short = False
        whole = len(rest) - len(rest) % size
        for start in range(0, whole, size):
            yield rest.slice(start, size)
        rest = rest.slice(whole).combine_chunks()
    if short:
        size = max(1, min(size, -(-len(rest) // at_least)))
    for start in range(0, len(rest), size):
        yield rest.slice(start, size)


def _open(place: Place) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(place.filesystem.open_input_file(place.path))
    except (pa.ArrowException, OSError) as error:
        raise ValueError(
            f'{place.name} cannot be read ({error}): start anew with --overwrite'
        ) from error
