"""What a catalogue's folder holds: its settings, its plan and the parts that are done.

::

    catalog.json                        settings, and the name of the run
    plan/plan-00000000.parquet          the pictures, in chunks
    pictures.parquet/part-0000000.parquet   what was found in those of chunk 0
    attempts/attempt-0000001.json       notes of chunks that are under way
"""

import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import dataset, fs

from projects.fashion_attr.datasets.folder_lock import locked

from ..prediction.network import check_settings
from ..prediction.parquet_schema import OK
from .attempts import Attempts
from .places import Place

_PART = re.compile(r'part-(\d{7})\.parquet')
_HALF = re.compile(r'\..*\.parquet\.[0-9a-f]{32}')


class CatalogFolder:
    """A folder of predictions, by path or URI.

    Args:
        place (Place): the folder, whether it is there or not.

    Attributes:
        plan: the folder of the plan.
        parts: the folder of the parts.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.plan = place / 'plan'
        self.parts = place / 'pictures.parquet'
        self._attempts = place / 'attempts'
        self._manifest = place / 'catalog.json'

    def lock(self) -> AbstractContextManager:
        """Make it, and keep other runs out, where it is on a disk.

        Raises:
            BlockingIOError: if another run is at work in it.
            ValueError: if it is a file.
        """
        if self.place.kind() == fs.FileType.File:
            raise ValueError(f'--out {self.place.name} is a file: give a folder')
        self.place.make_folder()
        return locked(self.place.path) if self.place.is_local else nullcontext()

    def begin(self, settings: dict[str, str], overwrite: bool) -> str:
        """Take up a run, or begin one.

        Args:
            settings (dict[str, str]): what must be the same for a run to go on.
            overwrite (bool): whether to remove what there is of an earlier one.

        Returns:
            str: name of the run.

        Raises:
            ValueError: if its settings were others, or it is none of this tool.
        """
        name = self._take_up(settings, overwrite)
        self._attempts.make_folder()
        return name

    def _take_up(self, settings: dict[str, str], overwrite: bool) -> str:
        if overwrite:
            # The name of the run first: from then on its workers write nothing.
            for place in (self._manifest, self.plan, self.parts, self._attempts):
                place.remove()
        if self._manifest.kind() == fs.FileType.NotFound:
            self._refuse_strangers()
            return self._begin(settings)
        manifest = self._read()
        if manifest['settings'] != settings and not self.done():
            # Nothing is done: the settings are free.
            self.plan.remove()
            return self._begin(settings)
        check_settings(self.place.name, manifest['settings'], settings)
        return manifest['run']

    def run(self) -> str | None:
        """The name of the run whose predictions it holds."""
        found = self._manifest.kind() != fs.FileType.NotFound
        return self._read()['run'] if found else None

    def done(self) -> set[int]:
        """Chunks whose part is there; what killed workers have left is removed.

        So are empty parts, of a machine that stopped.
        """
        numbers = set()
        for info in self.parts.list():
            part = _PART.fullmatch(info.base_name)
            if part and info.size:
                numbers.add(int(part[1]))
            elif part or _HALF.fullmatch(info.base_name):
                (self.parts / info.base_name).remove()
        return numbers

    def part(self, number: int) -> Place:
        """The part of a chunk."""
        return self.parts / f'part-{number:07d}.parquet'

    def attempts(self, number: int) -> Attempts:
        """The attempts at a chunk so far; see there what it raises."""
        return Attempts(self._attempts / f'attempt-{number:07d}.json')

    def failed(self) -> Iterator[int]:
        """Chunks with pictures that could not be read, each once.

        Raises:
            ValueError: if a part is damaged.
        """
        parts = dataset.dataset(
            self.parts.path, filesystem=self.parts.filesystem, format='parquet'
        )
        scanner = parts.scanner(
            columns=['__filename'], filter=pc.field('status') != OK, batch_readahead=2
        )
        before = None
        try:
            for batch in scanner.to_batches():
                for name in batch.column(0).unique().to_pylist():
                    number = int(_PART.search(name)[1])
                    if number != before:
                        yield number
                    before = number
        except pa.ArrowException as error:
            raise ValueError(f'{self.parts.name} is damaged: {error}') from error

    def _begin(self, settings: dict[str, str]) -> str:
        self.parts.make_folder()
        manifest = dict(run=uuid4().hex, settings=settings)
        with self._manifest.whole() as half:
            half.write_text(json.dumps(manifest, indent=1) + '\n')
        return manifest['run']

    def _read(self) -> dict:
        try:
            manifest = json.loads(self._manifest.read())
            manifest['run'], manifest['settings'].items()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f'{self._manifest.name} is not of tools/predict_catalog.py; take '
                'another --out, or start anew with --overwrite'
            ) from error
        return manifest

    def _refuse_strangers(self) -> None:
        for place in (self.plan, self.parts):
            if place.list():
                raise ValueError(
                    f'{place.name} is there, and no {self._manifest.name}: take '
                    'another --out, or start anew with --overwrite'
                )
