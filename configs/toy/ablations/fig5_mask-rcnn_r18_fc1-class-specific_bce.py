"""Fig. 5 in miniature: one FC layer x 46*294 outputs, BCE.

python tools/train.py configs/toy/ablations/fig5_mask-rcnn_r18_fc1-class-specific_bce.py
"""

_base_ = './fig5_mask-rcnn_r18_fc2-class-specific_bce.py'

model = dict(roi_head=dict(bbox_head=dict(attr_head=dict(num_fcs=1))))
