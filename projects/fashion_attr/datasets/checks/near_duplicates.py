"""Nearest hashes by Hamming distance, all against all in blocks of numpy."""

import numpy as np

from .fingerprint import WORDS


def nearest(
    queries: np.ndarray,
    references: np.ndarray,
    max_distance: int,
    earlier_from: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """For each query the nearest reference, if it is near.

    Exact. Half of the words are compared for all; the others only where these leave
    a chance, which few pairs of different pictures have.

    Args:
        queries (np.ndarray): (Q, 4) uint64 hashes.
        references (np.ndarray): (R, 4) uint64 hashes.
        max_distance (int): bits that may differ.
        earlier_from (int | None): where the queries are references themselves, the
            index of the first: each is compared with those before it only.

    Returns:
        tuple: (Q,) int64 indices of references, the first of the nearest, -1 where
        none is near; and (Q,) int64 distances in bits.
    """
    columns = np.ascontiguousarray(references.T)
    index = np.full(len(queries), -1, np.int64)
    distance = np.zeros(len(queries), np.int64)
    for i, query in enumerate(queries):
        end = len(references) if earlier_from is None else earlier_from + i
        found, bits = _near(query, columns[:, :end], max_distance)
        if len(found):
            best = bits.argmin()
            index[i], distance[i] = found[best], bits[best]
    return index, distance


def _near(
    query: np.ndarray, columns: np.ndarray, max_distance: int
) -> tuple[np.ndarray, np.ndarray]:
    """Indices, ascending, and distances of the (4, R) columns that are near."""
    half = WORDS // 2
    bits = np.bitwise_count(columns[0] ^ query[0])
    for word in range(1, half):
        bits += np.bitwise_count(columns[word] ^ query[word])
    found = np.flatnonzero(bits <= max_distance)
    # uint8 would pass 255 with 256 bits.
    rest = np.bitwise_count(columns[half:, found] ^ query[half:, None])
    total = bits[found] + rest.sum(axis=0, dtype=np.int64)
    near = total <= max_distance
    return found[near], total[near]
