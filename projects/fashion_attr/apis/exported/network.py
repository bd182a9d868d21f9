"""The exported network: a picture in, detections out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort

from .masks import PlacedMask, place
from .metadata import Metadata

_PROVIDERS = {'cpu': 'CPUExecutionProvider', 'cuda': 'CUDAExecutionProvider'}


@dataclass(frozen=True, eq=False)
class Detections:
    """What is found in one picture, best first; n detections, L attributes.

    Attributes:
        size: (h, w) of the picture, in pixels.
        labels: (n,) int64 indices of ``metadata.categories``.
        scores: (n,) float32.
        boxes: (n, 4) float32 xyxy, in pixels of the picture.
        masks: n masks; None where the network gives boxes alone.
        attr_scores: (n, L) float32, columns as ``metadata.attributes``; None where it
            has no attribute head.
    """

    size: tuple[int, int]
    labels: np.ndarray
    scores: np.ndarray
    boxes: np.ndarray
    masks: list[PlacedMask] | None = None
    attr_scores: np.ndarray | None = None


class ExportedNetwork:
    """A file of tools/export.py, run by onnxruntime; calls may come from threads.

    Args:
        path (str | Path): the file.
        device (str | None): 'cpu' or 'cuda', also 'cuda:1'; None takes a GPU where
            this onnxruntime knows one.
        threads (int): of the CPU; 0 leaves it to onnxruntime, which takes all cores.

    Attributes:
        metadata (Metadata): of the file.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is not of tools/export.py, is damaged, or the device is none
            that this onnxruntime knows.
    """

    def __init__(
        self, path: str | Path, device: str | None = None, threads: int = 0
    ) -> None:
        if not Path(path).is_file():
            raise FileNotFoundError(f'there is no exported network {path}')
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3  # errors; what it warns of is its own affair
        providers = _providers(device)
        try:
            self._session = ort.InferenceSession(str(path), options, providers)
        except Exception as error:  # onnxruntime's own have no better base
            raise ValueError(
                f'{path} is no ONNX file, or was cut off ({_first_line(error)}): write '
                'it anew with tools/export.py'
            ) from error
        strings = self._session.get_modelmeta().custom_metadata_map
        try:
            self.metadata = Metadata.from_strings(strings)
        except ValueError as error:
            raise ValueError(f'{path}: {error}') from error
        self._outputs = [output.name for output in self._session.get_outputs()]

    def __call__(self, image: np.ndarray, least_score: float = 0.0) -> Detections:
        """Look at a picture.

        Args:
            image (np.ndarray): (H, W, 3) uint8 BGR.
            least_score (float): detections below are left out.

        Returns:
            Detections: best first.

        Raises:
            ValueError: if it is no such array.
        """
        prepared = self.metadata.picture.prepare(image)
        inputs = dict(picture=prepared.pixels, size=prepared.size)
        values = self._session.run(None, inputs)
        found = dict(zip(self._outputs, values, strict=True))
        # Suppression has left them in order of score: what stays is at the front.
        count = np.count_nonzero(found['scores'] >= np.float32(least_score))
        found = {name: value[:count] for name, value in found.items()}
        boxes = found['boxes'] / np.tile(prepared.factors, 2)
        size = image.shape[:2]
        return Detections(
            size,
            found['labels'],
            found['scores'],
            boxes,
            self._placed(found.get('masks'), boxes, size),
            found.get('attr_scores'),
        )

    def _placed(
        self, masks: np.ndarray | None, boxes: np.ndarray, size: tuple[int, int]
    ) -> list[PlacedMask] | None:
        if masks is None:
            return None
        threshold = self.metadata.mask_thr
        pairs = zip(masks, boxes, strict=True)
        return [place(probs, box, size, threshold) for probs, box in pairs]


def _providers(device: str | None) -> list:
    known = ort.get_available_providers()
    if device is None:
        device = 'cuda' if _PROVIDERS['cuda'] in known else 'cpu'
    kind, _, number = str(device).partition(':')
    provider = _PROVIDERS.get(kind)
    if provider not in known or not (number or '0').isdigit():
        have = [name for name, value in _PROVIDERS.items() if value in known]
        raise ValueError(
            f'device {device!r} is none of {have}, which this onnxruntime runs on; for '
            'a GPU install onnxruntime-gpu in its place'
        )
    return [(provider, dict(device_id=number))] if number else [provider]


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
