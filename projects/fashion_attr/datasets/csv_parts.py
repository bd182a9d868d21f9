"""Converts ``train.csv`` in parts, in parallel, and keeps those that are finished.

Each part is a span of whole rows, converted without a look at the others; what needs
the rows before (a line's number, a picture's size) is settled in the file's order when
the parts are put together. A part is a JSON file that is written as a whole or not at
all, in a folder named after the CSV file's size and time and after the code that
converts: a run that was ended in the middle goes on from there, and parts of another
file or by other code are never taken for its own.
"""

import hashlib
import json
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from pathlib import Path

from ..structures import kaggle_rle, rle
from . import (
    annotations,
    csv_chunks,
    csv_rows,
    json_file,
    kaggle_csv,
    labels,
    taxonomy,
)
from .annotations import MaskRecord, RowResult, atomic_writer, convert_row
from .csv_chunks import cut_spans
from .csv_rows import BrokenCsv, Header, Span, read_header, read_span
from .kaggle_csv import BROKEN_WAY_OUT, COLUMNS
from .labels import Taxonomy
from .taxonomy import FASHIONPEDIA

# 1,500 rows of the real file: a second of work, and no more is lost by a stop.
PART_BYTES = 8 << 20
# With this one, all that parts depend on.
_MODULES = (
    *(annotations, csv_chunks, csv_rows, json_file, kaggle_csv, kaggle_rle),
    *(labels, rle, taxonomy),
)
_PREFIX = '.parts-'


@dataclass
class Part:
    """What the rows of one span give; lines count from its first.

    Attributes:
        lines (int): lines in the span, up to a fault.
        results (list[RowResult]): row by row, up to a fault.
        fault (BrokenCsv | None): why no more rows can be read.
    """

    lines: int
    results: list[RowResult]
    fault: BrokenCsv | None = None


def source_hash(paths: Iterable[str | Path]) -> str:
    """A short name for what some files say.

    Args:
        paths (Iterable[str | Path]): the files.

    Returns:
        str: 16 hexadecimal digits.
    """
    sources = [hashlib.sha256(Path(path).read_bytes()).digest() for path in paths]
    return hashlib.sha256(b''.join(sources)).hexdigest()[:16]


SOURCES = (__file__, *(module.__file__ for module in _MODULES))
# At the import: the files may change while this runs.
_CODE = source_hash(SOURCES)


class PartsFolder:
    """Finished parts of one CSV file.

    Args:
        folder (str | Path): where the parts' own folder is made, once there are any.
        csv_path (str | Path): the CSV file.
        part_bytes (int): bytes of the CSV file in a part, at least.
        taxonomy (Taxonomy): what the file's ids are of.
    """

    def __init__(
        self,
        folder: str | Path,
        csv_path: str | Path,
        part_bytes: int = PART_BYTES,
        taxonomy: Taxonomy = FASHIONPEDIA,
    ):
        stat = os.stat(csv_path)
        labels_key = hashlib.sha256(repr(taxonomy).encode()).hexdigest()[:8]
        key = f'{_CODE}-{labels_key}-{stat.st_size}-{stat.st_mtime_ns}-{part_bytes}'
        self.taxonomy = taxonomy
        self.parent = Path(folder)
        self.path = self.parent / f'{_PREFIX}{key}'
        self.part_bytes = part_bytes

    def open(self) -> None:
        """Make the folder and remove those of other CSV files and other code."""
        self.path.mkdir(parents=True, exist_ok=True)
        remove_parts(self.parent, keep=self.path)

    def part(self, span: Span) -> Path:
        """The file of a part."""
        return self.path / f'{span.start}-{span.end}.json'


def remove_parts(folder: Path, keep: Path | None = None) -> None:
    """Remove the parts of every CSV file from a folder, but one's."""
    for parts in folder.glob(f'{_PREFIX}*'):
        if parts != keep:
            shutil.rmtree(parts)


