"""Predictors of attributes: features and classes in, 294 logits out."""

from .attr_targets import multi_hot
from .fc_attr_head import FCAttrHead

__all__ = ['FCAttrHead', 'multi_hot']
