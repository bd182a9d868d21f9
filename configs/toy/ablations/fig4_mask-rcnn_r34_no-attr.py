"""Fig. 4 in miniature: R-34 without attributes, for the paper's R-101.

python tools/train.py configs/toy/ablations/fig4_mask-rcnn_r34_no-attr.py
"""

_base_ = './fig4_mask-rcnn_r18_no-attr.py'

model = dict(backbone=dict(depth=34))
