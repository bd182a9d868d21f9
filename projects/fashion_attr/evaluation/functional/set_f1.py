"""Set-F1 of attribute sets, held as matrices of zeros and ones.

Letters: D predictions, G ground truths, P pairs of them, L attributes.
"""

import numpy as np


def set_f1(predicted: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """F1 of every predicted attribute set with every true one.

    ``F1 = 2 |A & B| / (|A| + |B|)``; 1 where the object has no attributes,
    0 where it has some and the prediction has none.

    Args:
        predicted (np.ndarray): (D, L) of 0 and 1, one row a predicted set.
        truth (np.ndarray): (G, L) of 0 and 1, one row an object's set.

    Returns:
        np.ndarray: (D, G) float64 in [0, 1].

    Raises:
        ValueError: if the two have different numbers of attributes.
    """
    _check_columns(predicted, truth)
    # float32 counts are exact up to 2**24 and go through BLAS.
    common = predicted.astype(np.float32) @ truth.astype(np.float32).T
    return _f1(
        common.astype(np.float64),
        predicted.sum(1, dtype=np.int64)[:, None],
        truth.sum(1, dtype=np.int64)[None],
    )


def paired_set_f1(
    predicted: np.ndarray,
    truth: np.ndarray,
    predicted_index: np.ndarray,
    truth_index: np.ndarray,
    chunk: int = 1 << 16,
) -> np.ndarray:
    """F1 of chosen pairs only, see :func:`set_f1`.

    Args:
        predicted (np.ndarray): (D, L) bool.
        truth (np.ndarray): (G, L) bool.
        predicted_index (np.ndarray): (P,) rows of ``predicted``.
        truth_index (np.ndarray): (P,) rows of ``truth``.
        chunk (int): pairs held in memory at a time.

    Returns:
        np.ndarray: (P,) float64 in [0, 1].

    Raises:
        ValueError: if the two have different numbers of attributes.
    """
    return _f1(*paired_counts(predicted, truth, predicted_index, truth_index, chunk))


def paired_counts(
    predicted: np.ndarray,
    truth: np.ndarray,
    predicted_index: np.ndarray,
    truth_index: np.ndarray,
    chunk: int = 1 << 16,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sizes of the sets of chosen pairs, and of what they have in common.

    Args:
        predicted (np.ndarray): (D, L) bool.
        truth (np.ndarray): (G, L) bool.
        predicted_index (np.ndarray): (P,) rows of ``predicted``.
        truth_index (np.ndarray): (P,) rows of ``truth``.
        chunk (int): pairs held in memory at a time.

    Returns:
        tuple[np.ndarray, np.ndarray, np.ndarray]: (P,) int64 each: attributes in
        common, predicted and true.

    Raises:
        ValueError: if the two have different numbers of attributes.
    """
    _check_columns(predicted, truth)
    predicted_bits = np.packbits(predicted.astype(bool), axis=1)
    truth_bits = np.packbits(truth.astype(bool), axis=1)
    common = np.zeros(len(predicted_index), np.int64)
    for start in range(0, len(common), chunk):
        part = slice(start, start + chunk)
        both = predicted_bits[predicted_index[part]] & truth_bits[truth_index[part]]
        common[part] = np.bitwise_count(both).sum(1, dtype=np.int64)
    return (
        common,
        np.bitwise_count(predicted_bits).sum(1, dtype=np.int64)[predicted_index],
        np.bitwise_count(truth_bits).sum(1, dtype=np.int64)[truth_index],
    )


def _f1(common: np.ndarray, num_predicted: np.ndarray, num_truth: np.ndarray):
    total = num_predicted + num_truth
    f1 = 2 * common / np.maximum(total, 1)
    return np.where(num_truth == 0, 1.0, f1)


def _check_columns(predicted: np.ndarray, truth: np.ndarray) -> None:
    if predicted.shape[1] != truth.shape[1]:
        raise ValueError(
            f'predictions have {predicted.shape[1]} attribute columns, '
            f'the ground truth has {truth.shape[1]}'
        )
