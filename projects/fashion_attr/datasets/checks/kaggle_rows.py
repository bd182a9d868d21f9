"""Reads Kaggle's folder for the checks: rows, sides, and the pictures they name."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tqdm import tqdm

from ..csv_rows import CsvRow
from ..kaggle_csv import read_train_csv
from ..kaggle_folder import CSV_NAME, IMAGE_FOLDER
from ..labels import Taxonomy
from ..taxonomy import FASHIONPEDIA
from .duplicates import Picture
from .findings import Findings
from .json_stream import BrokenJSON, read_entries
from .rows import check_rows
from .seen_rows import SeenRows
from .workers import Workers, chunks

_ROWS = 256  # in one task
SIDES = ('annotations/train.json', 'annotations/val.json')


def read_kaggle(
    root: Path,
    findings: Findings,
    workers: Workers,
    progress: bool = False,
    taxonomy: Taxonomy = FASHIONPEDIA,
) -> tuple[int, list[Picture], bool]:
    """Check ``train.csv``, and what `prepare` made of it where it has run.

    Args:
        root (Path): the folder.
        findings (Findings): is told.
        workers (Workers): look at the rows.
        progress (bool): whether to show a progress bar.
        taxonomy (Taxonomy): what the ids are of.

    Returns:
        tuple: number of rows, the pictures named, and whether the file has rows and
        could be read to its end.
    """
    seen, number = SeenRows(findings, taxonomy), 0
    seen.start_file(CSV_NAME)
    path, failed = root / CSV_NAME, []
    with tqdm(
        total=path.stat().st_size,
        unit='B',
        unit_scale=True,
        desc=f'checking {CSV_NAME}',
        disable=not progress,
    ) as bar:
        rows = _rows_until_error(path, failed, bar.update)
        tasks = ((CSV_NAME, chunk) for chunk in chunks(rows, _ROWS))
        check = partial(check_rows, taxonomy=taxonomy)
        for found, summaries, count in workers.map(check, tasks):
            findings.extend(found)
            seen.add(summaries)
            number += count
    for line, message in failed:
        findings.add('csv-unreadable', CSV_NAME, None, line, message)
    if not number and not failed:
        findings.add('no-rows', CSV_NAME, message='nothing follows the header')
    complete = number > 0 and not failed
    seen.report_pairs()
    sides = _read_sides(root, seen, findings, complete)
    pictures = [
        _picture(image_id, row, seen, sides) for image_id, row in seen.first.items()
    ]
    return number, pictures, complete


def _picture(image_id: str, row: int, seen: SeenRows, sides: dict) -> Picture:
    file = f'{image_id}.jpg'
    size = seen.sizes.get(image_id, (0, None))[1]
    side = sides.get(image_id, '')
    return Picture(file, image_id, row, size, side, f'{IMAGE_FOLDER}/{file}')


def _rows_until_error(
    path: Path, failed: list, on_bytes: Callable[[int], None]
) -> Iterator[CsvRow]:
    line = 0
    try:
        for row in read_train_csv(path, on_bytes):
            line = row.line
            yield row
    except ValueError as error:
        failed.append((line + 1, str(error)))


def _read_sides(
    root: Path, seen: SeenRows, findings: Findings, complete: bool
) -> dict[str, str]:
    """The side of each ImageId that has one."""
    sides: dict[str, str] = {}
    for side in SIDES:
        if not (root / side).exists():
            continue
        for image_id in _image_ids(root, side, findings):
            row = seen.first.get(image_id)
            if image_id in sides:
                text = f'{sides[image_id]} has the picture too'
                findings.add('side-same', side, image_id, row, text)
            elif row is None and complete:
                findings.add('side-stale', side, image_id, None, 'no row names it')
            sides.setdefault(image_id, side)
    return sides


def _image_ids(root: Path, side: str, findings: Findings) -> Iterator[str]:
    try:
        found = False
        for key, entry in read_entries(root / side):
            if key == 'images':
                found = True
                yield Path(entry['file_name']).stem
            elif found:
                return  # the masks are the rows' own
    except BrokenJSON as error:
        findings.add('json-unreadable', side, message=str(error))
    except (KeyError, TypeError):
        text = 'an entry of images has no file_name'
        findings.add('image-entry', side, message=text)
