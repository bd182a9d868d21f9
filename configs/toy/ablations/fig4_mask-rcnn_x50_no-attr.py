"""Fig. 4 in miniature: X-50-8x4d without attributes, for the paper's X-101-32x8d.

python tools/train.py configs/toy/ablations/fig4_mask-rcnn_x50_no-attr.py
"""

_base_ = './fig4_mask-rcnn_r18_no-attr.py'

model = dict(
    backbone=dict(type='ResNeXt', depth=50, groups=8, base_width=4, base_channels=16),
    neck=dict(in_channels=[64, 128, 256, 512]),
)
