"""Reads Fashionpedia / COCO files for the checks, and the pictures they name."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ..coco_tables import check_image
from ..labels import Taxonomy
from ..taxonomy import FASHIONPEDIA
from .annotations import Task, check_annotations
from .duplicates import Picture
from .findings import Findings
from .json_stream import BrokenJSON, read_entries
from .labels import check_label_entries
from .run_length import Fault
from .seen_rows import SeenRows
from .workers import Workers, chunks

_ANNOTATIONS = 256  # in one task
_LABELS = ('categories', 'attributes')
_UNIQUE = ('id', 'file_name')


def read_coco(
    paths: Sequence[Path],
    images: Path,
    findings: Findings,
    workers: Workers,
    progress: bool = False,
    taxonomy: Taxonomy = FASHIONPEDIA,
) -> tuple[int, list[Picture], bool]:
    """Check annotation files; each is a side of its own.

    Args:
        paths (Sequence[Path]): the files, such as those of train and val.
        images (Path): the folder of the pictures.
        findings (Findings): is told.
        workers (Workers): look at the annotations.
        progress (bool): whether to show progress bars.
        taxonomy (Taxonomy): what the files' ids are of.

    Returns:
        tuple: number of annotations, the pictures named, and whether all files
        could be read to their end. A picture that two files name is there twice.
    """
    seen, number, complete = SeenRows(findings, taxonomy), 0, True
    pictures: list[Picture] = []
    for path in paths:
        file, failed = str(path), []
        seen.start_file(file)
        entries = list(_image_entries(path, findings, failed))
        sizes = {entry['id']: (entry['height'], entry['width']) for entry in entries}
        if not failed:
            reader = _Reader(path, sizes, failed, taxonomy)
            found = reader.check(seen, findings, workers, progress)
            if not found and not failed:
                findings.add('no-rows', file, message='the file has no annotations')
            number += found
        for message in failed:
            findings.add('json-unreadable', file, message=message)
        complete &= not failed
        pictures += [_picture(entry, file, images, seen) for entry in entries]
    seen.report_pairs()
    _tell_shared(pictures, findings)
    return number, pictures, complete


def _picture(entry: dict, file: str, images: Path, seen: SeenRows) -> Picture:
    image_id, name = str(entry['id']), os.path.normpath(entry['file_name'])
    size = entry['height'], entry['width']
    row = seen.first.get(image_id)
    return Picture(name, image_id, row, size, file, f'{images.name}/{name}')


def _image_entries(path: Path, findings: Findings, failed: list) -> Iterator[dict]:
    """Sound entries of ``images``, each id and file once."""
    used: set[tuple[str, Any]] = set()
    found = False
    try:
        for key, entry in read_entries(path):
            if key == 'images':
                found = True
                fault = _entry_fault(entry, used)
                if not fault:
                    used |= {(k, entry[k]) for k in _UNIQUE}
                    yield entry
                    continue
                code, message = fault
                image_id = entry.get('id') if isinstance(entry, dict) else None
                image_id = None if image_id is None else str(image_id)
                findings.add(code, str(path), image_id, None, message)
            elif found:
                return  # the annotations are read later, with these sizes
    except BrokenJSON as error:
        failed.append(str(error))
    if not found and not failed:
        failed.append('the file has no images')


def _entry_fault(entry: Any, used: set) -> Fault | None:
    if not isinstance(entry, dict):
        return 'image-entry', f'an entry of images is {entry!r}'
    kinds = dict(id=int | str, file_name=str, height=int, width=int)
    for key, kind in kinds.items():
        value = entry.get(key)
        if not isinstance(value, kind) or (kind is int and value < 1):
            return 'image-entry', f'{key} is {value!r}'
    try:
        check_image('it', entry)
    except ValueError as error:
        return 'image-entry', str(error)
    for key in _UNIQUE:
        if (key, entry[key]) in used:
            return 'image-twice', f'{key} {entry[key]!r} is used twice'
    return None


class _Reader:
    """Reads the annotations of one file, until its end or its first fault."""

    def __init__(self, path: Path, sizes: dict, failed: list, taxonomy: Taxonomy):
        self.path, self.sizes, self.failed = path, sizes, failed
        self.taxonomy = taxonomy
        self.labels: dict[str, list] = {key: [] for key in _LABELS}

    def check(self, seen, findings: Findings, workers: Workers, progress) -> int:
        """The number of annotations, after a look at each."""
        file, number, ids = str(self.path), 0, set()
        with tqdm(
            total=self.path.stat().st_size,
            unit='B',
            unit_scale=True,
            desc=f'checking {self.path.name}',
            disable=not progress,
        ) as bar:
            stream = chunks(self._annotations(bar.update), _ANNOTATIONS)
            tasks = (Task(file, chunk, self.taxonomy) for chunk in stream)
            for found, summaries, places in workers.map(check_annotations, tasks):
                findings.extend(found)
                seen.add(summaries)
                number += len(places)
                for image_id, row in places:
                    if row is not None and row in ids:
                        text = f'the annotation id {row} is used twice'
                        findings.add('row-id', file, image_id, row, text)
                    ids.add(row)
        if not self.failed:
            check_label_entries(file, self.labels, findings, self.taxonomy)
        return number

    def _annotations(self, on_bytes) -> Iterator[tuple]:
        """Annotations with their image's size."""
        try:
            for key, entry in read_entries(self.path, on_bytes):
                if key in _LABELS:
                    self.labels[key].append(entry)
                elif key == 'annotations':
                    yield entry, self._size(entry)
        except BrokenJSON as error:
            self.failed.append(str(error))

    def _size(self, entry: Any) -> tuple[int, int] | None:
        if not isinstance(entry, dict):
            raise BrokenJSON(f'an entry of annotations is {entry!r}'[:200])
        image_id = entry.get('image_id')
        return self.sizes.get(image_id) if isinstance(image_id, int | str) else None


def _tell_shared(pictures: Sequence[Picture], findings: Findings) -> None:
    first: dict[str, Picture] = {}
    for picture in pictures:
        other = first.setdefault(picture.file, picture)
        if other is not picture:
            text = f'{other.side} has the picture too, as ImageId {other.image_id}'
            findings.add(
                'side-same', picture.shown, picture.image_id, picture.row, text
            )
