"""Loops of the runner."""

from .finite_loss import NonFiniteLoss
from .seeded_train_loop import SeededTrainLoop

__all__ = ['NonFiniteLoss', 'SeededTrainLoop']
