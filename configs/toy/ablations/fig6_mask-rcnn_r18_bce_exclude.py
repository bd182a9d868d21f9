"""Fig. 6 in miniature: BCE, objects without attributes left out of the loss.

python tools/train.py configs/toy/ablations/fig6_mask-rcnn_r18_bce_exclude.py
"""

_base_ = './fig5_mask-rcnn_r18_fc2-class-specific_bce.py'

model = dict(roi_head=dict(bbox_head=dict(attr_head=dict(no_attr='exclude'))))
