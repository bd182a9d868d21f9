"""Shows pictures of rare categories and rare attributes more often."""

import math
from collections.abc import Iterator, Sized

import numpy as np
from mmdet.registry import DATA_SAMPLERS
from mmengine.dist import get_dist_info, sync_random_seed
from mmengine.logging import print_log
from torch.utils.data import Sampler

from ..repeat_factors import label_pairs, picture_factors, repeats


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
        self.rank, self.world_size = get_dist_info()
        self.dataset = dataset
        self.seed = sync_random_seed() if seed is None else seed
        self.epoch = 0
        self.factors = self._factors(category_thr, attr_thr)
        shown = self.factors.sum()
        # Rounding has to be to one side, whatever the last digits of the sum.
        self.num_samples = math.ceil(shown / self.world_size - 1e-9)
        print_log(
            f'RepeatFactorSampler: {len(self.factors):,} pictures are shown '
            f'{shown:,.0f} times an epoch, one up to {self.factors.max():.1f} times',
            logger='current',
        )

    def _factors(self, category_thr: float | None, attr_thr: float | None):
        names = self.dataset.metainfo
        count = len(self.dataset)
        infos = (self.dataset.get_data_info(i)['instances'] for i in range(count))
        factors = np.ones(count)
        for (pictures, labels), key, thr in zip(
            label_pairs(infos),
            ('classes', 'attributes'),
            (category_thr, attr_thr),
            strict=True,
        ):
            if thr is not None:
                size = count, len(names[key])
                of_these = picture_factors(pictures, labels, size, thr)
                factors = np.maximum(factors, of_these)
        return factors

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
