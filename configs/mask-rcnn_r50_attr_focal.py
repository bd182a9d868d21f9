"""R-50-FPN, two FC layers x 46*294 outputs, focal loss.

python tools/train.py configs/mask-rcnn_r50_attr_focal.py
"""

_base_ = [
    './_base_/default_runtime.py',
    './_base_/datasets/imaterialist.py',
    './_base_/models/mask-rcnn_r50_fpn_attr.py',
    './_base_/schedules/sgd_2e.py',
]

load_from = (
    'https://download.openmmlab.com/mmdetection/v2.0/mask_rcnn/'
    'mask_rcnn_r50_fpn_mstrain-poly_3x_coco/'
    'mask_rcnn_r50_fpn_mstrain-poly_3x_coco_20210524_201154-21b550bb.pth'
)
