"""Attributes from pixels on that X-101, which stays as it is, 512 px.

python tools/train.py configs/toy/ablations/gpu_mask-rcnn_x101_attr_crops.py \
    --cfg-options load_from=DETECTOR.pth

DETECTOR.pth is what gpu_mask-rcnn_x101_attr_focal.py has learnt. Needs a GPU. Not
trained yet.
"""

_base_ = './gpu_mask-rcnn_r50_attr_crops.py'

model = dict(backbone=dict(type='ResNeXt', depth=101, groups=32, base_width=8))
