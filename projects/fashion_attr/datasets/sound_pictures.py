"""Samples of a data set, some of whose pictures cannot be read."""

from collections.abc import Callable, Sequence
from copy import copy
from typing import Any

import numpy as np
from mmcv.transforms import LoadImageFromFile
from mmengine.dataset import Compose

from .bad_images import BAD_IMAGE, BadImage, BadImageList, reason_of
from .transforms import DecodeResize, LoadEncodedImage

ON_BAD_IMAGE = ('error', 'skip')
_WAY_OUT = (
    'repair it (tools/check_dataset.py lists all that are damaged), or pass over such '
    'pictures with --cfg-options on_bad_image=skip'
)
_MANY_IN_A_ROW = 100


def known_way(on_bad_image: str) -> str:
    """What was given, if it says what to do with a picture that cannot be read.

    Raises:
        ValueError: if not.
    """
    if on_bad_image not in ON_BAD_IMAGE:
        raise ValueError(
            f'on_bad_image should be one of {ON_BAD_IMAGE}, got {on_bad_image!r}'
        )
    return on_bad_image


class SoundPictures:
    """Runs a pipeline, and knows what to do where a picture is missing or damaged.

    'error' stops with the picture's name. 'skip' notes it in ``found`` and takes, in
    training, another picture at random. In a test there is a grey one of its size in
    its place and `BAD_IMAGE` in the sample: metrics of this project count it as a
    picture in which nothing was found, so that its objects are missed. Leaving it out
    would make a score better for each picture that is lost.

    Args:
        on_bad_image (str): 'error' or 'skip'.

    Attributes:
        found (BadImageList | None): where 'skip' notes pictures; `BadImageHook` says
            where that is.

    Raises:
        ValueError: if ``on_bad_image`` is neither.
    """

    def __init__(self, on_bad_image: str = 'error') -> None:
        self.on_bad_image = known_way(on_bad_image)
        self.found: BadImageList | None = None
        self._in_a_row = 0

    def load(self, info: dict, pipeline: Compose, test: bool) -> Any:
        """Load one sample.

        Args:
            info (dict): entry of the data set, with ``img_path`` and its size.
            pipeline (Compose): its first step finds the picture.
            test (bool): whether there has to be a sample of just this picture.

        Returns:
            Any: what the pipeline gives; None where another picture is to be taken.

        Raises:
            BadImage: with 'error', or if 100 pictures in a row cannot be read.
        """
        given = copy(info)
        try:
            sample = pipeline(info)
        except (BadImage, FileNotFoundError) as error:
            bad = _named(error, given['img_path'])
            if self.on_bad_image == 'error':
                raise BadImage(f'{bad}; {_WAY_OUT}') from error
            self._note(given['img_path'], bad)
            return Compose(pipeline.transforms[1:])(_grey(given)) if test else None
        self._in_a_row = 0
        return sample

    def _note(self, path: str, error: BadImage) -> None:
        if self.found is not None:
            self.found.add(path, error)
        self._in_a_row += 1
        if self._in_a_row >= _MANY_IN_A_ROW:
            raise BadImage(
                f'{self._in_a_row} pictures in a row cannot be read, the last one: '
                f'{reason_of(error)}; is the disk there?'
            ) from error


class LoadImage(LoadEncodedImage):
    """``LoadEncodedImage``, decoded at once."""

    def transform(self, results: dict) -> dict:
        """Load one picture; ``img`` is (h, w, 3) uint8 BGR of the stored pixels."""
        results = super().transform(results)
        results['img'] = results['img'].decode()
        return results


def own_reader(steps: Sequence[Callable]) -> list[Callable]:
    """The reader of this project in the place of mmcv's, for the same pixels.

    mmcv's takes a JPEG that is cut off for a grey one, and does not name a file that
    it cannot decode. What differs from the configs' own setting stays as it is.

    Args:
        steps (Sequence[Callable]): of a pipeline.

    Returns:
        list[Callable]: the first one exchanged.
    """
    steps = list(steps)
    if not steps or not _reads_stored_pixels(steps[0]):
        return steps
    early = not (len(steps) > 1 and isinstance(steps[1], DecodeResize))
    kind = LoadImage if early else LoadEncodedImage
    return [kind(steps[0].backend_args), *steps[1:]]


def _reads_stored_pixels(step: Callable) -> bool:
    return (
        type(step) is LoadImageFromFile
        and step.color_type == 'color_ignore_orientation'
        and step.imdecode_backend == 'cv2'
        and not step.to_float32
        and not step.ignore_empty
        and step.file_client_args is None
    )


def _named(error: Exception, path: str) -> BadImage:
    if isinstance(error, FileNotFoundError):
        return BadImage(f'{path} is missing')
    return error


def _grey(info: dict) -> dict:
    """A sample of a picture's size; its one pixel is there once in memory."""
    size = info['height'], info['width']
    pixel = np.full((1, 1, 3), 114, np.uint8)
    image = np.broadcast_to(pixel, (*size, 3))
    return dict(info, img=image, img_shape=size, ori_shape=size, **{BAD_IMAGE: True})
