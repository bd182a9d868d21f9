"""A process that predicts: chunk after chunk, each from the plan to its part."""

import os
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

import cv2
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import torch
from pyarrow import fs

from projects.fashion_attr.datasets.transforms.encoded_image import EncodedImage

from ...datasets.bad_images import reason_of
from ..inferencer import Backend, Picture, PictureResult, RawPrediction
from ..prediction.network import load_backend, load_inferencer
from ..prediction.parquet_schema import OK, PATH, picture_table, write_table
from .attempts import Attempts
from .folder import CatalogFolder
from .places import Place, find_place
from .plan import Plan
from .request import CatalogRequest


@dataclass(frozen=True, eq=False)
class Job:
    """What all workers are told.

    Attributes:
        request: with the device of the workers.
        out: folder of the catalogue.
        root: folder that relative paths start from.
        run: name of the run.
        identity: of the network that the run began with.
        make_backend: makes another network than the request's.
    """

    request: CatalogRequest
    out: Place
    root: Place
    run: str
    identity: str
    make_backend: Callable[[], Backend] | None = None


@dataclass(frozen=True)
class Worked:
    """What became of a chunk.

    Attributes:
        worker: name of the process.
        host: name of the machine.
        chunk: its number.
        pictures: that were looked at.
        failed: of these could not be read.
        garments: that were found.
        began: time of the start, in seconds.
        ended: time of the end, in seconds.
    """

    worker: str
    host: str
    chunk: int
    pictures: int
    failed: int
    garments: int
    began: float
    ended: float


class ChunkWorker:
    """Predicts the pictures of chunks and writes their parts.

    Args:
        job (Job): what to do.

    Raises:
        OSError, ValueError: if network or folder are not to be had here, or are others
            than those of the run.
    """

    def __init__(self, job: Job) -> None:
        self.job, request = job, job.request
        on_cpu = request.device == 'cpu'
        if on_cpu:
            torch.set_num_threads(1)
            cv2.setNumThreads(0)
        make = job.make_backend or (lambda: load_backend(request, int(on_cpu)))
        backend = make()
        if backend.identity != job.identity:
            raise ValueError(
                f'{socket.gethostname()} has another config or checkpoint than the '
                'machine that the run was started on'
            )
        self.inferencer = load_inferencer(request, _CarefulBackend(backend))
        self.inferencer.open = Opener(job.root)
        self.folder = CatalogFolder(job.out)
        self.plan = Plan(self.folder.plan)

    def __call__(self, number: int) -> Worked:
        """Do a chunk.

        Args:
            number (int): of the chunk; where it has a part, its pictures that could
                not be read are done again.

        Returns:
            Worked: what became of it.

        Raises:
            OSError: if its part cannot be written.
            ValueError: if the folder holds another run by now, or workers have died at
                several of the pictures.
        """
        began = time.time()
        chunk, kept = self._todo(number)
        attempts = self.folder.attempts(number)
        attempts.begin()
        results = self._predict(chunk[PATH].to_pylist(), attempts)
        table = pa.concat_tables([*kept, picture_table(chunk, results)])
        if self.folder.run() != self.job.run:
            raise ValueError(f'{self.job.out.name} has been started anew by another')
        with self.folder.part(number).whole() as half:
            write_table(table, half)
        attempts.end()
        found = [result for result in results if not isinstance(result, str)]
        return Worked(
            worker=str(os.getpid()),
            host=socket.gethostname(),
            chunk=number,
            pictures=len(results),
            failed=len(results) - len(found),
            garments=sum(len(result.garments) for result in found),
            began=began,
            ended=time.time(),
        )

    def _todo(self, number: int) -> tuple[pa.Table, list[pa.Table]]:
        """A chunk's pictures that are to be done, and the rows of the others."""
        chunk, part = self.plan.chunk(number), self.folder.part(number)
        if part.kind() == fs.FileType.NotFound:
            return chunk, []
        with part.filesystem.open_input_file(part.path) as file:
            before = pq.read_table(file)
        kept = before.filter(pc.equal(before['status'], OK))
        is_kept = pc.is_in(chunk[PATH], kept[PATH].combine_chunks())
        return chunk.filter(pc.invert(is_kept)), [kept]

    def _predict(
        self, paths: list[str], attempts: Attempts
    ) -> list[PictureResult | str]:
        results: dict[str, PictureResult | str] = {}
        pictures = [Picture(path, path) for path in paths]
        if not attempts.careful:
            with suppress(torch.OutOfMemoryError):
                self._run(pictures, self.job.request.batch_size, results)
        rest = [picture for picture in pictures if picture.name not in results]
        self._run_alone(rest, attempts, results)
        return [results[path] for path in paths]

    def _run(self, pictures: list[Picture], batch_size: int, results: dict) -> None:
        request = self.job.request

        def note(picture: Picture, error: Exception) -> None:
            results[picture.name] = reason_of(error)

        found = pictures and self.inferencer.predict(
            pictures,
            batch_size,
            least_score=request.least_score,
            workers=request.readers,
            on_error=note,
        )
        for picture, raw in found:
            results[picture.name] = self.inferencer.result(picture, raw)

    def _run_alone(
        self, pictures: list[Picture], attempts: Attempts, results: dict
    ) -> None:
        """Find out which pictures are too large for the GPU, or deadly."""
        for picture in pictures:
            if attempts.is_deadly(picture.name):
                results[picture.name] = attempts.reason(picture.name)
                continue
            attempts.begin(picture.name)
            torch.cuda.empty_cache()
            try:
                self._run([picture], 1, results)
            except torch.OutOfMemoryError as error:
                results[picture.name] = reason_of(error)


