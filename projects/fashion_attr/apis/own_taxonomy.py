"""A config's network and data sets, sized for a taxonomy of one's own."""

from typing import Any

from mmengine.config import Config

from ..datasets.labels import Taxonomy
from ..datasets.taxonomy import NUM_CATEGORIES
from ..datasets.taxonomy_file import read_taxonomy
from .moved_data import dataset_configs

_LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')
_CLASS_KEYS = ('num_classes', 'num_things_classes')


def use_taxonomy(cfg: Config) -> None:
    """Apply ``taxonomy = 'FILE'`` of a config; nothing happens without it.

    The data sets read the file's categories and attributes, every part of the model
    that has 46 classes gets as many as the file, every attribute head its attributes.

    Args:
        cfg (Config): of a run; changed in place.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not sound, see `read_taxonomy`.
    """
    path = cfg.get('taxonomy')
    if path is None:
        return
    taxonomy = read_taxonomy(path)
    for loader in _LOADERS:
        if cfg.get(loader):
            for dataset in dataset_configs(cfg[loader].dataset).values():
                dataset.taxonomy = path
    _resize(cfg.get('model'), taxonomy)


def _resize(part: Any, taxonomy: Taxonomy) -> None:
    if isinstance(part, list | tuple):
        for entry in part:
            _resize(entry, taxonomy)
    if not isinstance(part, dict):
        return
    classes = len(taxonomy.categories)
    for key in _CLASS_KEYS:
        if part.get(key) == NUM_CATEGORIES:
            part[key] = classes
    weights = part.get('class_weight')
    if isinstance(weights, list | tuple) and len(weights) == NUM_CATEGORIES + 1:
        # Of Mask2Former: all alike, and the last one for "nothing".
        part['class_weight'] = [weights[0]] * classes + [weights[-1]]
    for key, value in part.items():
        if key == 'attr_head' and isinstance(value, dict):
            value['num_attrs'] = len(taxonomy.attributes)
        _resize(value, taxonomy)
