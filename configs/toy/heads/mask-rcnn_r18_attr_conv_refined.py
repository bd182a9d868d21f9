"""The convolutional branch, trained at the refined boxes that it reads in testing.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_conv_refined.py
"""

_base_ = './mask-rcnn_r18_attr_conv.py'

model = dict(roi_head=dict(attr_boxes='refined'))
