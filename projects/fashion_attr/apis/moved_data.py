"""The files of a run, moved to another folder or to another data set.

Both are answered with overrides by dotted key, as ``Config.merge_from_dict`` takes
them: data set, metric, and what the model counts in the training annotations.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from mmengine.config import Config, ConfigDict

_LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')
_EVALUATORS = ('val_evaluator', 'test_evaluator')
_EVALUATOR_FILES = ('ann_file', 'train_ann_file')


def dataset_configs(dataset: ConfigDict, place: str = '') -> dict[str, ConfigDict]:
    """The data sets that read files, out of whatever wraps them.

    Args:
        dataset (ConfigDict): or ConcatDataset, RepeatDataset, MultiImageMixDataset.
        place (str): where it is in the config, as a dotted key.

    Returns:
        dict[str, ConfigDict]: by place, in their order.
    """
    if 'datasets' in dataset:
        parts = {f'{place}.datasets.{i}': d for i, d in enumerate(dataset.datasets)}
    elif 'dataset' in dataset:
        parts = {f'{place}.dataset': dataset.dataset}
    else:
        return {place: dataset}
    return {
        k: d for p, part in parts.items() for k, d in dataset_configs(part, p).items()
    }


def moved_to_folder(cfg: Config, root: str) -> dict[str, str]:
    """Overrides for files of the same names in another folder.

    Args:
        cfg (Config): of a run, with ``data_root``.
        root (str): the folder.

    Returns:
        dict[str, str]: by dotted key.
    """
    root = os.path.join(root, '')
    moved = {'data_root': root}
    for loader in _LOADERS:
        bases = dataset_configs(cfg[loader].dataset, f'{loader}.dataset')
        for place, dataset in bases.items():
            old = os.path.join(dataset.get('data_root') or '', '')
            if len(bases) == 1:
                moved[f'{place}.data_root'] = root
            elif old.startswith(cfg.data_root):  # the others are other data
                moved[f'{place}.data_root'] = root + old.removeprefix(cfg.data_root)
    for key, old in [*_metric_files(cfg), *_strings(cfg.get('model'), 'model')]:
        if old.startswith(cfg.data_root):
            moved[key] = root + old.removeprefix(cfg.data_root)
    return moved


def moved_to_dataset(cfg: Config, path: str, root: str | None = None) -> dict[str, str]:
    """Overrides for the files of another data set; sizes and pipelines stay.

    Args:
        cfg (Config): of a run.
        path (str): config of the other data set, such as
            ``configs/_base_/datasets/fashionpedia.py``.
        root (str | None): where that one lies, if not where its config says.

    Returns:
        dict[str, str]: by dotted key.

    Raises:
        FileNotFoundError: if there is no such config.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f'there is no config {path} (dataset=)')
    other = Config.fromfile(path, import_custom_modules=False)
    if root is not None:
        other.merge_from_dict(moved_to_folder(other, root))
    moved = {'data_root': other.data_root}
    for loader in _LOADERS:
        place, _ = _innermost(cfg, loader)
        _, dataset = _innermost(other, loader)
        moved[f'{place}.data_root'] = dataset.data_root
        moved[f'{place}.ann_file'] = dataset.ann_file
        moved[f'{place}.data_prefix.img'] = dataset.data_prefix.img
    theirs = dict(_metric_files(other))
    moved |= {key: theirs[key] for key, _ in _metric_files(cfg) if key in theirs}
    trained_on, instead = _training_file(cfg), _training_file(other)
    for key, old in _strings(cfg.get('model'), 'model'):
        if old == trained_on:
            moved[key] = instead
    return moved


def _innermost(cfg: Config, loader: str) -> tuple[str, ConfigDict]:
    """The first data set of a loader that reads files, and its place."""
    bases = dataset_configs(cfg[loader].dataset, f'{loader}.dataset')
    return next(iter(bases.items()))


def _training_file(cfg: Config) -> str:
    _, dataset = _innermost(cfg, 'train_dataloader')
    return os.path.join(dataset.data_root, dataset.ann_file)


def _metric_files(cfg: Config) -> Iterator[tuple[str, str]]:
    for evaluator in _EVALUATORS:
        for name in _EVALUATOR_FILES:
            if cfg[evaluator].get(name):
                yield f'{evaluator}.{name}', cfg[evaluator][name]


def _strings(part: object, place: str) -> Iterator[tuple[str, str]]:
    """Every string below a part of a config, with its dotted key."""
    if isinstance(part, str):
        yield place, part
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _strings(value, f'{place}.{key}')
    elif isinstance(part, list | tuple):
        for index, value in enumerate(part):
            yield from _strings(value, f'{place}.{index}')
