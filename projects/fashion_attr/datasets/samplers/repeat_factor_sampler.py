"""Shows pictures of rare categories and rare attributes more often."""

import math
from collections.abc import Iterator, Sized
from numbers import Real

import numpy as np
from mmdet.registry import DATA_SAMPLERS
from mmengine.dist import get_dist_info, sync_random_seed
from mmengine.logging import print_log
from torch.utils.data import Sampler

from ..repeat_factors import LabelPairs, label_pairs, picture_factors, repeats


@DATA_SAMPLERS.register_module()
class RepeatFactorSampler(Sampler):
    """Repeats pictures by LVIS's formula, in a new order every epoch.

    A picture is shown max(1, sqrt(thr / f)) times an epoch on average, f being the
    share of pictures that have its rarest category, or its rarest attribute if that
    says more. An epoch is as long as the sum of these, the same every time and on
    every process; it is logged beside the number of pictures.

    Args:
        dataset (Sized): `IMaterialistDataset`, or a wrapper with its
            ``get_data_info`` and ``metainfo``.
        category_thr (float | None): share of pictures below which a category is
            rare; None leaves categories out.
        attr_thr (float | None): the same of attributes.
        seed (int | None): of the random numbers; must be the same in all processes.
            None draws one.

    Attributes:
        factors (np.ndarray): how often each picture is shown, on average.
        pairs (tuple[LabelPairs, LabelPairs]): which picture has which category, and
            which attribute.

    Raises:
        ValueError: if both thresholds are None or one is not a share.
    """

    def __init__(
        self,
        dataset: Sized,
        category_thr: float | None = None,
        attr_thr: float | None = None,
        seed: int | None = None,
    ):
        if category_thr is None and attr_thr is None:
            raise ValueError(
                'RepeatFactorSampler needs category_thr, attr_thr or both; to show '
                'every picture once, use DefaultSampler'
            )
        thresholds = dict(category_thr=category_thr, attr_thr=attr_thr)
        for name, thr in thresholds.items():
            _check_threshold(name, thr)
        self.rank, self.world_size = get_dist_info()
        self.dataset = dataset
        self.seed = sync_random_seed() if seed is None else seed
        self.epoch = 0
        self.pairs = _pairs(dataset)
        self.factors = np.ones(len(dataset))
        for pairs, thr in zip(self.pairs, thresholds.values(), strict=True):
            if thr is not None:
                self.factors = np.maximum(self.factors, picture_factors(pairs, thr))
        # Less the error of the sum, which would be a picture too much.
        shown = self.factors.sum() * (1 - 1e-12)
        self.num_samples = math.ceil(shown / self.world_size)
        print_log(
            f'RepeatFactorSampler: {len(dataset):,} pictures are shown '
            f'{self.num_samples * self.world_size:,} times an epoch, one up to '
            f'{self.factors.max():.1f} times',
            logger='current',
        )

    def __iter__(self) -> Iterator[int]:
        """This process's share of the epoch's pictures."""
        rng = np.random.default_rng((self.seed, self.epoch))
        order = rng.permutation(len(self.factors))
        times = repeats(self.factors[order], rng.random())
        shown = rng.permutation(np.repeat(order, times))
        # As DefaultSampler: filled up from the start until all processes get as many.
        shown = np.resize(shown, self.num_samples * self.world_size)
        return iter(shown[self.rank :: self.world_size].tolist())

    def __len__(self) -> int:
        """Pictures an epoch in this process."""
        return self.num_samples

    def set_epoch(self, epoch: int) -> None:
        """Another epoch, another order and other roundings (called by the loop)."""
        self.epoch = epoch


def _check_threshold(name: str, thr: float | None) -> None:
    if thr is not None and not (isinstance(thr, Real) and 0 < thr <= 1):
        raise ValueError(
            f'{name} should be a share in (0, 1], or None to leave these labels out; '
            f'got {thr!r}'
        )


def _pairs(dataset: Sized) -> tuple[LabelPairs, LabelPairs]:
    names = dataset.metainfo
    return label_pairs(
        (dataset.get_data_info(i)['instances'] for i in range(len(dataset))),
        len(names['classes']),
        len(names.get('attributes', ())),
    )
