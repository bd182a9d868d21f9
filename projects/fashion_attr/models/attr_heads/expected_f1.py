"""Scores relative to the threshold that promises each object the best F1."""

import torch
from torch import Tensor

_EPS = 1e-6


def relative_to_best_threshold(scores: Tensor) -> Tensor:
    """Shift each object's scores so that .5 cuts where its expected F1 is highest.

    With probabilities p, the set S of an object has about
    F(S) = 2 * sum of p over S / (|S| + sum of all p). Its highest value F* is
    reached by all labels with p >= F* / 2 (Lipton et al. 2014, arXiv:1402.1892),
    so one threshold for all objects is too high for the doubtful ones.

    Args:
        scores (Tensor): (N, A) probabilities in 0..1.

    Returns:
        Tensor: (N, A) in 0..1, in the order of the scores; .5 and more are the
        labels of the set with the highest expected F1.
    """
    ordered = scores.sort(dim=1, descending=True).values
    sizes = torch.arange(1, scores.shape[1] + 1, device=scores.device)
    expected = 2 * ordered.cumsum(dim=1) / (sizes + scores.sum(dim=1, keepdim=True))
    threshold = expected.amax(dim=1, keepdim=True) / 2
    return (scores.logit(_EPS) - threshold.logit(_EPS)).sigmoid()
