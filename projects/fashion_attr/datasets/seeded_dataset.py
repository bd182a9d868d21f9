"""A dataset whose random numbers depend on nothing but the draw."""

import random
from typing import Any

import numpy as np
import torch
from mmdet.registry import DATASETS
from torch.utils.data import Dataset

Draw = tuple[int, int]


@DATASETS.register_module()
class SeededDataset(Dataset):
    """Loads a picture with the seed that ``SeededBatchSampler`` drew for it.

    Augmentations are then the same whichever worker loads the picture, however many
    there are, and whatever was loaded before: also after a resume in the middle of
    an epoch. In everything else it is the dataset inside.

    Args:
        dataset (dict | Dataset): The dataset, or its config.
    """

    def __init__(self, dataset: dict | Dataset) -> None:
        if isinstance(dataset, dict):
            dataset = DATASETS.build(dataset)
        self.__dict__['dataset'] = dataset

    def __getitem__(self, draw: Draw | int) -> Any:
        """A picture.

        Args:
            draw (tuple[int, int] | int): Index and seed, or the index alone, which
                leaves the random numbers as they come.

        Returns:
            Any: What the dataset inside gives for the index.
        """
        if isinstance(draw, tuple):
            index, seed = draw
            seed_all(seed, accelerators=False)
            return self.dataset[index]
        return self.dataset[draw]

    def __len__(self) -> int:
        return len(self.dataset)

    def __getattr__(self, name: str) -> Any:
        # Asked of a copy that is being unpickled, before it has its dataset.
        if name == 'dataset':
            raise AttributeError(name)
        return getattr(self.dataset, name)

    def __setattr__(self, name: str, value: Any) -> None:
        # Hooks that exchange the pipeline mean that of the dataset inside.
        setattr(self.dataset, name, value)


def seed_all(seed: int, accelerators: bool = True) -> None:
    """Seed Python's, NumPy's and PyTorch's random numbers.

    Args:
        seed (int): 0..2^32 - 1.
        accelerators (bool): Whether those of GPUs, too.
    """
    random.seed(seed)
    np.random.seed(seed)
    if accelerators:
        torch.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)


def derived_seed(*numbers: int) -> int:
    """One seed of several numbers, unlike that of any others.

    Args:
        numbers (int): Not negative.

    Returns:
        int: 0..2^32 - 1.
    """
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])
