"""Which pictures an epoch shows, how often and in which batches."""

from .repeat_factor_sampler import RepeatFactorSampler
from .seeded_batch_sampler import SeededBatchSampler

__all__ = ['RepeatFactorSampler', 'SeededBatchSampler']
