"""Pictures in, garments with attributes out.

::

    path, folder, array  -> Picture         inputs.py
    Picture              -> pixels          loading.py, in threads
    pixels               -> RawPrediction   mmdet_backend.py, raw.py: the network
    RawPrediction        -> Garment         selection.py: thresholds
    Garment              -> words           wording.py
"""

from .backend import Backend
from .garment import Attribute, Garment, PictureResult
from .inferencer import FashionInferencer
from .inputs import Picture, list_pictures
from .mmdet_backend import MMDetBackend
from .raw import RawPrediction
from .vocabulary import Vocabulary

__all__ = [
    'Attribute',
    'Backend',
    'FashionInferencer',
    'Garment',
    'MMDetBackend',
    'Picture',
    'PictureResult',
    'RawPrediction',
    'Vocabulary',
    'list_pictures',
]
