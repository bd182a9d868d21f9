"""Workers on the cores or GPUs of this machine or of a Ray cluster, by Ray Data."""

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .request import CatalogRequest
from .worker import Job, RowWorker, Worked

_PACKAGE = Path(__file__).resolve().parents[3]  # projects
_OBJECT_STORE = 100 * 2**20  # bytes; only numbers pass through, and Ray wants 75 MiB
_SECONDS = 5  # that a cluster has to answer


def check_cluster(address: str | None, device: str | None) -> None:
    """See early, and at once, what would fail in the end.

    Args:
        address (str | None): of a cluster, see `cluster`.
        device (str | None): see `choose_workers`.

    Raises:
        ConnectionError: if there is nothing at the address.
        ValueError: if Ray is not installed, or the address or device is none.
    """
    if device not in (None, 'cpu', 'cuda'):
        raise ValueError(
            f'--device is cpu or cuda, a GPU for each worker, got {device}'
        )
    _import_ray()
    if address is not None:
        _knock(address)


@contextmanager
def cluster(address: str | None, workers: int | None) -> Iterator[Any]:
    """Ray, on this machine or elsewhere; a Ray that runs already is left running.

    Args:
        address (str | None): 'host:port' or 'ray://host:port'; None starts a Ray of
            one's own on this machine, without a dashboard, which ends with it.
        workers (int | None): that a Ray of one's own has room for; None: one for each
            core.

    Yields:
        module: ray.

    Raises:
        ConnectionError: if there is no cluster at the address, or it refuses.
        ValueError: if Ray is not installed.
    """
    ray = _import_ray()
    if ray.is_initialized():
        yield ray
        return
    # What workers say of themselves comes as an error or not at all.
    quiet = dict(log_to_driver=False, logging_level=logging.ERROR)
    if address is None:
        ray.init(
            address='local',
            num_cpus=workers,
            include_dashboard=False,
            object_store_memory=_OBJECT_STORE,
            **quiet,
        )
    else:
        try:
            # Its workers have this very code, whatever is installed there.
            ray.init(address, runtime_env=dict(py_modules=[str(_PACKAGE)]), **quiet)
        except (ConnectionError, RuntimeError) as error:
            raise ConnectionError(
                f'--address {address}: {error}; a cluster that was started with token '
                'authentication wants RAY_AUTH_MODE=token here, too'
            ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def choose_workers(
    ray: Any, request: CatalogRequest, say: Callable[[str], None]
) -> tuple[str, int]:
    """How many workers there are, and what they run on.

    Args:
        ray (module): that runs.
        request (CatalogRequest): with ``device`` and ``workers``; None takes GPUs
            where there are some, and all that there is room for.
        say (Callable): is told where a cluster has to grow first.

    Returns:
        tuple[str, int]: 'cpu' or 'cuda', and the number.

    Raises:
        ValueError: if there is no room.
    """
    room = ray.cluster_resources()
    gpus, cores = int(room.get('GPU', 0)), int(room.get('CPU', 0))
    device = request.device or ('cuda' if gpus else 'cpu')
    units, there = ('GPUs', gpus) if device == 'cuda' else ('cores', cores)
    wanted = request.workers or there
    if not there and (request.workers is None or request.address is None):
        raise ValueError(f'Ray finds no {units}: take another --device')
    if there < wanted:
        if request.address is None:
            raise ValueError(f'there are {there} {units} for {wanted} --workers')
        say(f'the cluster has {there} {units} now; other workers wait until it grows')
    return device, wanted


def work_off(ray: Any, job: Job, numbers: np.ndarray, workers: int) -> Iterator[Worked]:
    """Do chunks.

    Ray Data spreads numbers alone: a worker reads its chunk in the plan, and writes
    the part. A worker that dies is started again, and its chunk with it, see
    `Attempts`.

    Args:
        ray (module): that runs.
        job (Job): what to do.
        numbers (np.ndarray): (c,) int64 chunks.
        workers (int): how many.

    Yields:
        Worked: of each chunk, as they are done.

    Raises:
        OSError, ValueError: that a worker has met, in one line.
    """
    from ray.data import ActorPoolStrategy, DataContext

    context = DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    context.target_max_block_size = 2**20  # Ray takes rows to be as large as that
    logging.getLogger('ray.data').setLevel(logging.CRITICAL)  # errors are raised, too
    room = dict(num_gpus=1) if job.request.device == 'cuda' else dict(num_cpus=1)
    # Items, not a range, which tasks of Ray would make: they would want a core, and
    # where workers have them all wait for ever. A block for each: a block is what a
    # worker takes at a time.
    rows = ray.data.from_items(numbers.tolist(), override_num_blocks=len(numbers)).map(
        RowWorker,
        fn_constructor_args=(job,),
        compute=ActorPoolStrategy(size=workers, max_tasks_in_flight_per_actor=2),
        **room,
    )
    try:
        for row in rows.iter_rows():
            yield Worked(**row)
    except ray.exceptions.RayError as error:
        raise _plain(error) from error


def _import_ray() -> Any:
    # Before the import, which reads them.
    os.environ.setdefault('RAY_USAGE_STATS_ENABLED', '0')
    os.environ.setdefault('RAY_BACKEND_LOG_LEVEL', 'fatal')
    os.environ.setdefault('RAY_DATA_DISABLE_PROGRESS_BARS', '1')
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise ValueError(
            f'Ray Data is needed ({error}): pip install -r requirements/catalog.txt'
        ) from error
    return ray


def _knock(address: str) -> None:
    """Ray itself would wait for minutes."""
    host, _, port = address.removeprefix('ray://').rpartition(':')
    if not host or not port.isdigit():
        raise ValueError(f'--address is HOST:PORT or ray://HOST:PORT, got {address}')
    try:
        socket.create_connection((host, int(port)), _SECONDS).close()
    except (OSError, OverflowError) as error:
        raise ConnectionError(
            f'there is no Ray cluster at --address {address} ({error}); '
            '`ray start --head` makes one'
        ) from error


def _plain(error: Exception) -> Exception:
    """What a worker has met, without Ray's and Python's traces."""
    text, cause = type(error).__name__, error
    while cause is not None:
        text = str(cause).strip() or text  # Ray's innermost one may be empty
        cause = getattr(cause, 'cause', None) or cause.__cause__
    line = text.splitlines()[-1].strip()
    return ValueError(f'a worker: {line.removeprefix("ValueError: ")}')
