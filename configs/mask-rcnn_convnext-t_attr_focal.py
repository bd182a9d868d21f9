"""ConvNeXt-T with FPN, two FC layers x 46*294 outputs, focal loss.

python tools/train.py configs/mask-rcnn_convnext-t_attr_focal.py

Not trained yet.
"""

_base_ = './mask-rcnn_r50_attr_focal.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='ConvNeXt',
        arch='tiny',
        out_indices=(0, 1, 2, 3),
        drop_path_rate=0.4,
        layer_scale_init_value=1.0,
        # Weights come from load_from; nothing is downloaded to build the model.
        init_cfg=None,
    ),
    neck=dict(in_channels=[96, 192, 384, 768]),
)

# As in mmdet's own config: the deeper a layer, the closer to the full rate.
optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    constructor='LearningRateDecayOptimizerConstructor',
    paramwise_cfg=dict(decay_rate=0.95, decay_type='layer_wise', num_layers=6),
    optimizer=dict(type='AdamW', lr=0.0001, weight_decay=0.05),
)
auto_scale_lr = dict(base_batch_size=16)

load_from = (
    'https://download.openmmlab.com/mmdetection/v2.0/convnext/'
    'mask_rcnn_convnext-t_p4_w7_fpn_fp16_ms-crop_3x_coco/'
    'mask_rcnn_convnext-t_p4_w7_fpn_fp16_ms-crop_3x_coco_20220426_154953-050731f4.pth'
)
