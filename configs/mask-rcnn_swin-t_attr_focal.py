"""Swin-T (window 7) with FPN, two FC layers x 46*294 outputs, focal loss.

python tools/train.py configs/mask-rcnn_swin-t_attr_focal.py

Not trained yet.
"""

_base_ = './mask-rcnn_r50_attr_focal.py'

model = dict(
    backbone=dict(
        _delete_=True,
        type='SwinTransformer',
        embed_dims=96,
        depths=[2, 2, 6, 2],
        num_heads=[3, 6, 12, 24],
        window_size=7,
        drop_path_rate=0.2,
        out_indices=(0, 1, 2, 3),
        # Weights come from load_from; nothing is downloaded to build the model.
        init_cfg=None,
    ),
    neck=dict(in_channels=[96, 192, 384, 768]),
)

# As in mmdet's own config.
no_decay = dict(decay_mult=0.0)
optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=0.0001, weight_decay=0.05),
    paramwise_cfg=dict(
        custom_keys=dict(relative_position_bias_table=no_decay, norm=no_decay)
    ),
)
auto_scale_lr = dict(base_batch_size=16)

load_from = (
    'https://download.openmmlab.com/mmdetection/v2.0/swin/'
    'mask_rcnn_swin-t-p4-w7_fpn_ms-crop-3x_coco/'
    'mask_rcnn_swin-t-p4-w7_fpn_ms-crop-3x_coco_20210906_131725-bacf6f7b.pth'
)
