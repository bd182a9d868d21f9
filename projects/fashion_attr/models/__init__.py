"""Network parts: the attribute branch and the heads that carry it."""

from .attr_heads import FCAttrHead
from .roi_heads import AttrBBoxHead, AttrRoIHead
from .test_time_augs import AttrTTAModel

__all__ = ['AttrBBoxHead', 'AttrRoIHead', 'AttrTTAModel', 'FCAttrHead']
