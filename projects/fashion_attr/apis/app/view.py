"""What the page shows of a picture at thresholds and filters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..inferencer import FashionInferencer, Garment, PictureResult
from .session import Session


@dataclass(frozen=True)
class Choice:
    """What a user wants to see.

    Attributes:
        score_thr: garments reach this class score.
        attr_thr: attributes reach this score; None: the inferencer's own thresholds.
        categories: names of which a garment has one; all where empty.
        attributes: names of which a garment has one; any where empty.
    """

    score_thr: float
    attr_thr: float | None = None
    categories: Sequence[str] = ()
    attributes: Sequence[str] = ()

    def takes(self, garment: Garment) -> bool:
        """Whether a garment passes the filters."""
        if self.categories and garment.category not in self.categories:
            return False
        names = {attribute.name for attribute in garment.attributes}
        return not self.attributes or not names.isdisjoint(self.attributes)


@dataclass(frozen=True, eq=False)
class View:
    """A picture as it is shown.

    Attributes:
        result: garments that pass, in pixels of the picture as it was given.
        drawn: (H, W, 3) uint8 RGB.
        categories: how many garments of each name there are before filters.
        attributes: how many garments have each before filters.
        choice: that it was made by.
    """

    result: PictureResult
    drawn: np.ndarray
    categories: dict[str, int]
    attributes: dict[str, int]
    choice: Choice

    def to_dict(self) -> dict[str, Any]:
        """The view as JSON holds it: the result and what it was chosen by."""
        choice = self.choice
        return dict(
            self.result.to_dict(),
            score_thr=choice.score_thr,
            attr_thr='calibrated' if choice.attr_thr is None else choice.attr_thr,
            categories=list(choice.categories),
            attributes=list(choice.attributes),
        )


def make_view(inferencer: FashionInferencer, session: Session, choice: Choice) -> View:
    """Choose and draw; the network does not run.

    Args:
        inferencer (FashionInferencer): that the session was made by.
        session (Session): the picture and what was found in it.
        choice (Choice): what to show.

    Returns:
        View: of the picture.

    Raises:
        ValueError: if a threshold makes no sense.
    """
    thresholds = choice.score_thr, choice.attr_thr
    picture = session.picture()
    result = inferencer.result(picture, session.full, *thresholds)
    there = result.garments
    kept = [n for n, garment in enumerate(there) if choice.takes(garment)]
    shown = PictureResult(
        session.name, result.width, result.height, tuple(there[n] for n in kept)
    )
    # Garments come in the order of the detections that reach the threshold.
    seen = session.seen.at_least(choice.score_thr).take(kept)
    return View(
        result=shown,
        drawn=inferencer.draw(picture, seen, *thresholds),
        categories=_counted(garment.category for garment in there),
        attributes=_counted(a.name for garment in there for a in garment.attributes),
        choice=choice,
    )


def _counted(names) -> dict[str, int]:
    """Commonest first, then by name."""
    counts = Counter(names)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
