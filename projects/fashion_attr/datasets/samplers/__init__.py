"""Which pictures an epoch shows, and how often."""

from .repeat_factor_sampler import RepeatFactorSampler

__all__ = ['RepeatFactorSampler']
