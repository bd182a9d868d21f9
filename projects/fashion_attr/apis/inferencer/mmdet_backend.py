"""PyTorch's network, from a config and a checkpoint."""

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock

import numpy as np
import torch
from mmdet.apis import DetInferencer
from mmengine.config import Config, ConfigDict
from mmengine.dataset import Compose, pseudo_collate
from torch import nn

import projects.fashion_attr.plugin  # noqa: F401
from projects.fashion_attr.datasets.transforms.encoded_image import EncodedImage
from projects.fashion_attr.evaluation.functional.attribute_scores import ATTR_THR
from projects.fashion_attr.models.memory_layout import lay_out_for_testing

from ..checkpoint_fit import check_fit
from ..own_taxonomy import use_taxonomy
from ..safe_checkpoints import load_safely
from .loading import LOADERS, LoadPicture
from .raw import RawPrediction


class MMDetBackend(DetInferencer):
    """A config and a checkpoint, run by mmdet.

    Args:
        model (str | Config | None): config or its path; None takes the one that the
            checkpoint holds.
        weights (str): path of the checkpoint.
        device (str | None): such as 'cuda:0'; None takes a GPU where there is one.

    Raises:
        FileNotFoundError: if there is no such config or checkpoint.
        UnsafeCheckpoint: if the checkpoint holds more than data.
        ValueError: if they are no such files or do not belong together.
    """

    def __init__(
        self,
        model: str | Config | None = None,
        weights: str | None = None,
        device: str | None = None,
    ) -> None:
        if weights is None:
            raise ValueError(
                'no checkpoint given: tools/train.py makes one, and `make demo` a small'
            )
        for kind, path in (('config', model), ('checkpoint', weights)):
            if isinstance(path, str | Path) and not Path(path).is_file():
                raise FileNotFoundError(f'there is no {kind} {path}')
        self._lock = Lock()
        self._weights = str(weights)
        _check_device(device)
        load_safely()
        if isinstance(model, str | Path):
            model = _read_config(model)
        super().__init__(model, str(weights), device, show_progress=False)
        lay_out_for_testing(self.model)
        self.dataset_meta = self.model.dataset_meta
        self.attr_score_thr = self.cfg.get('attr_score_thr', ATTR_THR)

    @cached_property
    def identity(self) -> str:
        """A hash of the weights, the network's config and its test pipeline."""
        parts = self.cfg.model, self.cfg.test_dataloader.dataset.pipeline
        text = json.dumps(
            Config(dict(parts=parts)).to_dict(), sort_keys=True, default=str
        )
        with open(self._weights, 'rb') as file:
            digest = hashlib.file_digest(file, 'sha256')
        digest.update(text.encode())
        return digest.hexdigest()[:16]

    def load(self, source: str | EncodedImage | np.ndarray) -> dict:
        """Run the test pipeline, see `Backend.load`."""
        return self.pipeline(source)

    def predict(
        self, loaded: Sequence[dict], least_score: float = 0.0
    ) -> list[RawPrediction]:
        """Run the network, see `Backend.predict`."""
        batch = self.collate_fn(list(loaded))
        with self._lock, self._least(least_score):
            samples = self.forward(batch)
        return [RawPrediction.from_sample(sample, least_score) for sample in samples]

    @contextmanager
    def _least(self, score: float) -> Iterator[None]:
        """Let the network drop lower scores itself, before it paints their masks."""
        config = _test_cfg(self.model)
        before = config.get('score_thr', 0.0)
        # mmdet keeps what is above, not what reaches it.
        config['score_thr'] = max(before, float(np.nextafter(np.float32(score), -1)))
        try:
            yield
        finally:
            config['score_thr'] = before

    def _init_model(self, cfg: Config, weights: str, device: str = 'cpu') -> nn.Module:
        try:
            return super()._init_model(cfg, weights, device)
        except AssertionError as error:
            if 'model' in cfg:
                raise
            raise ValueError(f'{weights} holds no config: give one') from error

    def _load_weights_to_model(
        self, model: nn.Module, checkpoint: dict, cfg: ConfigDict
    ) -> None:
        if 'test_dataloader' not in cfg:
            raise ValueError('the config is not one of a whole run: no test_dataloader')
        check_fit(model, checkpoint, self._weights)
        super()._load_weights_to_model(model, checkpoint, cfg)

    def _init_pipeline(self, cfg: ConfigDict) -> Compose:
        steps = copy.deepcopy(cfg.test_dataloader.dataset.pipeline)
        names = [step['type'].split('.')[-1] for step in steps]
        if names[0] not in LOADERS:
            raise ValueError(
                f'the test pipeline begins with {names[0]}, not with {LOADERS}'
            )
        if 'meta_keys' in steps[-1]:  # there is no data set to number the pictures
            keys = steps[-1]['meta_keys']
            steps[-1]['meta_keys'] = tuple(key for key in keys if key != 'img_id')
        return Compose([LoadPicture('DecodeResize' in names), *steps[1:]])

    def _init_collate(self, cfg: ConfigDict) -> Callable:
        # mmengine looks for what is not there, and warns of it.
        named = 'collate_fn' in cfg.test_dataloader
        return super()._init_collate(cfg) if named else pseudo_collate

    def _init_visualizer(self, cfg: ConfigDict) -> None:
        return None  # the inferencer has its own, which needs no run


def _check_device(device: str | None) -> None:
    try:
        known = device is None or torch.device(device)
    except RuntimeError as error:
        raise ValueError(
            f'there is no device {device!r}: cpu, cuda, cuda:1 are'
        ) from error
    if device and known.type == 'cuda' and not torch.cuda.is_available():
        raise ValueError(f'device {device} needs a GPU, and torch sees none: take cpu')


def _read_config(path: str | Path) -> Config:
    try:
        cfg = Config.fromfile(path)
    except (OSError, SyntaxError) as error:
        raise ValueError(f'{path} is no config ({error})') from error
    use_taxonomy(cfg)
    return cfg


def _test_cfg(model: nn.Module) -> dict:
    """Where the network looks up the least score; a dict of no use where nowhere."""
    for name in ('roi_head', 'panoptic_fusion_head'):
        config = getattr(getattr(model, name, None), 'test_cfg', None)
        if config is not None:
            return config
    return {}
