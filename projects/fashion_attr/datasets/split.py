"""Splits pictures so that rare labels are on every side.

Iterative stratification (Sechidis, Tsoumakas and Vlahavas, "On the Stratification
of Multi-Label Data", ECML PKDD 2011), with two changes: the sizes are exact, and
labels are first spread over the sides that need them, since a label of two pictures
would by the plain algorithm go to the larger side twice.

Letters: N pictures, L labels, S sides.
"""

from collections.abc import Sequence

import numpy as np

UNASSIGNED = -1


def stratified_split(
    labels: np.ndarray,
    sizes: Sequence[int],
    seed: int = 0,
    covered: Sequence[int] | None = None,
) -> np.ndarray:
    """Assign pictures to sides of given sizes with the labels in proportion.

    Args:
        labels (np.ndarray): (N, L) bool, which label occurs in which picture.
        sizes (Sequence[int]): (S,) numbers of pictures of the sides, summing to N.
        seed (int): the same seed gives the same split.
        covered (Sequence[int] | None): sides that should have every label, as far
            as there are pictures and room; all where None.

    Returns:
        np.ndarray: (N,) int64 index of each picture's side.

    Raises:
        ValueError: if a size is negative or the sizes do not sum to N.
    """
    labels = np.asarray(labels, bool)
    if min(sizes) < 0 or sum(sizes) != len(labels):
        raise ValueError(
            f'the sizes {list(sizes)} should be 0 or more and sum to {len(labels):,}'
        )
    covered = range(len(sizes)) if covered is None else covered
    # Shuffled once, so that "the first" below is a random one.
    order = np.random.default_rng(seed).permutation(len(labels))
    state = _State(labels[order], np.array(sizes))
    for side in sorted(covered, key=lambda s: sizes[s]):
        _cover(state, side, [s for s in covered if s != side])
    _stratify(state)
    sides = np.empty(len(labels), np.int64)
    sides[order] = state.sides
    return sides


class _State:
    """Who is where, and what each side still wants."""

    def __init__(self, labels: np.ndarray, sizes: np.ndarray):
        self.labels = labels
        self.sides = np.full(len(labels), UNASSIGNED)
        self.room = sizes.copy()  # (S,)
        self.unassigned = labels.sum(axis=0)  # (L,) pictures not assigned yet
        share = sizes / max(sizes.sum(), 1)
        self.wanted = share[:, None] * self.unassigned  # (S, L)
        self.present = np.zeros((len(sizes), labels.shape[1]), bool)

    def assign(self, picture: int, side: int) -> None:
        row = self.labels[picture]
        self.sides[picture] = side
        self.room[side] -= 1
        self.unassigned -= row
        self.wanted[side] -= row
        self.present[side] |= row


def _cover(state: _State, side: int, others: Sequence[int]) -> None:
    """Give `side` one picture of each label, rarest first, leaving the others one."""
    given_up = np.zeros(state.labels.shape[1], bool)
    while state.room[side] > 0:
        missing = ~state.present[side] & (state.unassigned > 0) & ~given_up
        if not missing.any():
            return
        label = np.where(missing, state.unassigned, np.iinfo(int).max).argmin()
        needed = np.zeros_like(missing)
        for other in others:
            if state.room[other] > 0:
                needed |= ~state.present[other]
        last = needed & (state.unassigned == 1)
        free = np.flatnonzero((state.sides == UNASSIGNED) & state.labels[:, label])
        free = free[~(state.labels[free] & last).any(axis=1)]
        if not len(free):
            given_up[label] = True
            continue
        gain = state.labels[free] @ missing.astype(np.int64)
        state.assign(free[gain.argmax()], side)


def _stratify(state: _State) -> None:
    """The plain algorithm: pictures of the rarest label go where it is wanted most."""
    while (state.unassigned > 0).any():
        label = np.where(
            state.unassigned > 0, state.unassigned, np.iinfo(int).max
        ).argmin()
        free = (state.sides == UNASSIGNED) & state.labels[:, label]
        for picture in np.flatnonzero(free):
            state.assign(picture, _neediest(state, label))
    for picture in np.flatnonzero(state.sides == UNASSIGNED):
        state.assign(picture, int(state.room.argmax()))


def _neediest(state: _State, label: int) -> int:
    wanted = np.where(state.room > 0, state.wanted[:, label], -np.inf)
    ties = np.flatnonzero(wanted == wanted.max())
    return int(ties[state.room[ties].argmax()])
