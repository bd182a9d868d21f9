"""Evaluation in numpy and pycocotools alone: no torch, no runner."""

from .coco_f1 import evaluate_coco_f1
from .constant import constant_attributes
from .fashionpedia import evaluate_fashionpedia
from .ground_truth import GroundTruth
from .kaggle import evaluate_kaggle
from .predictions import Predictions
from .set_f1 import set_f1

__all__ = [
    'GroundTruth',
    'Predictions',
    'constant_attributes',
    'evaluate_coco_f1',
    'evaluate_fashionpedia',
    'evaluate_kaggle',
    'set_f1',
]
