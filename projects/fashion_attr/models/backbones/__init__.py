"""Backbones that mmdet takes from mmpretrain."""

from .convnext import ConvNeXt

__all__ = ['ConvNeXt']
