"""A file of tools/export.py in place of config and checkpoint."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from projects.fashion_attr.datasets.transforms.encoded_image import EncodedImage
from projects.fashion_attr.structures.boxed_masks import encode_boxed

from ..exported import Detections, ExportedNetwork
from .loading import LoadPicture
from .raw import RawPrediction


class ExportedBackend:
    """An exported network, as `FashionInferencer` uses one; see `Backend`.

    Args:
        path (str | Path): file of tools/export.py.
        device (str | None): 'cpu' or 'cuda'; None takes a GPU where this onnxruntime
            knows one.
        threads (int): of the CPU; 0 leaves it to onnxruntime.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not of tools/export.py, or the device is not to be had.
    """

    def __init__(
        self, path: str | Path, device: str | None = None, threads: int = 0
    ) -> None:
        self.network = ExportedNetwork(path, device, threads)
        metadata = self.network.metadata
        labels = dict(categories=metadata.categories, attributes=metadata.attributes)
        # The file says what its names mean, whatever taxonomy they are of.
        self.dataset_meta = dict(metadata.dataset_meta, taxonomy=labels)
        self.attr_score_thr = np.array(metadata.attr_score_thr)
        self.identity = f'exported {metadata.identity}'
        self._load = LoadPicture(encoded=False)

    def load(self, source: str | EncodedImage | np.ndarray) -> np.ndarray:
        """Read a picture, see `Backend.load`."""
        return self._load(source)['img']

    def predict(
        self, loaded: Sequence[np.ndarray], least_score: float = 0.0
    ) -> list[RawPrediction]:
        """Run the network picture by picture, see `Backend.predict`."""
        return [_as_raw(self.network(image, least_score)) for image in loaded]


def _as_raw(found: Detections) -> RawPrediction:
    masks = found.masks
    if masks is not None:
        # One at a time: all masks of a large picture would not fit into memory.
        masks = encode_boxed((mask.whole() for mask in masks), found.boxes)
    return RawPrediction(
        found.size, found.labels, found.scores, found.boxes, masks, found.attr_scores
    )
