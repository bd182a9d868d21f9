"""The same with X-101-32x8d.

python tools/train.py configs/toy/ablations/gpu_mask-rcnn_x101_attr_focal.py

Needs a GPU. Not trained yet.
"""

_base_ = './gpu_mask-rcnn_r50_attr_focal.py'

model = dict(backbone=dict(type='ResNeXt', depth=101, groups=32, base_width=8))