def convert_parts(
    csv_path: str | Path, folder: PartsFolder, workers: int = 1
) -> Iterator[tuple[Span, Part]]:
    """Convert the rows that no earlier run has converted.

    A file of one part is converted at once; nothing is kept of it.

    Args:
        csv_path (str | Path): ``train.csv``.
        folder (PartsFolder): where its parts are kept.
        workers (int): processes; 1 converts in this one.

    Yields:
        tuple[Span, Part]: in the file's order.

    Raises:
        ValueError: if the header cannot be read.
        ChildProcessError: if a worker was killed.
    """
    header = read_header(csv_path, COLUMNS, BROKEN_WAY_OUT)
    spans = cut_spans(csv_path, folder.part_bytes)
    first, second = next(spans), next(spans, None)
    if second is None:
        yield first, _convert(csv_path, first, header, folder.taxonomy)
        return
    folder.open()
    spans = [first, second, *spans]
    missing = [span for span in spans if not folder.part(span).exists()]
    with _Converters(min(workers, len(missing))) as converters:
        waiting = {
            span: converters.submit(
                csv_path, span, header, folder.part(span), folder.taxonomy
            )
            for span in missing
        }
        for span in spans:
            if span in waiting:
                waiting.pop(span)()
            yield span, _kept(csv_path, span, header, folder)


def _kept(
    csv_path: str | Path, span: Span, header: Header, folder: PartsFolder
) -> Part:
    path = folder.part(span)
    try:
        return read_part(path)
    except ValueError:  # cut short, as the machine has stopped before it was on disk
        write_part(csv_path, span, header, path, folder.taxonomy)
        return read_part(path)


class _Converters:
    """Worker processes, or this process where one is enough."""

    def __init__(self, workers: int):
        self.pool = None
        if workers > 1:
            # Not by fork: the caller may have threads, whose locks a fork would keep.
            self.pool = ProcessPoolExecutor(
                workers, get_context('spawn'), initializer=_start_worker
            )

    def __enter__(self) -> '_Converters':
        return self

    def __exit__(self, *exc_info) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def submit(self, *args) -> Callable[[], None]:
        """Set `write_part` to work; what is given back is called to wait for it."""
        if self.pool is None:
            return lambda: write_part(*args)
        future = self.pool.submit(write_part, *args)
        return lambda: _finish(future)


def _finish(future: Future) -> None:
    try:
        future.result()
    except BrokenProcessPool as error:
        raise ChildProcessError(
            'a worker process was killed, for want of memory perhaps; run again with '
            'fewer --workers: finished parts are kept'
        ) from error


def _start_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch():
        connection.wait([parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _convert(
    csv_path: str | Path, span: Span, header: Header, taxonomy: Taxonomy
) -> Part:
    rows = read_span(csv_path, span, header, BROKEN_WAY_OUT)
    part = Part(0, [])
    try:
        while True:
            part.results.append(convert_row(next(rows), taxonomy))
    except StopIteration as end:
        part.lines = end.value
    except BrokenCsv as fault:
        part.fault = fault
    return part


def write_part(
    csv_path: str | Path,
    span: Span,
    header: Header,
    path: Path,
    taxonomy: Taxonomy = FASHIONPEDIA,
) -> None:
    """Convert the rows of a span and keep them in a file.

    Args:
        csv_path (str | Path): ``train.csv``.
        span (Span): where the rows are.
        header (Header): of the CSV file.
        path (Path): the part's file.
        taxonomy (Taxonomy): what the ids are of.
    """
    part = _convert(csv_path, span, header, taxonomy)
    fault = part.fault.args if part.fault else None
    with atomic_writer(path, sync=False) as file:
        # As one string: json.dump, which writes in pieces, encodes in plain Python.
        file.write(json.dumps([part.lines, part.results, fault]))


def read_part(path: Path) -> Part:
    """What `write_part` has kept."""
    with open(path, encoding='utf-8') as file:
        lines, results, fault = json.load(file)
    results = [
        RowResult(line, image_id, size and tuple(size), mask and _mask(*mask), problem)
        for line, image_id, size, mask, problem in results
    ]
    return Part(lines, results, BrokenCsv(*fault) if fault else None)


def _mask(line, category_id, attribute_ids, counts, area, bbox) -> MaskRecord:
    return MaskRecord(
        line, category_id, tuple(attribute_ids), counts, area, tuple(bbox)
    )
