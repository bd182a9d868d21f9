"""The first step of a test pipeline: a picture's path, its file or its pixels."""

import numpy as np
from mmcv.transforms import BaseTransform

from projects.fashion_attr.datasets.transforms import LoadEncodedImage
from projects.fashion_attr.datasets.transforms.encoded_image import EncodedImage

LOADERS = ('LoadImageFromFile', 'LoadEncodedImage')


class LoadPicture(BaseTransform):
    """Takes the place of what loads files in a config's pipeline.

    Files are opened as ``LoadEncodedImage`` does it, so that one that is cut off is
    refused, where ``cv2`` alone would fill it up with grey; EXIF turns nothing of a
    path, as in training, and of an `EncodedImage` what that says.

    Args:
        encoded (bool): leave the decoding to ``DecodeResize``, which comes next.
    """

    def __init__(self, encoded: bool) -> None:
        self.encoded = encoded
        self._open = LoadEncodedImage()

    def transform(self, source: str | EncodedImage | np.ndarray) -> dict:
        """Begin a sample.

        Args:
            source (str | EncodedImage | np.ndarray): path, or its content, or (H, W,
                3) uint8 BGR.

        Returns:
            dict: ``img``, ``img_path`` (None of an array), ``img_shape`` and
            ``ori_shape``.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is no picture, or damaged.
        """
        if isinstance(source, np.ndarray):
            size = source.shape[:2]
            return dict(img=source, img_path=None, img_shape=size, ori_shape=size)
        if isinstance(source, EncodedImage):
            size = source.size[::-1]
            results = dict(
                img=source, img_path=source.path, img_shape=size, ori_shape=size
            )
        else:
            results = self._open(dict(img_path=source))
        if not self.encoded:
            results['img'] = results['img'].decode()
        return results
