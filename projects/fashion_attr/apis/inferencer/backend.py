"""What a `FashionInferencer` asks of a network: PyTorch's or any other program's."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from projects.fashion_attr.datasets.transforms.encoded_image import EncodedImage

from .raw import RawPrediction


class Backend(Protocol):
    """A network that a `FashionInferencer` can use.

    Attributes:
        dataset_meta: names in the order of its outputs: ``classes``, ``attributes``;
            and ``palette``, to draw with.
        attr_score_thr: the attribute thresholds that it comes with.
        identity: tells this network from any other, such as a hash of its files.
    """

    dataset_meta: Mapping[str, Any]
    attr_score_thr: float | str
    identity: str

    def load(self, source: str | EncodedImage | np.ndarray) -> Any:
        """Read a picture; called from several threads.

        Args:
            source (str | EncodedImage | np.ndarray): path, or a file's content, or
                (H, W, 3) uint8 BGR.

        Raises:
            OSError: if the file cannot be read.
            ValueError: if it is no sound picture.
        """

    def predict(
        self, loaded: Sequence[Any], least_score: float = 0.0
    ) -> list[RawPrediction]:
        """Run the network on what `load` gave; called from several threads.

        Args:
            loaded (Sequence[Any]): a batch.
            least_score (float): what has a lower class score may be left out.
        """
