"""Losses for attributes, which are many, mostly absent and unevenly frequent."""

from .asymmetric_loss import AsymmetricLoss
from .hard_negative_loss import HardNegativeLoss
from .long_tail import ClassBalancedLoss, DistributionBalancedLoss

__all__ = [
    'AsymmetricLoss',
    'ClassBalancedLoss',
    'DistributionBalancedLoss',
    'HardNegativeLoss',
]
