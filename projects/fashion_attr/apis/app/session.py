"""What the page keeps of one user's picture, so that thresholds need no network."""

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from projects.fashion_attr.structures.run_length_masks import RunLengthMasks

from ..inferencer import FashionInferencer, Picture, RawPrediction

# The visualiser shows no more. Masks are painted at this size: of 100 garments on a
# telephone's 50 megapixels they would take 5 GB.
MAX_EDGE = 1600
# Thresholds can go no lower; what is below is not kept.
LEAST_SCORE = 0.05
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 95]


@dataclass(frozen=True, eq=False)
class Session:
    """A picture and all that the network says of it.

    Attributes:
        name: of the picture, for people and for downloads.
        jpeg: the picture, its long edge `MAX_EDGE` at the most.
        seen: what was found, in pixels of ``jpeg``.
        full: the same in pixels of the picture as it was given.
    """

    name: str
    jpeg: bytes
    seen: RawPrediction
    full: RawPrediction

    @classmethod
    def of(
        cls, name: str, image: np.ndarray, inferencer: FashionInferencer
    ) -> 'Session':
        """Run the network on a picture.

        Args:
            name (str): of the picture.
            image (np.ndarray): (H, W, 3) uint8 BGR.
            inferencer (FashionInferencer): with the network.

        Returns:
            Session: of the picture.
        """
        small = _reduced(image)
        found = inferencer.predict(small, least_score=LEAST_SCORE, workers=0)
        ((_, seen),) = found
        # Of the best quality there is: nobody sees that it is not the original.
        jpeg = cv2.imencode('.jpg', small, _QUALITY)[1].tobytes()
        return cls(Path(name).name, jpeg, seen, enlarged(seen, image.shape[:2]))

    def picture(self) -> Picture:
        """The reduced picture, decoded."""
        data = np.frombuffer(self.jpeg, np.uint8)
        return Picture(self.name, cv2.imdecode(data, cv2.IMREAD_COLOR))

    @property
    def nbytes(self) -> int:
        """Memory that it takes, about."""
        raws = {id(raw): raw for raw in (self.seen, self.full)}.values()
        return len(self.jpeg) + sum(_nbytes(raw) for raw in raws)


def enlarged(raw: RawPrediction, size: tuple[int, int]) -> RawPrediction:
    """What was found in a reduced picture, in pixels of the picture itself.

    Args:
        raw (RawPrediction): of the reduced picture.
        size (tuple[int, int]): (h, w) of the picture.

    Returns:
        RawPrediction: sharing scores; ``raw`` itself where the size is the same.
    """
    if tuple(size) == raw.size:
        return raw
    height, width = size
    scale = np.array([width / raw.size[1], height / raw.size[0]] * 2, np.float32)
    masks = raw.masks
    if masks:
        masks = RunLengthMasks(masks, *raw.size).resize((height, width)).to_rle()
    return replace(raw, size=(height, width), boxes=raw.boxes * scale, masks=masks)


def _reduced(image: np.ndarray) -> np.ndarray:
    scale = MAX_EDGE / max(image.shape[:2])
    if scale >= 1:
        return image
    size = tuple(max(1, round(n * scale)) for n in image.shape[1::-1])
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _nbytes(raw: RawPrediction) -> int:
    arrays = (raw.labels, raw.scores, raw.boxes, raw.attr_scores)
    masks = sum(len(mask['counts']) for mask in raw.masks or ())
    return masks + sum(array.nbytes for array in arrays if array is not None)
