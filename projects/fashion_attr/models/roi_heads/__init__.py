"""RoI heads that carry the attribute branch."""

from .attr_bbox_head import AttrBBoxHead
from .attr_cascade_roi_head import AttrCascadeRoIHead
from .attr_roi_head import AttrRoIHead
from .run_length_mask_head import RunLengthMaskHead

__all__ = ['AttrBBoxHead', 'AttrCascadeRoIHead', 'AttrRoIHead', 'RunLengthMaskHead']
