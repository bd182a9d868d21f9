"""From the flags of tools/predict_catalog.py to a folder of predictions."""

import os
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from tqdm import tqdm

from ..inferencer import Backend, FashionInferencer
from ..prediction.network import load_inferencer, network_settings
from .cluster import check_cluster, choose_workers, cluster, work_off
from .folder import CatalogFolder
from .listing import LeftOut, Pictures, only_new, open_pictures
from .path_set import PathSet
from .places import find_place
from .plan import Plan
from .request import CatalogRequest
from .throughput import Throughput
from .worker import Job

_PARTS_EACH = 4  # for each worker, so that all end at about the same time
Say = Callable[[str], None]


def run_catalog(
    request: CatalogRequest,
    say: Say = print,
    make_backend: Callable[[], Backend] | None = None,
) -> Throughput:
    """Find the garments of a catalogue's pictures, going on where a run stopped.

    Args:
        request (CatalogRequest): what to do.
        say (Callable): is told how it went, line by line.
        make_backend (Callable | None): makes a network in place of the request's, here
            and in each worker.

    Returns:
        Throughput: of this run.

    Raises:
        OSError: if a file is missing or cannot be written, another run is at work in
            the folder, or a cluster cannot be reached.
        ValueError: if a setting or file is not sound, if the folder holds predictions
            of other settings, or if none of the pictures could be read.
    """
    check_cluster(request.address, request.device)
    request = _with_whole_paths(request)
    pictures = open_pictures(request)
    # On this machine's CPU, to see that it is sound; the workers load their own.
    own = make_backend() if make_backend else None
    inferencer = load_inferencer(replace(request, device='cpu'), own)
    settings = _settings(request, pictures, inferencer)
    folder = CatalogFolder(find_place(request.out))
    with folder.lock():
        job = Job(
            request=request,
            out=folder.place,
            root=pictures.root,
            run=folder.begin(settings, request.overwrite),
            identity=inferencer.backend.identity,
            make_backend=make_backend,
        )
        del inferencer, own
        plan = _planned(request, pictures, Plan(folder.plan), say)
        numbers = _todo(request, folder, plan, say)
        figures = _work(job, plan, numbers, say)
    _tell(figures, plan, folder, say)
    return figures


def _with_whole_paths(request: CatalogRequest) -> CatalogRequest:
    """Workers may have another working directory."""
    names = ('checkpoint', 'config', 'exported', 'thresholds')
    given = {name: getattr(request, name) for name in names}
    whole = {
        name: type(path)(os.path.abspath(path))
        for name, path in given.items()
        if path is not None
    }
    return replace(request, **whole)


def _settings(
    request: CatalogRequest, pictures: Pictures, inferencer: FashionInferencer
) -> dict[str, str]:
    """What two runs must have in common for their predictions to stand together."""
    place = find_place(request.input)
    columns = ', '.join(f'{field.name} {field.type}' for field in pictures.schema)
    return {
        **network_settings(inferencer),
        'input': place.path if place.is_local else place.name,
        '--path-column': request.path_column,
        '--root': pictures.root.path,
        'list of columns': columns,
    }


def _planned(request: CatalogRequest, pictures: Pictures, plan: Plan, say: Say) -> Plan:
    """The plan with all pictures in it that there are now."""
    seen, left_out, before = PathSet(), LeftOut(), len(plan)
    for paths in plan.paths():
        seen.add(paths)
    with tqdm(desc='list', unit='img', unit_scale=True, initial=len(seen)) as bar:

        def counted():
            tables = pictures.tables(left_out)
            for table in only_new(tables, seen, left_out, planned=before > 0):
                bar.update(len(table))
                yield table

        workers = request.workers or len(os.sched_getaffinity(0))
        at_least = _PARTS_EACH * workers
        plan = plan.extended(counted(), pictures.schema, request.part_size, at_least)
    for line in left_out.lines():
        say(line)
    if not plan:
        raise ValueError(f'{find_place(request.input).name} has no pictures')
    return plan


def _todo(
    request: CatalogRequest, folder: CatalogFolder, plan: Plan, say: Say
) -> np.ndarray:
    """(c,) int64 numbers of the chunks that are to be done."""
    done = np.zeros(len(plan), bool)
    done[[number for number in folder.done() if number < len(plan)]] = True
    if done.any():
        number = int(plan.sizes[done].sum())
        say(f'{number:,} of {plan.num_pictures:,} pictures are done already')
        if request.retry_failed:
            again = list(folder.failed())
            say(f'{len(again):,} parts have pictures to be tried again')
            done[again] = False
    return np.flatnonzero(~done)


def _work(job: Job, plan: Plan, numbers: np.ndarray, say: Say) -> Throughput:
    figures, request = Throughput(), job.request
    if not len(numbers):
        return figures
    with cluster(request.address, request.workers) as ray:
        device, workers = choose_workers(ray, request, say)
        job = replace(job, request=replace(request, device=device))
        total, todo = plan.num_pictures, int(plan.sizes[numbers].sum())
        with tqdm(total=total, initial=total - todo, desc='predict', unit='img') as bar:
            for worked in work_off(ray, job, numbers, workers):
                figures.add(worked)
                bar.update(int(plan.sizes[worked.chunk]))
    return figures


def _tell(figures: Throughput, plan: Plan, folder: CatalogFolder, say: Say) -> None:
    if figures.chunks:
        for line in figures.lines():
            say(line)
    done = figures.pictures - figures.failed
    say(f'{done:,} pictures, {figures.garments:,} garments: {folder.parts.name}')
    if figures.failed:
        say(f"{figures.failed:,} could not be read: their status is 'unreadable'")
    if figures.failed == plan.num_pictures:
        raise ValueError(
            f'none of the {figures.failed:,} pictures could be read; the column error '
            f'of {folder.parts.name} says why'
        )
