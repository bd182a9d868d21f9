"""What a file of predictions is given of each picture."""

from dataclasses import dataclass

import numpy as np

from ..inferencer import PictureResult, RawPrediction


@dataclass(frozen=True, eq=False)
class Found:
    """The garments of a picture.

    Attributes:
        result: its garments at the thresholds of the run.
        raw: the same garments, in the same order, with all attribute scores.
        image_id: its number.
    """

    result: PictureResult
    raw: RawPrediction
    image_id: int

    def attr_scores(self, garment: int, columns: np.ndarray) -> np.ndarray | None:
        """(L,) float32 scores of a garment in the order of (L,) columns, if any."""
        if self.raw.attr_scores is None:
            return None
        return self.raw.attr_scores[garment, columns]
