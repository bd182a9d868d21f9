"""Entries of a dataset as mmengine keeps them for its workers: one array of bytes.

mmengine makes all entries, pickles each, and joins the pickles: three copies at once,
two of them in small objects. Here each entry is pickled as it comes and forgotten. The
array is the same, and worker processes that are forked share it.
"""

import pickle
from collections.abc import Sequence

import numpy as np

_PROTOCOL = 4  # mmengine's


class PackedEntries:
    """Grows by an entry at a time.

    Attributes:
        heads (list[dict]): of each entry what filters look at: ``img_id``, ``height``,
            ``width``; and ``place``, its number.
    """

    def __init__(self):
        self.clear()

    def clear(self) -> None:
        """Forget all entries."""
        self._bytes = bytearray()
        self._ends = [0]
        self.heads: list[dict] = []

    def append(self, entry: dict) -> None:
        """Pickle an entry of a picture."""
        head = {key: entry[key] for key in ('img_id', 'height', 'width')}
        self.heads.append(dict(head, place=len(self.heads)))
        self._bytes += pickle.dumps(entry, protocol=_PROTOCOL)
        self._ends.append(len(self._bytes))

    def arrays(self, places: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        """Some entries as mmengine's ``data_bytes`` and ``data_address``.

        Args:
            places (Sequence[int]): (N,) numbers of the entries, in the order wanted.

        Returns:
            tuple[np.ndarray, np.ndarray]: uint8 pickles one after another; (N,) int64
            where each ends. Nothing is copied where all are wanted.
        """
        data = np.frombuffer(self._bytes, np.uint8)
        starts, ends = np.array(self._ends[:-1]), np.array(self._ends[1:])
        places = np.asarray(places, np.int64)
        if not np.array_equal(places, np.arange(len(starts))):
            data = _gather(data, starts[places], ends[places])
        return data, np.cumsum((ends - starts)[places])


def _gather(data: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Slices one after another, in place if they rise: there may be no room for two."""
    total = int((ends - starts).sum())
    rising = bool((np.diff(starts) > 0).all())
    gathered = data if rising else np.empty(total, np.uint8)
    place = 0
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        gathered[place : place + end - start] = data[start:end]
        place += end - start
    return gathered[:total]
