"""Runs what tools/export.py wrote; needs numpy, OpenCV and onnxruntime alone.

::

    (H, W, 3) uint8 BGR -> resize, normalise, pad    picture.py
                        -> ONNX program              network.py
                        -> masks in their places     masks.py
    metadata of the file -> what all of it means     metadata.py

    >>> from projects.fashion_attr.apis.exported import ExportedNetwork
    >>> network = ExportedNetwork('model.onnx')
    >>> found = network(cv2.imread('picture.jpg'))
    >>> [network.metadata.categories[label]['name'] for label in found.labels]
"""

from .masks import PlacedMask
from .metadata import Metadata
from .network import Detections, ExportedNetwork
from .picture import PicturePlan

__all__ = ['Detections', 'ExportedNetwork', 'Metadata', 'PicturePlan', 'PlacedMask']
