"""Only attributes that occur with a class can be predicted with it."""

import torch
from torch import Tensor, nn

from ...datasets.label_counts import read_label_counts

# Of a pair that does not occur: a score of 3e-7, and no gradient.
_LOGIT = -15.0


class AllowedPairs(nn.Module):
    """Which attributes occur with which class, from an annotation file.

    Args:
        ann_file (str): Annotations to count; read at the first call in training,
            and not at all where a checkpoint was loaded.
        num_classes (int): K.
        num_attrs (int): A.
    """

    def __init__(self, ann_file: str, num_classes: int, num_attrs: int) -> None:
        super().__init__()
        self.ann_file = ann_file
        self.register_buffer('allowed', torch.ones(num_classes, num_attrs).bool())
        self.register_buffer('is_read', torch.zeros((), dtype=torch.bool))
        # A look at a buffer waits for the GPU: one is enough, not one a step.
        self._is_settled = False

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """(N, A) logits, those of pairs that never occur put far below zero.

        Raises:
            FileNotFoundError: In training, if the annotation file is absent.
        """
        if self.training and not self._is_settled:
            if not self.is_read:
                self._read()
            self._is_settled = True
        return logits.masked_fill(~self.allowed[labels], _LOGIT)

    def _read(self) -> None:
        counts = read_label_counts(self.ann_file, 'pairs= of the attribute head').pairs
        self.allowed.copy_(torch.from_numpy(counts > 0))
        self.is_read.fill_(True)
