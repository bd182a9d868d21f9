"""From the flags of tools/predict.py to a folder of predictions."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import torch
from tqdm import tqdm

from projects.fashion_attr.datasets.folder_lock import locked

from ..inferencer import (
    Backend,
    FashionInferencer,
    Picture,
    RawPrediction,
    list_pictures,
)
from .drawn import DRAWN, write_drawn
from .formats import FORMATS
from .found import Found
from .image_ids import ImageIds
from .network import NetworkRequest, load_inferencer, network_settings
from .progress import NAME, Progress, is_idle
from .text_files import TextFile
from .unreadable import Unreadable


@dataclass(frozen=True)
class PredictRequest(NetworkRequest):
    """What tools/predict.py is asked for.

    Attributes:
        images: paths of pictures and folders.
        out: folder for everything that is written.
        format: one of `FORMATS`; the ``score_thr`` of coco is 0 where None is given,
            as AP counts all.
        image_ids: COCO JSON to number pictures by; None numbers them from 1.
        workers: threads that read pictures.
        draw: whether to write drawn pictures too.
        overwrite: whether to remove earlier predictions from ``out``.
        exif: 'turn' as EXIF says, or 'ignore' it; None: see ``turn``.
    """

    images: list[str]
    out: Path
    format: str = 'json'
    image_ids: Path | None = None
    workers: int = 2
    draw: bool = False
    overwrite: bool = False
    exif: str | None = None

    @property
    def turn(self) -> bool:
        """Whether pictures are turned as EXIF says, as people see them.

        Not where results are held against annotations or sent to the competition, which
        are of the stored pixels: format coco, or pictures of an annotation file.
        """
        if self.exif is not None:
            return self.exif == 'turn'
        return self.format != 'coco' and self.image_ids is None

    @property
    def least_score(self) -> float:
        """The least class score that is written."""
        if self.format == 'coco' and self.score_thr is None:
            return 0.0
        return super().least_score


def run_prediction(
    request: PredictRequest,
    say: Callable[[str], None] = print,
    backend: Backend | None = None,
) -> None:
    """Find the garments of pictures and write them, going on where a run stopped.

    Args:
        request (PredictRequest): what to do.
        say (Callable): is told how it went, line by line.
        backend (Backend | None): network in place of config and checkpoint.

    Raises:
        OSError: if a file is missing or cannot be written, or another run is at work
            in the folder.
        ValueError: if a setting or file is not sound, if the folder holds predictions
            of other settings, or if none of the pictures could be read.
    """
    ids = ImageIds(request.image_ids)
    there = _outside(list_pictures(list(request.images)), request.out)
    pictures = ids.choose(there)
    if len(pictures) < len(there):
        left = len(there) - len(pictures)
        say(f'{left:,} pictures left out that {request.image_ids} does not list')
    inferencer = load_inferencer(request, backend, request.turn)
    if request.out.exists() and not request.out.is_dir():
        raise ValueError(f'--out {request.out} is a file: give a folder')
    request.out.mkdir(parents=True, exist_ok=True)
    with locked(request.out):
        if request.overwrite or is_idle(request.out):
            _remove(request.out)
        with Progress(request.out, _settings(request, inferencer)) as progress:
            kind = FORMATS[request.format]
            file = kind(request.out, inferencer.vocabulary, progress)
            with closing(file):
                unreadable = Unreadable(request.out)
                run = _Run(request, inferencer, ids, progress, file, unreadable)
                run.go_on(pictures, say)


@dataclass(frozen=True)
class _Run:
    request: PredictRequest
    inferencer: FashionInferencer
    ids: ImageIds
    progress: Progress
    file: TextFile
    unreadable: Unreadable

    def go_on(self, pictures: list[Picture], say: Callable[[str], None]) -> None:
        """Do what is not done yet, close the file and tell."""
        done = self.progress.done
        todo = [picture for picture in pictures if picture.name not in done]
        before = len(pictures) - len(todo)
        if before:
            say(f'{before:,} of {len(pictures):,} pictures are done already')
        garments = self._predict(todo, before)
        self.file.finish(self.progress)
        failed = len(self.unreadable)
        if failed and failed == len(pictures):
            raise ValueError(
                f'none of the {failed:,} pictures could be read, see above'
            )
        now = len(todo) - failed
        say(f'{now:,} pictures, {garments:,} garments: {self.file.path}')
        if failed:
            say(f'{failed:,} could not be read: {self.unreadable.path}')

    def _predict(self, todo: list[Picture], before: int) -> int:
        """Do pictures one by one; gives the number of garments."""
        garments, request = 0, self.request
        total = before + len(todo)
        with tqdm(total=total, initial=before, desc='predict', unit='img') as bar:

            def pass_over(picture: Picture, error: Exception) -> None:
                bar.write(self.unreadable.add(picture.name, error))
                bar.update()

            found = todo and self.inferencer.predict(
                todo,
                request.batch_size,
                least_score=request.least_score,
                workers=request.workers,
                on_error=pass_over,
            )
            try:
                for picture, raw in found:
                    garments += self._write(picture, raw)
                    bar.update()
            except torch.OutOfMemoryError as error:
                raise ValueError(
                    f'the GPU has no memory left for --batch-size {request.batch_size}:'
                    ' take a smaller one; the run goes on where it stopped'
                ) from error
        return garments

    def _write(self, picture: Picture, raw: RawPrediction) -> int:
        raw = raw.at_least(self.request.least_score)
        result = self.inferencer.result(picture, raw)
        if self.request.draw:
            drawn = self.inferencer.draw(picture, raw)
            write_drawn(drawn, self.request.out, picture.name)
        image_id = self.ids.of(picture.name, len(self.progress.done))
        end = self.file.add(Found(result, raw, image_id))
        self.progress.add(
            picture.name,
            end,
            image_id=image_id,
            width=result.width,
            height=result.height,
            garments=len(raw),
        )
        self.file.settle(self.progress)
        return len(raw)


def _outside(pictures: list[Picture], out: Path) -> list[Picture]:
    """Without those that an earlier run has drawn into a folder of pictures."""
    below = os.path.join(os.path.realpath(out), '')
    kept = [p for p in pictures if not os.path.realpath(p.source).startswith(below)]
    if not kept:
        raise ValueError(f'all pictures lie in --out {out}: take another folder')
    return kept


def _settings(request: PredictRequest, inferencer: FashionInferencer) -> dict[str, str]:
    """What two runs must have in common for their predictions to stand together."""
    roots = request.images
    alone = len(roots) == 1 and os.path.isdir(roots[0])
    return {
        '--format': request.format,
        **network_settings(inferencer),
        'folder of pictures': os.path.realpath(roots[0]) if alone else os.getcwd(),
        '--image-ids': str(request.image_ids),
        '--draw': str(request.draw),
        '--exif': 'turn' if request.turn else 'ignore',
    }


def _remove(folder: Path) -> None:
    """What a run of any format leaves; nothing else."""
    for kind in FORMATS.values():
        for name in kind.leaves:
            path = folder / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    shutil.rmtree(folder / DRAWN, ignore_errors=True)
    # Last: without it, what is left would be taken for somebody else's.
    (folder / NAME).unlink(missing_ok=True)
