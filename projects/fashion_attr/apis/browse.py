"""Samples of a data set as pictures: as stored, as transformed, or both."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import mmcv
import numpy as np
from mmdet.registry import DATASETS
from mmdet.structures import DetDataSample
from mmengine.config import Config
from mmengine.dataset import BaseDataset, Compose
from mmengine.registry import init_default_scope
from mmengine.runner import set_random_seed

from ..datasets.taxonomy import MAX_ATTRIBUTES_PER_OBJECT
from ..visualization import AttrLocalVisualizer
from ..visualization.side_by_side import side_by_side
from .dataset_files import check_data

MODES = ('transformed', 'original', 'both')


class Sample(NamedTuple):
    """A picture with its annotations."""

    image: np.ndarray  # (H, W, 3) RGB, 0..255
    data: DetDataSample


class Browser:
    """Draws samples with the names of their categories and attributes.

    Args:
        cfg (Config): with the data set, in whatever wraps it.
        split (str): 'train', 'val' or 'test'.
        mode (str): 'transformed' draws what the model is given (nothing is undone
            but the order of the channels, which is BGR), 'original' the stored
            picture with all of its objects, 'both' the two side by side.
        number (int): how many, in random order, as far as there are so many.
        seed (int): of the order, and with the index of the transforms: a sample
            looks the same however many are drawn.

    Raises:
        FileNotFoundError: naming what is missing of the data and the way to get it.
        ValueError: if there is no such mode, or the number is below 1.
    """

    def __init__(
        self,
        cfg: Config,
        split: str = 'train',
        mode: str = 'transformed',
        number: int = 50,
        seed: int = 0,
    ) -> None:
        if mode not in MODES:
            raise ValueError(f'mode should be one of {MODES}, got {mode!r}')
        if number < 1:
            raise ValueError(f'number should be 1 or more, got {number}')
        check_data(cfg, (split,))
        init_default_scope(cfg.get('default_scope', 'mmdet'))
        self.dataset = DATASETS.build(cfg[f'{split}_dataloader'].dataset)
        self.mode, self.seed = mode, seed
        self._originals = _Originals(self.dataset)
        total = len(self._originals if mode == 'original' else self.dataset)
        order = np.random.default_rng(seed).permutation(total)
        self.indices: list[int] = order[:number].tolist()
        self._artist = _artist(self.dataset.metainfo, mode)

    def __len__(self) -> int:
        """How many pictures will be drawn."""
        return len(self.indices)

    def write(self, folder: str | Path) -> Iterator[Path]:
        """Write the pictures as ``<index>_<name of the picture>.jpg``.

        Args:
            folder (str | Path): it is made.

        Yields:
            Path: each as soon as it is there.

        Raises:
            FileNotFoundError: if a picture is missing.
        """
        for index in self.indices:
            samples = self._samples(index)
            stem = Path(samples[-1].data.img_path).stem
            path = Path(folder, f'{index:06d}_{stem}.jpg')
            mmcv.imwrite(_draw(self._artist, samples)[..., ::-1], str(path))
            yield path

    def _samples(self, index: int) -> list[Sample]:
        if self.mode == 'original':
            return [self._originals.at(index)]
        set_random_seed(self.seed + index)
        # Of another picture where the pipeline refuses the one at this index.
        sample = _unpack(self.dataset[index])
        if self.mode == 'transformed':
            return [sample]
        return [self._originals.of(sample.data.img_path), sample]


def base_datasets(dataset: BaseDataset) -> list[BaseDataset]:
    """The data sets that read files, out of whatever wraps them.

    Args:
        dataset (BaseDataset): or ConcatDataset, RepeatDataset, MultiImageMixDataset.

    Returns:
        list[BaseDataset]: in their order.
    """
    if hasattr(dataset, 'datasets'):
        return [base for part in dataset.datasets for base in base_datasets(part)]
    if hasattr(dataset, 'dataset'):
        return base_datasets(dataset.dataset)
    return [dataset]


class _Originals:
    """Samples as stored: no transform but loading."""

    def __init__(self, dataset: BaseDataset) -> None:
        bases = base_datasets(dataset)
        self.places = [(base, i) for base in bases for i in range(len(base))]
        self._index: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self.places)

    def at(self, index: int) -> Sample:
        """The sample at an index, all data sets one after the other."""
        base, place = self.places[index]
        load = [
            dict(type='LoadImageFromFile', color_type='color_ignore_orientation'),
            dict(
                type='LoadAttrAnnotations', with_mask=getattr(base, 'with_mask', True)
            ),
            dict(
                type='PackAttrDetInputs', meta_keys=('img_id', 'img_path', 'ori_shape')
            ),
        ]
        return _unpack(Compose(load)(base.get_data_info(place)))

    def of(self, img_path: str) -> Sample:
        """The sample of a picture."""
        if self._index is None:
            infos = (base.get_data_info(place) for base, place in self.places)
            self._index = {info['img_path']: i for i, info in enumerate(infos)}
        return self.at(self._index[img_path])


def _unpack(packed: dict) -> Sample:
    """What PackAttrDetInputs made: (3, H, W) BGR and a data sample."""
    image = packed['inputs'].permute(1, 2, 0).numpy()
    return Sample(image[..., ::-1], packed['data_samples'])


def _artist(metainfo: dict, mode: str) -> AttrLocalVisualizer:
    artist = AttrLocalVisualizer(
        max_attributes=MAX_ATTRIBUTES_PER_OBJECT,
        max_size=1000 if mode == 'both' else 1600,
    )
    artist.dataset_meta = metainfo
    return artist


def _draw(artist: AttrLocalVisualizer, samples: list[Sample]) -> np.ndarray:
    """(H, W, 3) RGB: one sample, or the stored and the transformed side by side."""
    drawn = [artist.draw_datasample(*sample, draw_pred=False) for sample in samples]
    if len(drawn) == 1:
        return drawn[0]
    names = ('stored', 'transformed')
    captions = [
        f'{name}, {_describe(s)}' for name, s in zip(names, samples, strict=True)
    ]
    return side_by_side(drawn, captions)


def _describe(sample: Sample) -> str:
    height, width = sample.image.shape[:2]
    flipped = sample.data.get('flip_direction') if sample.data.get('flip') else None
    return f'{width} x {height} pixels' + (f', {flipped} flip' if flipped else '')
