"""Pictures that are there twice, or nearly, on one side or on two."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from .findings import Findings
from .fingerprint import BITS
from .near_duplicates import nearest
from .pictures import PictureFacts
from .workers import Workers

_BLOCK = 512  # queries in one task


class Picture(NamedTuple):
    """One picture that rows or annotations name, or that is there without."""

    file: str  # relative to the folder of pictures
    image_id: str | None  # None where nothing names it
    row: int | None  # the first that names it
    size: tuple[int, int] | None  # (h, w) in pixels, as the rows say
    side: str  # the file that has it for training or validation; '' for none
    shown: str  # the file as findings name it


def check_duplicates(
    pictures: Sequence[Picture],
    facts: Sequence[PictureFacts],
    findings: Findings,
    workers: Workers,
    max_distance: int,
    progress: bool = False,
) -> None:
    """Compare all pictures with each other.

    Args:
        pictures (Sequence[Picture]): N pictures, each file once.
        facts (Sequence[PictureFacts]): what their files say.
        findings (Findings): is told: of each picture the first with the same bytes
            and the nearest that looks alike, on its own side and on sides before. A
            picture of no side is compared with those of all.
        workers (Workers): do the search.
        max_distance (int): bits of 256 that differ at most in what looks alike.
        progress (bool): whether to show a progress bar.
    """
    _same_bytes(pictures, facts, findings)
    if not findings.wants('picture-near', 'side-near'):
        return
    groups: dict[str, list[int]] = defaultdict(list)
    for i, (picture, fact) in enumerate(zip(pictures, facts, strict=True)):
        if fact.prints is not None:
            groups[picture.side].append(i)
    pairs = list(_pairs_of_sides(list(groups)))
    total = sum(len(groups[later]) for _, later in pairs)
    with tqdm(total=total, desc='near-duplicates', disable=not progress) as bar:
        for earlier, later in pairs:
            near = _nearest(
                facts, groups[earlier], groups[later], workers, max_distance
            )
            code = 'side-near' if _leaks(earlier, later) else 'picture-near'
            for i, j, distance, mirrored in near:
                bar.update()
                # The same bytes have been told of already.
                if j is not None and facts[i].digest != facts[j].digest:
                    text = f'{distance} of {BITS} bits from {pictures[j].shown}'
                    text += ', mirrored' if mirrored else ''
                    _tell(findings, code, pictures[i], text)


def _pairs_of_sides(sides: list[str]) -> Iterator[tuple[str, str]]:
    """Each side with itself, and with those before it."""
    for i, later in enumerate(sides):
        yield later, later
        for earlier in sides[:i]:
            yield earlier, later


def _leaks(side: str, other: str) -> bool:
    """Whether both sides are used, and not the same."""
    return bool(side and other and side != other)


def _same_bytes(pictures, facts, findings: Findings) -> None:
    first: dict[bytes, dict[str, int]] = defaultdict(dict)
    for i, (picture, fact) in enumerate(zip(pictures, facts, strict=True)):
        if not fact.digest:
            continue
        for side, j in first[fact.digest].items():
            text = f'the same bytes as {pictures[j].shown}'
            if _leaks(side, picture.side):
                _tell(findings, 'side-duplicate', picture, f'{text} of {side}')
            else:
                _tell(findings, 'picture-duplicate', picture, text)
        first[fact.digest].setdefault(picture.side, i)


def _tell(findings: Findings, code: str, picture: Picture, message: str) -> None:
    findings.add(code, picture.shown, picture.image_id, picture.row, message)


class _Search(NamedTuple):
    """A task: some pictures against many."""

    prints: np.ndarray  # (Q, 4)
    mirrored: np.ndarray  # (Q, 4)
    references: np.ndarray  # (R, 4)
    max_distance: int
    earlier_from: int | None


def _nearest(facts, earlier, later, workers: Workers, max_distance: int):
    """Of each of `later`: itself, the nearest of `earlier` or None, bits, mirrored."""
    references = np.array([facts[i].prints[0] for i in earlier])
    tasks = (
        _Search(
            np.array([facts[i].prints[0] for i in later[start : start + _BLOCK]]),
            np.array([facts[i].prints[1] for i in later[start : start + _BLOCK]]),
            references,
            max_distance,
            start if earlier is later else None,
        )
        for start in range(0, len(later), _BLOCK)
    )
    results = (r for block in workers.map(_search, tasks) for r in block)
    for i, (j, distance, mirrored) in zip(later, results, strict=True):
        yield i, earlier[j] if j >= 0 else None, distance, mirrored


def _search(task: _Search) -> list[tuple[int, int, bool]]:
    j, distance = nearest(
        task.prints, task.references, task.max_distance, task.earlier_from
    )
    k, turned = nearest(
        task.mirrored, task.references, task.max_distance, task.earlier_from
    )
    mirrored = (k >= 0) & ((j < 0) | (turned < distance))
    return list(
        zip(
            np.where(mirrored, k, j).tolist(),
            np.where(mirrored, turned, distance).tolist(),
            mirrored.tolist(),
            strict=True,
        )
    )
