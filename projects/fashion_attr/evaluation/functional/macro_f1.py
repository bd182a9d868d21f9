"""Macro F1 of attribute sets, as FPEval takes it from scikit-learn.

The vectors of L zeros and ones are compared as the answers to L yes-no questions:
the mean of the F1 of the ones and the F1 of the zeros. Zeros are many, so that
their F1 is nearly 1 whatever was predicted.
"""

import numpy as np

from .set_f1 import paired_counts


def paired_macro_f1(
    predicted: np.ndarray,
    truth: np.ndarray,
    predicted_index: np.ndarray,
    truth_index: np.ndarray,
) -> np.ndarray:
    """Macro F1 of chosen pairs, as ``sklearn.metrics.f1_score(average='macro')``.

    Where neither vector has a one, or neither a zero, the mean is over the other
    kind alone, so it is 1.

    Args:
        predicted (np.ndarray): (D, L) bool.
        truth (np.ndarray): (G, L) bool.
        predicted_index (np.ndarray): (P,) rows of ``predicted``.
        truth_index (np.ndarray): (P,) rows of ``truth``.

    Returns:
        np.ndarray: (P,) float64 in [0, 1].

    Raises:
        ValueError: if the two have different numbers of attributes.
    """
    common, num_predicted, num_truth = paired_counts(
        predicted, truth, predicted_index, truth_index
    )
    ones = num_predicted + num_truth
    zeros = 2 * truth.shape[1] - ones
    of_ones = 2 * common / np.maximum(ones, 1)
    # Common zeros: L - (predicted + truth - common).
    of_zeros = (zeros - ones + 2 * common) / np.maximum(zeros, 1)
    both = (ones > 0) & (zeros > 0)
    return np.where(both, (of_ones + of_zeros) / 2, 1.0)
