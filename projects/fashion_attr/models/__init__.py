"""Network parts: the attribute branch and the heads that carry it."""

from .attr_branch import BoxAttrBranch
from .attr_heads import ConvAttrHead, FCAttrHead, ObjectRelation, QueryAttrHead
from .backbones import ConvNeXt
from .crop_encoder import CropEncoder
from .dense_heads import AttrMask2FormerHead
from .detectors import AttrMask2Former, AttrTwoStageDetector
from .losses import (
    AsymmetricLoss,
    ClassBalancedLoss,
    DistributionBalancedLoss,
    HardNegativeLoss,
)
from .roi_heads import (
    AttrBBoxHead,
    AttrCascadeRoIHead,
    AttrRoIHead,
    RunLengthMaskHead,
)
from .seg_heads import AttrMaskFormerFusionHead
from .test_time_augs import AttrTTAModel

__all__ = [
    'AsymmetricLoss',
    'AttrBBoxHead',
    'AttrCascadeRoIHead',
    'AttrMask2Former',
    'AttrMask2FormerHead',
    'AttrMaskFormerFusionHead',
    'AttrRoIHead',
    'AttrTTAModel',
    'AttrTwoStageDetector',
    'BoxAttrBranch',
    'ClassBalancedLoss',
    'ConvAttrHead',
    'ConvNeXt',
    'CropEncoder',
    'DistributionBalancedLoss',
    'FCAttrHead',
    'HardNegativeLoss',
    'ObjectRelation',
    'QueryAttrHead',
    'RunLengthMaskHead',
]
