"""Decodes a picture at the size that is needed, not at the size that is stored.

    LoadEncodedImage      the header's size              6000 x 4000
    LoadAttrAnnotations   needs ``ori_shape`` alone
    DecodeResize          target 1200 x 800
                          scaled decode at 1/4           1500 x 1000
                          resize                         1200 x  800

Boxes, masks and scale factors are those of mmdet's ``Resize`` from the stored size.
"""

from copy import copy

import cv2
import mmcv
import numpy as np
from mmcv.image.geometric import _scale_size, cv2_interp_codes
from mmcv.transforms import BaseTransform
from mmdet.datasets.transforms import Resize
from mmdet.registry import TRANSFORMS
from mmengine import fileio

from ..exif import turned, turned_size
from .encoded_image import EncodedImage

DECODES = ('exact', 'scaled')


@TRANSFORMS.register_module()
class LoadEncodedImage(BaseTransform):
    """Finds a picture without decoding it, in place of ``LoadImageFromFile``.

    Of a local file only the header is read, of any other one the content.
    ``DecodeResize`` has to come before whatever needs pixels.

    Args:
        backend_args (dict | None): settings of mmengine's file backend.
        turn (bool): whether to turn pictures as EXIF says, which is for pictures
            without annotations: those are of the stored pixels.

    Raises:
        FileNotFoundError: in use, if there is no such file.
        BadImage: in use, if it is no picture.
    """

    def __init__(self, backend_args: dict | None = None, turn: bool = False) -> None:
        self.backend_args = backend_args
        self.turn = turn

    def transform(self, results: dict) -> dict:
        """Load one picture.

        Args:
            results (dict): with ``img_path``.

        Returns:
            dict: the same with ``img``, an `EncodedImage`, and ``img_shape`` and
            ``ori_shape``, (h, w).
        """
        path = str(results['img_path'])
        backend = fileio.get_file_backend(
            path, backend_args=self.backend_args, enable_singleton=True
        )
        local = isinstance(backend, fileio.LocalBackend)
        data = None if local else backend.get(path)
        results['img'] = EncodedImage(path, data, self.turn)
        width, height = results['img'].size
        results['img_shape'] = results['ori_shape'] = (height, width)
        return results

    def __repr__(self) -> str:
        return (
            f'{type(self).__name__}(backend_args={self.backend_args}, turn={self.turn})'
        )


