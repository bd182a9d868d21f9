"""A toy wardrobe: drawn, dressed figures in the layout of the Kaggle competition."""

from .writer import write_wardrobe

__all__ = ['write_wardrobe']
