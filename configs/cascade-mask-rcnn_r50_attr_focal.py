"""Cascade Mask R-CNN R-50-FPN, attributes at the twice refined boxes, focal loss.

python tools/train.py configs/cascade-mask-rcnn_r50_attr_focal.py

Not trained yet.
"""

_base_ = [
    './_base_/default_runtime.py',
    './_base_/datasets/imaterialist.py',
    './_base_/models/cascade-mask-rcnn_r50_fpn_attr.py',
    './_base_/schedules/sgd_2e.py',
]

load_from = (
    'https://download.openmmlab.com/mmdetection/v2.0/cascade_rcnn/'
    'cascade_mask_rcnn_r50_fpn_mstrain_3x_coco/'
    'cascade_mask_rcnn_r50_fpn_mstrain_3x_coco_20210628_164719-5bdc3824.pth'
)
