"""The three protocols that work on this data is judged by.

Plain numpy and pycocotools; ``metrics`` holds what a test run of mmengine uses.
"""

from .functional import evaluate_coco_f1, evaluate_fashionpedia, evaluate_kaggle

__all__ = ['evaluate_coco_f1', 'evaluate_fashionpedia', 'evaluate_kaggle']
