"""A picture that is still a file: its size is known, its pixels are not."""

import os
import warnings
from io import BytesIO
from pathlib import Path
from typing import NoReturn

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from .. import jpeg, png
from ..bad_images import BadImage, reason_of
from ..exif import turned, turned_size, viewers_turn

# By reduction; JPEG's sides are rounded up: ceil(n / 2), ceil(n / 4), ceil(n / 8).
_COLOR_FLAGS = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
# MPO: a JPEG with further ones behind it.
_JPEG_FORMATS = ('JPEG', 'MPO')
# What tells whether a file is all there.
_FORMATS = dict(JPEG=jpeg, MPO=jpeg, PNG=png)


class EncodedImage:
    """A picture before decoding.

    It stands in ``results['img']`` until ``DecodeResize`` puts an array there.
    Whatever takes it for an array gets an error that says so. Of an animation it is
    the first picture; what is transparent lies on white, as on a page.

    Args:
        path (str): where it is from.
        data (bytes | None): the file's content; None where OpenCV can read the path
            itself, which takes half the time and memory for a large picture, as
            ``imdecode`` copies what it has decoded.
        turn (bool): whether to turn the picture as EXIF says. Annotations are of the
            stored pixels.

    Attributes:
        size (tuple[int, int]): (w, h) of the header, turned if asked for.
        stored_size (tuple[int, int]): (w, h) of the stored pixels.
        orientation (int): EXIF's if the picture is turned, else 1.
        is_jpeg (bool): whether it can be decoded at a half, a quarter, an eighth.

    Raises:
        FileNotFoundError: if there is no such file.
        BadImage: if the header cannot be read.
    """

    def __init__(
        self, path: str, data: bytes | None = None, turn: bool = False
    ) -> None:
        self.path = path
        self.data = data
        self.orientation = 1
        self._read_header(turn)
        self.size = turned_size(self.stored_size, self.orientation)

    def _read_header(self, turn: bool) -> None:
        try:
            with warnings.catch_warnings():
                # The set has pictures above PIL's limit, and nothing is decoded here;
                # and PIL warns of oddities in EXIF that nobody uses.
                warnings.simplefilter('ignore')
                source = self.path if self.data is None else BytesIO(self.data)
                with Image.open(source) as picture:
                    self._take_header(picture, turn)
        except FileNotFoundError:
            raise
        except UnidentifiedImageError as error:
            raise BadImage(f'{self.path} cannot be read: {self._none()}') from error
        # PIL's readers answer broken headers with whatever they trip over.
        except Exception as error:
            raise BadImage(f'{self.path} cannot be read: {error}') from error

    def _take_header(self, picture: Image.Image, turn: bool) -> None:
        self.stored_size = picture.size
        self.is_jpeg = picture.format in _JPEG_FORMATS
        self._format = picture.format
        self._transparent = picture.has_transparency_data and not self.is_jpeg
        if turn:
            self.orientation = viewers_turn(picture)

    def _none(self) -> str:
        empty = not (os.path.getsize(self.path) if self.data is None else self.data)
        return 'the file has 0 bytes' if empty else 'the file is no picture'

    def decode(self, reduction: int = 1, turn: bool = True) -> np.ndarray:
        """Decode the picture, of stored pixels as ``color_ignore_orientation`` does.

        Args:
            reduction (int): 1, or for JPEG 2, 4 or 8: libjpeg's DCT scaling makes a
                picture of that fraction, sides rounded up.
            turn (bool): False gives the stored pixels of a picture to be turned.

        Returns:
            np.ndarray: (ceil(h / reduction), ceil(w / reduction), 3) uint8, BGR.

        Raises:
            BadImage: if it cannot be decoded, is a JPEG that is cut off, or is of
                another size than its header says.
        """
        try:
            self._refuse_cut()
            image = self._decode(
                _COLOR_FLAGS[reduction] | cv2.IMREAD_IGNORE_ORIENTATION
            )
        except (cv2.error, OSError, MemoryError) as error:
            raise BadImage(
                f'{self.path} cannot be decoded: {reason_of(error)}'
            ) from error
        if image is None:
            raise BadImage(f'{self.path} cannot be decoded: it is damaged or gone')
        width, height = (-(-n // reduction) for n in self.stored_size)
        if image.shape[:2] != (height, width):
            raise BadImage(
                f'{self.path}, decoded at 1/{reduction}, is {image.shape[0]} x '
                f'{image.shape[1]} pixels (height x width), its header says {height} '
                f'x {width}'
            )
        if turn and self.orientation != 1:
            return turned(image, self.orientation)
        return image

    def _refuse_cut(self) -> None:
        """OpenCV says nothing of a cut JPEG, and makes room for all a PNG announces."""
        form = _FORMATS.get(self._format)
        if form is None:
            return
        if self.data is None:
            whole = form.file_has_end(self.path)
        else:
            whole = form.has_end(self.data)
        if not whole:
            raise OSError(
                'the file is truncated, its end is missing; download it again'
            )

    def _decode(self, flag: int) -> np.ndarray | None:
        if self._transparent:
            image = cv2.imdecode(self._bytes(), cv2.IMREAD_UNCHANGED)
            if image is not None and image.ndim == 3 and image.shape[2] == 4:
                return on_white(image)
        if self.data is None:
            image = _read_in_place(self.path, flag)
            if image is not None:
                return image
        return cv2.imdecode(self._bytes(), flag)

    def _bytes(self) -> np.ndarray:
        data = Path(self.path).read_bytes() if self.data is None else self.data
        return np.frombuffer(data, np.uint8)

    def _still_encoded(self, wanted: str) -> str:
        return (
            f'{self.path} is not decoded yet and has no {wanted}: put DecodeResize '
            'after LoadEncodedImage and before any transform that needs pixels'
        )

    def __getattr__(self, name: str) -> NoReturn:
        # Copying and pickling ask for special methods before there is a path.
        if name.startswith('__'):
            raise AttributeError(name)
        raise AttributeError(self._still_encoded(f'.{name}'))

    def __array__(self, *args, **kwargs) -> NoReturn:
        raise TypeError(self._still_encoded('pixels'))

    def __getitem__(self, key: object) -> NoReturn:
        raise TypeError(self._still_encoded('pixels'))

    def __repr__(self) -> str:
        width, height = self.size
        return f'EncodedImage({self.path}, {height} x {width} pixels)'


def on_white(image: np.ndarray) -> np.ndarray:
    """Lay a picture with transparency on white, 64 rows at a time.

    Args:
        image (np.ndarray): (h, w, 4) BGRA, uint8 or uint16.

    Returns:
        np.ndarray: (h, w, 3) uint8, BGR.
    """
    whole = np.empty((*image.shape[:2], 3), np.uint8)
    for top in range(0, len(image), 64):
        rows = image[top : top + 64]
        rows = rows >> 8 if rows.dtype == np.uint16 else rows.astype(np.uint16)
        colors, alpha = rows[..., :3], rows[..., 3:]
        whole[top : top + 64] = (colors * alpha + 255 * (255 - alpha) + 127) // 255
    return whole


def _read_in_place(path: str, flag: int) -> np.ndarray | None:
    """Have OpenCV decode into numpy's memory; None where it does not.

    Given a dst, even None, it makes no copy. OpenCV 4.10 takes a dst and gives nothing.
    """
    try:
        return cv2.imread(path, None, flag)
    except cv2.error:
        return None
