"""FashionInferencer: pictures in, garments with attributes out."""

from collections.abc import Callable, Iterator

import numpy as np
from mmengine.config import Config

from ...datasets.checks.workers import chunks
from ...datasets.transforms.encoded_image import EncodedImage
from .ahead import map_ahead
from .backend import Backend
from .drawing import draw, make_artist, read_rgb
from .garment import Garment, PictureResult
from .inputs import Inputs, Picture, list_pictures
from .mmdet_backend import MMDetBackend
from .raw import RawPrediction
from .selection import Thresholds, check_score, read_thresholds, select_garments
from .vocabulary import Vocabulary

OnError = Callable[[Picture, Exception], None]
SCORE_THR = 0.3  # mmdet's own, of what it draws


class FashionInferencer:
    """Finds garments, their masks and their attributes in pictures.

    ::

        pictures -> load -> network -> RawPrediction -> garments -> PictureResult
                    threads            no threshold     thresholds

    Args:
        model (str | Config | None): config or its path; None takes the one that the
            checkpoint holds.
        weights (str | None): path of the checkpoint.
        device (str | None): such as 'cuda:0'; None takes a GPU where there is one.
        score_thr (float): garments reach this class score, unless a call says other.
        attr_thr (float | str | np.ndarray | None): attributes reach this score: one
            for all, a file of tools/calibrate_thresholds.py, or an array, see
            `read_thresholds`; None takes the config's ``attr_score_thr``.
        backend (Backend | None): another network in place of model and weights.
        turn (bool): whether files are turned as EXIF says, as people see them, and
            boxes and masks with them; False leaves the stored pixels, which the
            annotations of data sets are of.

    Attributes:
        open (Callable[[str, bool], EncodedImage]): finds a picture by its source, and
            whether to turn it; that of a disk, until another is put in its place.

    Raises:
        FileNotFoundError: if a file is missing.
        ValueError: if a file or a threshold is not sound, or a backend is given beside
            a model.

    Example:
        >>> inferencer = FashionInferencer('config.py', 'epoch_8.pth')
        >>> for result in inferencer('pictures/'):
        ...     print(result)
    """

    def __init__(
        self,
        model: str | Config | None = None,
        weights: str | None = None,
        device: str | None = None,
        *,
        score_thr: float = SCORE_THR,
        attr_thr: Thresholds | None = None,
        backend: Backend | None = None,
        turn: bool = True,
    ) -> None:
        if backend is not None and not model is weights is None:
            raise ValueError('give a backend, or model and weights, not both')
        self.score_thr = check_score(score_thr)
        self.backend = backend or MMDetBackend(model, weights, device)
        self.vocabulary = Vocabulary.from_meta(self.backend.dataset_meta)
        given = self.backend.attr_score_thr if attr_thr is None else attr_thr
        self.attr_thr = read_thresholds(given, self.vocabulary)
        self.turn = turn
        self.open: Callable[[str, bool], EncodedImage] = _open
        self._artist = None

    def __call__(
        self,
        inputs: Inputs | list[Picture],
        batch_size: int = 1,
        *,
        score_thr: float | None = None,
        attr_thr: Thresholds | None = None,
        workers: int = 2,
    ) -> list[PictureResult]:
        """Look at pictures.

        Args:
            inputs (Inputs | list[Picture]): path, folder, array (H, W, 3) uint8 BGR,
                or a list of those, or what `list_pictures` makes of them.
            batch_size (int): pictures that the network sees at once.
            score_thr (float | None): for this call; None leaves the inferencer's.
            attr_thr (Thresholds | None): likewise.
            workers (int): threads that read pictures while the network runs.

        Returns:
            list[PictureResult]: in the order of the pictures; a list for one too.

        Raises:
            OSError: if a picture cannot be read.
            TypeError, ValueError: if one is no sound picture, or a threshold none.
        """
        least = self.score_thr if score_thr is None else check_score(score_thr)
        found = self.predict(inputs, batch_size, least_score=least, workers=workers)
        return [self.result(*pair, score_thr, attr_thr) for pair in found]

    def predict(
        self,
        inputs: Inputs | list[Picture],
        batch_size: int = 1,
        *,
        least_score: float = 0.0,
        workers: int = 2,
        on_error: OnError | None = None,
    ) -> Iterator[tuple[Picture, RawPrediction]]:
        """Run the network alone, picture by picture, for thresholds to come later.

        Args:
            inputs (Inputs | list[Picture]): as for a call.
            batch_size (int): pictures that the network sees at once.
            least_score (float): class scores that no threshold to come goes below;
                what is left out costs no mask.
            workers (int): threads that read pictures while the network runs.
            on_error (Callable | None): is told of a picture that cannot be read,
                which is passed over then; None raises.

        Yields:
            tuple[Picture, RawPrediction]: in order, as soon as a batch is done.

        Raises:
            OSError: if a picture cannot be read.
            TypeError, ValueError: if one is no sound picture, or a number makes no
                sense.
        """
        if batch_size < 1 or workers < 0:
            raise ValueError(
                'batch_size must be 1 or more and workers 0 or more, got '
                f'{batch_size} and {workers}'
            )
        pictures = _as_pictures(inputs)
        loaded = map_ahead(self._load, pictures, workers, workers + batch_size)
        sound = _without_errors(loaded, on_error)
        for batch in chunks(sound, batch_size):
            raws = self.backend.predict([data for _, data in batch], least_score)
            for (picture, _), raw in zip(batch, raws, strict=True):
                yield picture, raw

    def garments(
        self,
        raw: RawPrediction,
        score_thr: float | None = None,
        attr_thr: Thresholds | None = None,
    ) -> tuple[Garment, ...]:
        """The garments of a picture at thresholds; the network does not run again.

        Args:
            raw (RawPrediction): of `predict`.
            score_thr (float | None): least class score; None takes the inferencer's.
            attr_thr (Thresholds | None): least attribute score, likewise.

        Returns:
            tuple[Garment, ...]: best first.

        Raises:
            ValueError: if a threshold makes no sense.
        """
        least = self.score_thr if score_thr is None else check_score(score_thr)
        thresholds = self.attribute_thresholds(attr_thr)
        return select_garments(raw, self.vocabulary, least, thresholds)

    def result(
        self,
        picture: Picture,
        raw: RawPrediction,
        score_thr: float | None = None,
        attr_thr: Thresholds | None = None,
    ) -> PictureResult:
        """A picture's garments at thresholds under its name, see `garments`."""
        height, width = raw.size
        found = self.garments(raw, score_thr, attr_thr)
        return PictureResult(picture.name, width, height, found)

    def draw(
        self,
        picture: Picture,
        raw: RawPrediction,
        score_thr: float | None = None,
        attr_thr: Thresholds | None = None,
    ) -> np.ndarray:
        """A picture with its garments at thresholds, see `garments`.

        Returns:
            np.ndarray: (H, W, 3) uint8 RGB, resized to be read.

        Raises:
            OSError: if the picture's file is gone.
            ValueError: if it cannot be decoded, or a threshold makes no sense.
        """
        least = self.score_thr if score_thr is None else check_score(score_thr)
        if self._artist is None:
            self._artist = make_artist(self.backend.dataset_meta)
        thresholds = self.attribute_thresholds(attr_thr)
        return draw(
            self._artist, read_rgb(picture, self.turn), raw.at_least(least), thresholds
        )

    def attribute_thresholds(
        self, attr_thr: Thresholds | None = None
    ) -> float | np.ndarray:
        """Attribute thresholds as `read_thresholds` gives them; None: the own ones."""
        if attr_thr is None:
            return self.attr_thr
        return read_thresholds(attr_thr, self.vocabulary)

    def _load(self, picture: Picture) -> tuple[Picture, object]:
        try:
            source = picture.source
            if not isinstance(source, np.ndarray):
                source = self.open(str(source), self.turn)
            return picture, self.backend.load(source)
        except (OSError, ValueError) as error:
            return picture, error


def _open(path: str, turn: bool) -> EncodedImage:
    return EncodedImage(path, turn=turn)


def _as_pictures(inputs: Inputs | list[Picture]) -> list[Picture]:
    if isinstance(inputs, list) and inputs and isinstance(inputs[0], Picture):
        return inputs
    return list_pictures(inputs)


def _without_errors(
    loaded: Iterator[tuple[Picture, object]], on_error: OnError | None
) -> Iterator[tuple[Picture, object]]:
    for picture, data in loaded:
        if not isinstance(data, Exception):
            yield picture, data
        elif on_error is None:
            raise data
        else:
            on_error(picture, data)
