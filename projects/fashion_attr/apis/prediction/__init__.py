"""Garments of many pictures in a file: picture by picture, going on after a stop.

::

    FashionInferencer -> garments of a picture -> file of the format   formats.py
                                               -> picture              drawing
                         one line              -> progress.jsonl       progress.py

A picture is done when its line is in ``progress.jsonl``, which says how long the file
was by then; whatever stands behind that in the file is cut off when a run goes on.
"""

from .formats import FORMATS
from .run import PredictRequest, run_prediction

__all__ = ['FORMATS', 'PredictRequest', 'run_prediction']
