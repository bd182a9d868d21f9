"""From padded slots of attribute indices to the targets of a loss."""

import torch
from torch import Tensor


def multi_hot(attr_labels: Tensor, num_attrs: int) -> Tensor:
    """Padded attribute indices as rows of zeros and ones.

    Args:
        attr_labels (Tensor): (N, S) int64 indices in 0..num_attrs; the index
            ``num_attrs`` marks an unused slot.
        num_attrs (int): A, the number of attributes.

    Returns:
        Tensor: (N, A) float32, 1 where the row holds the attribute.
    """
    rows = torch.zeros(
        (len(attr_labels), num_attrs + 1),
        dtype=torch.float32,
        device=attr_labels.device,
    )
    # The padding gets a column of its own, which is cut off.
    return rows.scatter_(1, attr_labels, 1.0)[:, :num_attrs]
