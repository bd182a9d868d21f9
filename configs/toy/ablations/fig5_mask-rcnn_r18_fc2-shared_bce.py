"""Fig. 5 in miniature: two FC layers x 294 outputs, BCE.

python tools/train.py configs/toy/ablations/fig5_mask-rcnn_r18_fc2-shared_bce.py
"""

_base_ = './fig5_mask-rcnn_r18_fc2-class-specific_bce.py'

model = dict(roi_head=dict(bbox_head=dict(attr_head=dict(class_specific=False))))
