"""The convolutional branch, its features pooled under the predicted mask.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_conv_mask.py
"""

_base_ = './mask-rcnn_r18_attr_conv.py'

model = dict(roi_head=dict(attr_branch=dict(use_masks=True)))
