"""How weights lie in memory."""

import torch
from torch import nn


def lay_out_for_testing(model: nn.Module) -> None:
    """Lay the weights of convolutions channels last where they are on a CPU.

    oneDNN computes in that layout; otherwise each convolution turns what it is given
    and what it gives (docs/benchmarks.md, Precision). Results differ in the last bits
    of a float. Training keeps the layout that it began with, so that a run which is
    resumed goes on to the bit.

    Args:
        model (nn.Module): changed in place.
    """
    if next(model.parameters()).device.type == 'cpu':
        model.to(memory_format=torch.channels_last)
