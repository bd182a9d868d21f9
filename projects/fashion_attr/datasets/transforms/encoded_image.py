"""A picture that is still a file's bytes: its size is known, its pixels are not."""

import warnings
from io import BytesIO
from typing import NoReturn

import cv2
import numpy as np
from PIL import Image

# By reduction; JPEG's sides are rounded up: ceil(n / 2), ceil(n / 4), ceil(n / 8).
_COLOR_FLAGS = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    8: cv2.IMREAD_REDUCED_COLOR_8,
}
_JPEG_SIGNATURE = b'\xff\xd8\xff'


class EncodedImage:
    """A picture before decoding.

    It stands in ``results['img']`` until ``DecodeResize`` puts an array there.
    Whatever takes it for an array gets an error that says so.

    Args:
        data (bytes): the file's content.
        path (str): where it is from, for errors.

    Attributes:
        size (tuple[int, int]): (w, h) of the stored pixels, of the header; EXIF turns
            nothing.

    Raises:
        ValueError: if the header cannot be read.
    """

    def __init__(self, data: bytes, path: str) -> None:
        self.data = data
        self.path = path
        self.size = self._header_size()

    def _header_size(self) -> tuple[int, int]:
        try:
            with warnings.catch_warnings():
                # The set has pictures above PIL's limit, and nothing is decoded here.
                warnings.simplefilter('ignore', Image.DecompressionBombWarning)
                with Image.open(BytesIO(self.data)) as picture:
                    return picture.size
        except (OSError, SyntaxError, Image.DecompressionBombError) as error:
            reason = str(error) if len(self.data) else 'the file is empty'
            raise ValueError(f'{self.path} cannot be read: {reason}') from error

    @property
    def is_jpeg(self) -> bool:
        """Whether it can be decoded at a half, a quarter, an eighth."""
        return self.data.startswith(_JPEG_SIGNATURE)

    def decode(self, reduction: int = 1) -> np.ndarray:
        """Decode the picture as mmcv's ``color_ignore_orientation`` does.

        Args:
            reduction (int): 1, or for JPEG 2, 4 or 8: libjpeg's DCT scaling makes a
                picture of that fraction, sides rounded up.

        Returns:
            np.ndarray: (ceil(h / reduction), ceil(w / reduction), 3) uint8, BGR.

        Raises:
            ValueError: if it cannot be decoded or is of another size than its header
                says.
        """
        flag = _COLOR_FLAGS[reduction] | cv2.IMREAD_IGNORE_ORIENTATION
        try:
            image = cv2.imdecode(np.frombuffer(self.data, np.uint8), flag)
        except cv2.error as error:
            raise ValueError(f'{self.path} cannot be decoded: {error}') from error
        if image is None:
            raise ValueError(f'{self.path} cannot be decoded: its content is damaged')
        width, height = (-(-n // reduction) for n in self.size)
        if image.shape[:2] != (height, width):
            raise ValueError(
                f'{self.path}, decoded at 1/{reduction}, is {image.shape[0]} x '
                f'{image.shape[1]} pixels (height x width), its header says {height} '
                f'x {width}'
            )
        return image

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
