"""From the outputs of queries to instances."""

from .attr_maskformer_fusion_head import AttrMaskFormerFusionHead

__all__ = ['AttrMaskFormerFusionHead']