@TRANSFORMS.register_module()
class DecodeResize(Resize):
    """mmdet's ``Resize`` that takes pictures of ``LoadEncodedImage`` as well.

    For ``RandomResize`` and ``RandomChoiceResize`` too, as
    ``resize_type='DecodeResize'``.

    Args:
        decode (str): 'exact' gives the same pixels as ``LoadImageFromFile`` with
            'color_ignore_orientation' and ``Resize``. 'scaled' has libjpeg decode at
            the smallest of 1/2, 1/4 and 1/8 that is in neither side smaller than the
            target, then resizes; all but the pixel values stays the same. What is
            no JPEG, or is to be less than halved, or ``interpolation='nearest'``, is
            decoded exactly. A JPEG that is cut off is refused either way.
        to_float32 (bool): whether to make float32 of the pixels before they are
            resized, as ``LoadImageFromFile`` does for ``RandomCenterCropPad``.
        kwargs: settings of mmdet's ``Resize``: ``scale`` or ``scale_factor``,
            ``keep_ratio``, ``clip_object_border``, ``interpolation``, ``backend``.

    Raises:
        ValueError: if ``decode`` is neither, or is 'scaled' where Pillow resizes; in
            use, if the picture cannot be decoded or a side would be rounded to 0.
    """

    def __init__(
        self, *args, decode: str = 'exact', to_float32: bool = False, **kwargs
    ) -> None:
        super().__init__(*args, **kwargs)
        if decode not in DECODES:
            raise ValueError(f'decode should be one of {DECODES}, got {decode!r}')
        if decode == 'scaled' and self.backend != 'cv2':
            raise ValueError(
                f"decode='scaled' resizes with OpenCV, got backend={self.backend!r}; "
                "leave backend='cv2' or take decode='exact'"
            )
        self.decode = decode
        self.to_float32 = to_float32

    def transform(self, results: dict) -> dict:
        """Decode and resize the picture, resize boxes and masks.

        Args:
            results (dict): sample with ``img``, encoded or not.

        Returns:
            dict: what mmdet's ``Resize`` gives.
        """
        picture = results.get('img')
        if isinstance(picture, EncodedImage) and not self.scale:
            resize = copy(self)
            resize.scale = _scale_size(picture.size, self.scale_factor)
            return resize.transform(results)
        return super().transform(results)

    def _resize_img(self, results: dict) -> None:
        """Decode, then resize to ``results['scale']``."""
        picture = results.get('img')
        if picture is None:
            return
        encoded = isinstance(picture, EncodedImage)
        target = self._target(results)
        reduction = self._reduction(picture, target) if encoded else 1
        if reduction > 1:
            self._resize_reduced(results, picture, target, reduction)
            return
        said = picture.orientation if encoded else 1
        image = picture.decode(turn=False) if encoded else picture
        results['img'] = self._typed(image)
        if said == 1:
            super()._resize_img(results)
            return
        results['scale'] = turned_size(target, said)
        super()._resize_img(results)
        self._turn(results, said)  # now that it is small

    def _typed(self, image: np.ndarray) -> np.ndarray:
        return image.astype(np.float32, copy=False) if self.to_float32 else image

    def _turn(self, results: dict, said: int) -> None:
        results['scale'] = turned_size(results['scale'], said)
        results['scale_factor'] = turned_size(results['scale_factor'], said)
        results['img'] = turned(results['img'], said)
        results['img_shape'] = results['img'].shape[:2]

    def _target(self, results: dict) -> tuple[int, int]:
        """(w, h) to resize to, in pixels."""
        picture, target = results['img'], results['scale']
        encoded = isinstance(picture, EncodedImage)
        size = picture.size if encoded else picture.shape[1::-1]
        if self.keep_ratio:
            target = mmcv.rescale_size(size, target)
        if min(target) < 1:
            raise ValueError(
                f'{results.get("img_path")}, {size[1]} x {size[0]} pixels (height x '
                f'width), cannot be resized to {target[1]} x {target[0]}: take a '
                'larger scale, or leave the picture out'
            )
        return target

    def _resize_reduced(
        self,
        results: dict,
        picture: EncodedImage,
        target: tuple[int, int],
        reduction: int,
    ) -> None:
        """Turned last: pixels that stand for less lie right and below as stored."""
        said = picture.orientation
        image = self._typed(picture.decode(reduction, turn=False))
        stored_target = turned_size(target, said)
        factors = _factors(stored_target, picture.stored_size)
        code = cv2_interp_codes[self.interpolation]
        image = resize_reduced(image, reduction, factors, stored_target, code)
        results['img'] = turned(image, said)
        results['img_shape'] = results['img'].shape[:2]
        results['scale_factor'] = _factors(target, picture.size)
        results['keep_ratio'] = self.keep_ratio

    def _reduction(self, picture: EncodedImage, target: tuple[int, int]) -> int:
        exact = self.decode == 'exact' or self.interpolation == 'nearest'
        if exact or not picture.is_jpeg:
            return 1
        return greatest_reduction(picture.size, target)

    def __repr__(self) -> str:
        base = super().__repr__()[:-1]
        return f'{base}, decode={self.decode}, to_float32={self.to_float32})'


def _factors(new: tuple[int, int], old: tuple[int, int]) -> tuple[float, float]:
    return new[0] / old[0], new[1] / old[1]


def greatest_reduction(size: tuple[int, int], target: tuple[int, int]) -> int:
    """How far a JPEG can be reduced without being smaller than wanted.

    Args:
        size (tuple[int, int]): (w, h) stored, in pixels.
        target (tuple[int, int]): (w, h) wanted, in pixels.

    Returns:
        int: the greatest of 1, 2, 4 and 8 for which ceil(size / it) >= target in both
        sides; 1 too where the target is larger than the picture.
    """
    for reduction in (8, 4, 2):
        if all(-(-n // reduction) >= m for n, m in zip(size, target, strict=True)):
            return reduction
    return 1


def resize_reduced(
    image: np.ndarray,
    reduction: int,
    factors: tuple[float, float],
    target: tuple[int, int],
    interpolation: int,
) -> np.ndarray:
    """Resize a reduced picture so that it lies where the full one would.

    Its last pixels stand for less than ``reduction`` pixels where that does not divide
    the size, so its own size says nothing exact about the scale: a plain resize would
    move the far edge by up to a pixel away from boxes and masks.

    Args:
        image (np.ndarray): (ceil(h / reduction), ceil(w / reduction), 3) uint8.
        reduction (int): what it was decoded at.
        factors (tuple[float, float]): (x, y) from the full size to the target.
        target (tuple[int, int]): (w, h) wanted, in pixels.
        interpolation (int): OpenCV's code.

    Returns:
        np.ndarray: (h', w', 3) uint8.
    """
    fx, fy = (factor * reduction for factor in factors)
    # Given factors and no size, OpenCV takes the factors as they are.
    resized = cv2.resize(image, None, fx=fx, fy=fy, interpolation=interpolation)
    width, height = target
    return np.ascontiguousarray(resized[:height, :width])
