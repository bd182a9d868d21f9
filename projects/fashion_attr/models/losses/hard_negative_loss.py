"""Binary cross-entropy on present labels and the hardest absent ones."""

import torch.nn.functional as F
from mmdet.registry import MODELS
from torch import Tensor, nn


@MODELS.register_module()
class HardNegativeLoss(nn.Module):
    """BCE of all present labels and, of each object, the absent ones scored highest.

    The paper names the mining of hard negatives as future work: 290 of 294
    attributes are absent, and most of them are easily told to be.

    Args:
        num_negatives (int): Absent labels of each object that count.
        loss_weight (float): Factor of the loss.

    Raises:
        ValueError: If ``num_negatives`` < 1.
    """

    def __init__(self, num_negatives: int = 30, loss_weight: float = 1.0) -> None:
        super().__init__()
        if num_negatives < 1:
            raise ValueError(f'num_negatives should be at least 1, got {num_negatives}')
        self.num_negatives = num_negatives
        self.loss_weight = loss_weight

    def forward(
        self, pred: Tensor, target: Tensor, avg_factor: float | None = None
    ) -> Tensor:
        """Loss of logits.

        Args:
            pred (Tensor): (N, A) logits.
            target (Tensor): (N, A) of 0 and 1.
            avg_factor (float, optional): What the sum is divided by; N * A where
                None, so that the weight means the same as without mining.

        Returns:
            Tensor: Scalar.
        """
        loss = F.binary_cross_entropy_with_logits(pred, target, reduction='none')
        present = loss * target
        absent = (loss * (1 - target)).topk(min(self.num_negatives, pred.shape[1]))
        total = present.sum() + absent.values.sum()
        return self.loss_weight * total / (avg_factor or max(pred.numel(), 1))
