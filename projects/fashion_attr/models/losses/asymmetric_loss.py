"""Asymmetric loss for labels of which most are absent."""

import torch
from mmdet.registry import MODELS
from torch import Tensor, nn


@MODELS.register_module()
class AsymmetricLoss(nn.Module):
    """ASL of Ridnik et al. 2021 (arXiv:2009.14119).

    .. code-block:: none

        present:  -(1 - p)^gamma_pos * log(p)
        absent:   -q^gamma_neg * log(1 - q),   q = max(p - clip, 0)

    Focal loss with a focus of its own for present and absent labels; absent ones
    with a score below ``clip`` no longer count at all.

    Args:
        gamma_pos (float): Focus of present labels.
        gamma_neg (float): Focus of absent labels.
        clip (float): Margin of absent labels, 0..1.
        loss_weight (float): Factor of the loss.

    Raises:
        ValueError: If a setting is negative, or ``clip`` is 1 or more.
    """

    def __init__(
        self,
        gamma_pos: float = 1.0,
        gamma_neg: float = 4.0,
        clip: float = 0.05,
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__()
        if min(gamma_pos, gamma_neg) < 0 or not 0 <= clip < 1:
            raise ValueError(
                f'gammas should be 0 or more and clip in 0..1, got gamma_pos='
                f'{gamma_pos}, gamma_neg={gamma_neg}, clip={clip}'
            )
        self.gamma_pos = gamma_pos
        self.gamma_neg = gamma_neg
        self.clip = clip
        self.loss_weight = loss_weight

    def forward(
        self, pred: Tensor, target: Tensor, avg_factor: float | None = None
    ) -> Tensor:
        """Loss of logits.

        Args:
            pred (Tensor): (N, A) logits.
            target (Tensor): (N, A) of 0 and 1.
            avg_factor (float, optional): What the sum is divided by; N * A where
                None.

        Returns:
            Tensor: Scalar.
        """
        score = pred.sigmoid()
        absent = (1 - score + self.clip).clamp(max=1)
        # As in the paper's code, the focus is a weight that no gradient passes.
        with torch.no_grad():
            focus = torch.where(
                target > 0,
                (1 - score) ** self.gamma_pos,
                (1 - absent) ** self.gamma_neg,
            )
        log = torch.where(
            target > 0,
            nn.functional.logsigmoid(pred),
            absent.clamp(min=1e-8).log(),
        )
        total = -(focus * log).sum()
        return self.loss_weight * total / (avg_factor or max(pred.numel(), 1))
