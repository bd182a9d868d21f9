"""Where the data sets of a config lie on disk."""

from pathlib import Path
from typing import NamedTuple

from mmengine.config import Config, ConfigDict

from .moved_data import dataset_configs
from .run_config import check_files


class DatasetFiles(NamedTuple):
    """Files of one data set."""

    annotations: Path
    images: Path


def dataset_files(cfg: Config, parts: tuple[str, ...]) -> list[DatasetFiles]:
    """The files that a config reads, through whatever wraps its data sets.

    Args:
        cfg (Config): of a run; its checkpoint does not matter.
        parts (tuple[str, ...]): of 'train', 'val' and 'test'.

    Returns:
        list[DatasetFiles]: in the order of the parts; several of a ConcatDataset.

    Raises:
        FileNotFoundError: naming what is missing and the way to get it.
    """
    check_data(cfg, parts)
    return [
        _files(dataset)
        for part in parts
        for dataset in dataset_configs(cfg[f'{part}_dataloader'].dataset).values()
    ]


def check_data(cfg: Config, parts: tuple[str, ...]) -> None:
    """As ``check_files``, for who needs no checkpoint.

    Args:
        cfg (Config): of a run.
        parts (tuple[str, ...]): of 'train', 'val' and 'test'.

    Raises:
        FileNotFoundError: naming what is missing and the way to get it.
    """
    check_files(Config(dict(cfg.to_dict(), load_from=None)), parts)


def _files(dataset: ConfigDict) -> DatasetFiles:
    root = dataset.get('data_root') or ''
    return DatasetFiles(
        Path(root, dataset.ann_file), Path(root, dataset.data_prefix.img)
    )
