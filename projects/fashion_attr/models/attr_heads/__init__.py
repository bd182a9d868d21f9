"""Predictors of attributes: features and classes in, 294 logits out."""

from .attr_targets import multi_hot
from .base_attr_head import BaseAttrHead, Objects
from .conv_attr_head import ConvAttrHead
from .fc_attr_head import FCAttrHead
from .object_relation import ObjectRelation
from .query_attr_head import QueryAttrHead

__all__ = [
    'BaseAttrHead',
    'ConvAttrHead',
    'FCAttrHead',
    'ObjectRelation',
    'Objects',
    'QueryAttrHead',
    'multi_hot',
]
