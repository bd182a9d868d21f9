"""A picture that is still a file: its size is known, its pixels are not."""

import warnings
from io import BytesIO
from pathlib import Path
from typing import NoReturn

import cv2
import numpy as np
from PIL import Image

from ..jpeg import file_has_end, has_end

# By reduction; JPEG's sides are rounded up: ceil(n / 2), ceil(n / 4), ceil(n / 8).
_COLOR_FLAGS = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
# MPO: a JPEG with further ones behind it.
_JPEG_FORMATS = ('JPEG', 'MPO')


class EncodedImage:
    """A picture before decoding.

    It stands in ``results['img']`` until ``DecodeResize`` puts an array there.
    Whatever takes it for an array gets an error that says so.

    Args:
        path (str): where it is from.
        data (bytes | None): the file's content; None where OpenCV can read the path
            itself, which takes half the time and memory for a large JPEG, as
            ``imdecode`` copies what it has decoded.

    Attributes:
        size (tuple[int, int]): (w, h) of the stored pixels, of the header; EXIF turns
            nothing.
        is_jpeg (bool): whether it can be decoded at a half, a quarter, an eighth.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if the header cannot be read.
    """

    def __init__(self, path: str, data: bytes | None = None) -> None:
        self.path = path
        self.data = data
        self.size, self.is_jpeg = self._read_header()

    def _read_header(self) -> tuple[tuple[int, int], bool]:
        try:
            with warnings.catch_warnings():
                # The set has pictures above PIL's limit, and nothing is decoded here.
                warnings.simplefilter('ignore', Image.DecompressionBombWarning)
                source = self.path if self.data is None else BytesIO(self.data)
                with Image.open(source) as picture:
                    return picture.size, picture.format in _JPEG_FORMATS
        except FileNotFoundError:
            raise
        except (OSError, SyntaxError, Image.DecompressionBombError) as error:
            raise ValueError(f'{self.path} cannot be read: {error}') from error

    def decode(self, reduction: int = 1) -> np.ndarray:
        """Decode the picture as mmcv's ``color_ignore_orientation`` does.

        Args:
            reduction (int): 1, or for JPEG 2, 4 or 8: libjpeg's DCT scaling makes a
                picture of that fraction, sides rounded up.

        Returns:
            np.ndarray: (ceil(h / reduction), ceil(w / reduction), 3) uint8, BGR.

        Raises:
            ValueError: if it cannot be decoded, is a JPEG that is cut off, or is of
                another size than its header says.
        """
        flag = _COLOR_FLAGS[reduction] | cv2.IMREAD_IGNORE_ORIENTATION
        try:
            self._refuse_cut()
            image = self._decode(flag)
        except (cv2.error, OSError) as error:
            raise ValueError(f'{self.path} cannot be decoded: {error}') from error
        if image is None:
            raise ValueError(f'{self.path} cannot be decoded: it is damaged or gone')
        width, height = (-(-n // reduction) for n in self.size)
        if image.shape[:2] != (height, width):
            raise ValueError(
                f'{self.path}, decoded at 1/{reduction}, is {image.shape[0]} x '
                f'{image.shape[1]} pixels (height x width), its header says {height} '
                f'x {width}'
            )
        return image

    def _refuse_cut(self) -> None:
        """``cv2.imread`` says nothing of a cut JPEG: its missing rest is grey."""
        if not self.is_jpeg:
            return
        by_path = self.data is None
        if not (file_has_end(self.path) if by_path else has_end(self.data)):
            raise OSError(
                'the file is truncated, the mark of its end is missing; download it '
                'again'
            )

    def _decode(self, flag: int) -> np.ndarray | None:
        if self.data is None and self.is_jpeg:
            image = _read_in_place(self.path, flag)
            if image is not None:
                return image
        data = Path(self.path).read_bytes() if self.data is None else self.data
        return cv2.imdecode(np.frombuffer(data, np.uint8), flag)

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


def _read_in_place(path: str, flag: int) -> np.ndarray | None:
    """Have OpenCV decode into numpy's memory; None where it does not.

    Given a dst, even None, it makes no copy. OpenCV 4.10 takes a dst and gives nothing.
    """
    try:
        return cv2.imread(path, None, flag)
    except cv2.error:
        return None
