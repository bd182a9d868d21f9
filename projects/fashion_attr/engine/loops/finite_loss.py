"""A look at the loss before it reaches the weights."""

from typing import Any

import torch
from mmengine.optim import OptimWrapper
from torch import Tensor


class NonFiniteLoss(FloatingPointError):
    """The loss is NaN or infinite; the weights are those before the step."""


class FiniteLossOptimWrapper:
    """An optimizer wrapper that refuses a loss which is not finite.

    Args:
        wrapper (OptimWrapper): That updates the weights.
    """

    def __init__(self, wrapper: OptimWrapper) -> None:
        self._wrapper = wrapper

    def update_params(self, loss: Tensor, *args, **kwargs) -> None:
        """Update the weights.

        Args:
            loss (Tensor): Sum of all losses.

        Raises:
            NonFiniteLoss: Before anything has changed.
        """
        if not torch.isfinite(loss):
            raise NonFiniteLoss(f'the loss is {loss.item()}')
        self._wrapper.update_params(loss, *args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wrapper, name)
