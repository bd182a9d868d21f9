"""Losses that weigh attributes by how often they occur."""

import numpy as np
import torch
import torch.nn.functional as F
from mmdet.registry import MODELS
from torch import Tensor, nn

from ...datasets.label_counts import LabelCounts, read_label_counts


class CountedLoss(nn.Module):
    """A loss that needs counts of the training set, read when it is first used.

    Args:
        ann_file (str): Annotations of the training set.
        loss_weight (float): Factor of the loss.
    """

    def __init__(self, ann_file: str, loss_weight: float = 1.0) -> None:
        super().__init__()
        self.ann_file = ann_file
        self.loss_weight = loss_weight

    def counts(self) -> LabelCounts:
        """Numbers of objects in the training set.

        Raises:
            FileNotFoundError: If the annotation file is absent.
        """
        return read_label_counts(self.ann_file, type(self).__name__)


@MODELS.register_module()
class ClassBalancedLoss(CountedLoss):
    """BCE or focal loss weighted by the effective number of examples.

    Cui et al. 2019 (arXiv:1901.05555): an attribute with n examples weighs
    (1 - beta) / (1 - beta^n), scaled so that the mean weight is 1.

    Args:
        ann_file (str): Annotations of the training set.
        beta (float): 0..1; 0 weighs all alike, towards 1 by 1 / n.
        gamma (float): Focus, as of focal loss; 0 is BCE.
        loss_weight (float): Factor of the loss.

    Raises:
        ValueError: If ``beta`` is not in 0..1.
    """

    def __init__(
        self,
        ann_file: str,
        beta: float = 0.999,
        gamma: float = 0.0,
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__(ann_file, loss_weight)
        if not 0 <= beta < 1:
            raise ValueError(f'beta should be in 0..1, got {beta}')
        self.beta = beta
        self.gamma = gamma

    def weights(self) -> np.ndarray:
        """(A,) weights, 1 in the mean; an attribute never seen counts as seen once."""
        counts = np.maximum(self.counts().attributes, 1)
        weights = (1 - self.beta) / (1 - self.beta**counts)
        return weights / weights.mean()

    def forward(
        self, pred: Tensor, target: Tensor, avg_factor: float | None = None
    ) -> Tensor:
        """Loss of (N, A) logits and targets; see ``AsymmetricLoss.forward``."""
        loss = _focal(pred, target, self.gamma)
        total = (loss * loss.new_tensor(self.weights())).sum()
        return self.loss_weight * total / (avg_factor or max(pred.numel(), 1))


@MODELS.register_module()
class DistributionBalancedLoss(CountedLoss):
    """Distribution-balanced loss of Wu et al. 2020 (arXiv:2007.09654).

    Two parts: each label is weighted by how much more often its object is drawn
    for its other labels than for this one (squashed by a sigmoid), and the logits
    of absent labels are shifted by the label's prior and scaled, so that they are
    not pushed down without end.

    Args:
        ann_file (str): Annotations of the training set.
        alpha (float): Least weight of the first part.
        beta (float): Steepness of its sigmoid.
        mu (float): Its centre.
        neg_scale (float): Scale of the logits of absent labels (lambda).
        init_bias (float): Strength of the shift by the prior (kappa).
        gamma (float): Focus, as of focal loss; 0 is BCE.
        loss_weight (float): Factor of the loss.

    Raises:
        ValueError: If ``neg_scale`` is not above 0.
    """

    def __init__(
        self,
        ann_file: str,
        alpha: float = 0.1,
        beta: float = 10.0,
        mu: float = 0.2,
        neg_scale: float = 2.0,
        init_bias: float = 0.05,
        gamma: float = 2.0,
        loss_weight: float = 1.0,
    ) -> None:
        super().__init__(ann_file, loss_weight)
        if neg_scale <= 0:
            raise ValueError(f'neg_scale should be above 0, got {neg_scale}')
        self.alpha, self.beta, self.mu = alpha, beta, mu
        self.neg_scale, self.init_bias, self.gamma = neg_scale, init_bias, gamma

    def rebalancing(self, target: Tensor) -> Tensor:
        """(N, A) weights of the labels of objects with (N, A) targets."""
        counts = self.counts().attributes
        frequency = target.new_tensor(1 / np.maximum(counts, 1))
        per_object = (target * frequency).sum(dim=1, keepdim=True)
        share = frequency / per_object.clamp(min=frequency.min())
        return self.alpha + torch.sigmoid(self.beta * (share - self.mu))

    def shift(self, like: Tensor) -> Tensor:
        """(A,) shift of the logits: the log-odds of each label's prior, scaled."""
        counts = self.counts()
        total = max(counts.objects, 2)
        prior = np.clip(counts.attributes, 1, total - 1) / total
        return like.new_tensor(-self.init_bias * np.log(1 / prior - 1))

    def forward(
        self, pred: Tensor, target: Tensor, avg_factor: float | None = None
    ) -> Tensor:
        """Loss of (N, A) logits and targets; see ``AsymmetricLoss.forward``."""
        logits = pred + self.shift(pred)
        scale = torch.where(target > 0, 1.0, self.neg_scale)
        logits = logits * scale
        loss = _focal(logits, target, self.gamma)
        total = (self.rebalancing(target) * loss / scale).sum()
        return self.loss_weight * total / (avg_factor or max(pred.numel(), 1))


def _focal(logits: Tensor, target: Tensor, gamma: float) -> Tensor:
    """(N, A) cross-entropy with a focus on what is missed; plain where gamma is 0."""
    loss = F.binary_cross_entropy_with_logits(logits, target, reduction='none')
    if gamma:
        missed = torch.where(target > 0, 1 - logits.sigmoid(), logits.sigmoid())
        loss = missed**gamma * loss
    return loss
