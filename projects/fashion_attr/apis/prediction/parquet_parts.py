"""Predictions as a folder of Parquet files, each of many pictures."""

import json
from pathlib import Path

import pyarrow as pa

from ...datasets.whole_file import whole_file
from ..inferencer import Vocabulary
from .found import Found
from .parquet_schema import GARMENT_SCHEMA, garment_rows, write_table
from .progress import Progress
from .text_files import TextFile

_PART_GARMENTS = 20_000  # about 20 MB before they are packed


class ParquetParts(TextFile):
    """A row for each garment in ``garments.parquet/part-00000.parquet`` and so on.

    A Parquet file cannot grow. Pictures are appended to a file of lines, which
    becomes a part where it has rows enough, or when the run ends.
    """

    name = '.garments.jsonl'
    leaves = (name, 'garments.parquet')

    def __init__(
        self, folder: Path, vocabulary: Vocabulary, progress: Progress
    ) -> None:
        super().__init__(folder, vocabulary, progress)
        self._lines = self.path
        self.path = folder / 'garments.parquet'
        self.path.mkdir(exist_ok=True)
        with open(self._lines, 'rb') as file:
            self._rows = sum(1 for _ in file)

    def text(self, found: Found) -> str:
        """The picture's rows as lines."""
        lines = [json.dumps(row) + '\n' for row in garment_rows(found.result)]
        self._rows += len(lines)
        return ''.join(lines)

    def settle(self, progress: Progress) -> None:
        """Make a part of what has come together, if that is enough."""
        if self._rows >= _PART_GARMENTS:
            self._write_part(progress)

    def finish(self, progress: Progress) -> None:
        """Make a part of what is left; an empty one where nothing was found at all."""
        if self._rows or not progress.parts:
            self._write_part(progress)
        self._lines.unlink(missing_ok=True)

    def _write_part(self, progress: Progress) -> None:
        with open(self._lines, encoding='utf-8') as file:
            table = pa.Table.from_pylist(
                [json.loads(line) for line in file], GARMENT_SCHEMA
            )
        path = self.path / f'part-{progress.parts:05d}.parquet'
        with whole_file(path) as half:
            write_table(table, half)
        progress.add_part()
        # Killed before this line, the next run does it: the progress says end 0.
        self._file.truncate(0)
        self._end = self._rows = 0
