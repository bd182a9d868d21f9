"""Fig. 6 in miniature: focal loss, objects without attributes left out of the loss.

python tools/train.py configs/toy/ablations/fig6_mask-rcnn_r18_focal_exclude.py
"""

_base_ = './mask-rcnn_r18_attr_focal.py'

model = dict(roi_head=dict(bbox_head=dict(attr_head=dict(no_attr='exclude'))))
