"""What tools/predict_catalog.py is asked for."""

from dataclasses import dataclass

from ..prediction.network import NetworkRequest

PART_PICTURES = 256  # a few MB, and what a worker loses when it is killed


@dataclass(frozen=True)
class CatalogRequest(NetworkRequest):
    """A catalogue, a network and the workers.

    Attributes:
        input: folder of pictures, or Parquet list (its name ends in .parquet: a file
            or a folder), each a path or a URI.
        out: folder, path or URI, for everything that is written.
        path_column: of a list, with paths or URIs.
        carry: other columns of a list to write beside the predictions; None: all.
        root: folder, path or URI, that relative paths of a list start from; None: the
            folder that the list is in.
        workers: processes that predict; None: one for each GPU, else for each core.
        readers: threads of each worker that read pictures ahead.
        part_size: pictures of a part; fewer where there are few for each worker.
        address: of a Ray cluster; None works on this machine.
        retry_failed: whether to do those again that could not be read.
        overwrite: whether to remove earlier predictions from ``out``.
    """

    input: str
    out: str
    path_column: str = 'path'
    carry: tuple[str, ...] | None = None
    root: str | None = None
    workers: int | None = None
    readers: int = 2
    part_size: int = PART_PICTURES
    address: str | None = None
    retry_failed: bool = False
    overwrite: bool = False

    def __post_init__(self) -> None:
        least = dict(workers=1, readers=0, part_size=1, batch_size=1)
        for name, number in least.items():
            given = getattr(self, name)
            if given is not None and given < number:
                flag = '--' + name.replace('_', '-')
                raise ValueError(f'{flag} must be {number} or more, got {given}')
