"""X-101-32x8d-FPN, two FC layers x 46*294 outputs, focal loss (Fig. 10).

python tools/train.py configs/mask-rcnn_x101_attr_focal.py
"""

_base_ = './mask-rcnn_r50_attr_focal.py'

model = dict(
    # The COCO weights stem from a backbone trained in Caffe2, on BGR.
    data_preprocessor=dict(
        mean=[103.530, 116.280, 123.675],
        std=[57.375, 57.120, 58.395],
        bgr_to_rgb=False,
    ),
    backbone=dict(
        type='ResNeXt',
        depth=101,
        groups=32,
        base_width=8,
        norm_cfg=dict(requires_grad=False),
    ),
)
load_from = (
    'https://download.openmmlab.com/mmdetection/v2.0/mask_rcnn/'
    'mask_rcnn_x101_32x8d_fpn_mstrain-poly_3x_coco/'
    'mask_rcnn_x101_32x8d_fpn_mstrain-poly_3x_coco_20210607_161042-8bd2c639.pth'
)