class RowWorker(ChunkWorker):
    """A `ChunkWorker` as Ray Data wants it: a row in, a row out."""

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        """Do the chunk that is the ``item`` of a row; gives `Worked`."""
        return asdict(super().__call__(int(row['item'])))


class Opener:
    """Finds the pictures of a catalogue.

    Args:
        root (Place): folder that relative paths start from.
    """

    def __init__(self, root: Place) -> None:
        self._root = root

    def __call__(self, path: str, turn: bool) -> EncodedImage:
        """Find a picture.

        Args:
            path (str): below the root, absolute, or a URI.
            turn (bool): whether to turn it as EXIF says.

        Returns:
            EncodedImage: of a path on this machine's disks, or of the file's content.

        Raises:
            OSError: if it cannot be read.
            ValueError: if it is no picture, or its file system is not known.
        """
        place = self._place(path)
        if place.is_local:
            return EncodedImage(place.path, turn=turn)
        return EncodedImage(path, place.read(), turn)

    def _place(self, path: str) -> Place:
        if '://' not in path:
            return find_place(path) if os.path.isabs(path) else self._root / path
        if path.startswith('file://'):
            return find_place(path)
        scheme, rest = path.split('://', 1)
        store, _, name = rest.partition('/')
        return _store(f'{scheme}://{store}') / name


@lru_cache(maxsize=64)
def _store(uri: str) -> Place:
    return find_place(uri)


class _CarefulBackend:
    """A network that takes nothing amiss.

    Whatever a file that somebody else has made sets off while it is read is the
    picture's fault, not the run's.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.dataset_meta = backend.dataset_meta
        self.attr_score_thr = backend.attr_score_thr
        self.identity = backend.identity

    def load(self, source: EncodedImage) -> Any:
        """See `Backend.load`."""
        try:
            return self._backend.load(source)
        except (OSError, ValueError):
            raise
        except Exception as error:
            raise ValueError(f'{type(error).__name__}: {error}') from error

    def predict(
        self, loaded: list[Any], least_score: float = 0.0
    ) -> list[RawPrediction]:
        """See `Backend.predict`."""
        return self._backend.predict(loaded, least_score)
