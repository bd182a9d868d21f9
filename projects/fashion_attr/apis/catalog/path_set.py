"""A set of millions of paths in 16 bytes each."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

_HASH = 'S16'  # numpy pads with zeros: equal where all 16 bytes are


class PathSet:
    """Paths that have been seen, as hashes of 128 bits.

    Ten million take 160 MB, as Python's strings 1.5 GB. That two of them have the same
    hash has a probability of 1e-25.

    Hashes lie in sorted arrays, each less than half as long as the one before it: those
    that are not are merged, so each hash is merged a few times only.
    """

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []

    def __len__(self) -> int:
        return sum(map(len, self._runs))

    def add(self, paths: Sequence[str]) -> np.ndarray:
        """Add paths.

        Args:
            paths (Sequence[str]): n of them.

        Returns:
            np.ndarray: (n,) bool, which of them are new; of equal ones the first is.
        """
        hashes = _hashes(paths)
        values, first = np.unique(hashes, return_index=True)
        new = np.ones(len(values), bool)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, values), len(run) - 1)
            new &= run[places] != values
        self._append(values[new])
        mask = np.zeros(len(hashes), bool)
        mask[first[new]] = True
        return mask

    def _append(self, run: np.ndarray) -> None:
        if not len(run):
            return
        self._runs.append(run)
        while len(self._runs) > 1 and 2 * len(self._runs[-1]) >= len(self._runs[-2]):
            merged = np.concatenate([self._runs.pop(), self._runs.pop()])
            merged.sort(kind='stable')
            self._runs.append(merged)


def _hashes(paths: Sequence[str]) -> np.ndarray:
    digests = [blake2b(path.encode(), digest_size=16).digest() for path in paths]
    return np.frombuffer(b''.join(digests), _HASH)
