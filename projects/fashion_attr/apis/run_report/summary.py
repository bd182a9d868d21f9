"""The settings of a config that one asks for first."""

from collections.abc import Mapping
from typing import Any

from mmengine.config import Config, ConfigDict

from ..moved_data import dataset_configs


def summarise(cfg: Config) -> dict[str, str]:
    """What a config says about model, training and data.

    Args:
        cfg (Config): of a run, of any model; what it has not is left out.

    Returns:
        dict[str, str]: by what it is about.
    """
    tree = ConfigDict(cfg.to_dict())
    found = _model(tree) | _training(tree) | _data(tree)
    return {
        name: str(value) for name, value in found.items() if value not in (None, '')
    }


def _at(tree: Any, path: str) -> Any:
    """The value at a dotted path, None where it ends early."""
    for key in path.split('.'):
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return tree


def _model(cfg: ConfigDict) -> dict[str, Any]:
    model = cfg.get('model') or {}
    model = model.get('module', model)  # inside test-time augmentation
    head = _attr_head(model)
    loss = _at(head, 'loss_attr') or {}
    return {
        'model': model.get('type'),
        'backbone': _typed(model.get('backbone'), ('depth', 'groups', 'base_width')),
        'attribute head': _typed(head, ('num_fcs', 'class_specific', 'no_attr')),
        'attribute loss': _typed(loss, ('loss_weight', 'gamma', 'alpha')),
        'class threshold': _at(model, 'test_cfg.rcnn.score_thr'),
        'attribute threshold': cfg.get('attr_score_thr'),
    }


def _attr_head(tree: Any) -> Any:
    """The first ``attr_head`` of a model, however deep; lists are cascades."""
    parts = tree if isinstance(tree, list | tuple) else [tree]
    for part in (p for p in parts if isinstance(p, Mapping)):
        if 'attr_head' in part:
            return part['attr_head']
        for value in part.values():
            found = _attr_head(value)
            if found is not None:
                return found
    return None


def _typed(part: Any, keys: tuple[str, ...]) -> str:
    if not isinstance(part, Mapping):
        return ''
    settings = [f'{key}={part[key]}' for key in keys if part.get(key) is not None]
    return ', '.join([str(part.get('type', '')), *settings])


def _training(cfg: ConfigDict) -> dict[str, Any]:
    optimizer = _at(cfg, 'optim_wrapper.optimizer')
    length = _at(cfg, 'train_cfg.max_epochs'), _at(cfg, 'train_cfg.max_iters')
    return {
        'pictures of a step': _at(cfg, 'train_dataloader.batch_size'),
        'optimiser': _typed(optimizer, ('lr', 'momentum', 'nesterov', 'weight_decay')),
        'length': f'{length[0]} epochs' if length[0] else length[1],
        'weights from': cfg.get('load_from'),
        'seed': _at(cfg, 'randomness.seed'),
    }


def _data(cfg: ConfigDict) -> dict[str, Any]:
    scale = cfg.get('image_scale')
    found = {'picture size': scale and f'{scale[0]} x {scale[1]}'}
    for part in ('train', 'val', 'test'):
        dataset = _at(cfg, f'{part}_dataloader.dataset')
        if dataset is not None:
            files = [
                f'{one.get("data_root") or ""}{one.get("ann_file", "")}'
                for one in dataset_configs(dataset).values()
            ]
            found[f'{part} file'] = ', '.join(files)
    return found
