"""R-101-FPN, two FC layers x 46*294 outputs, focal loss.

python tools/train.py configs/mask-rcnn_r101_attr_focal.py
"""

_base_ = './mask-rcnn_r50_attr_focal.py'

model = dict(backbone=dict(depth=101))
load_from = (
    'https://download.openmmlab.com/mmdetection/v2.0/mask_rcnn/'
    'mask_rcnn_r101_fpn_mstrain-poly_3x_coco/'
    'mask_rcnn_r101_fpn_mstrain-poly_3x_coco_20210524_200244-5675c317.pth'
)
