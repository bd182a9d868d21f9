"""Mask2Former R-50 whose queries carry attributes, focal loss, large-scale jitter.

python tools/train.py configs/mask2former_r50_attr_focal.py

Not trained yet.
"""

_base_ = [
    './_base_/default_runtime.py',
    './_base_/datasets/imaterialist.py',
    './_base_/augmentations/large_scale_jitter.py',
    './_base_/models/mask2former_r50_attr.py',
    './_base_/schedules/sgd_2e.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.lsj_pipeline))

# As in mmdet's own config.
no_decay = dict(lr_mult=1.0, decay_mult=0.0)
optim_wrapper = dict(
    _delete_=True,
    type='OptimWrapper',
    optimizer=dict(type='AdamW', lr=0.0001, weight_decay=0.05),
    paramwise_cfg=dict(
        custom_keys=dict(
            backbone=dict(lr_mult=0.1, decay_mult=1.0),
            query_embed=no_decay,
            query_feat=no_decay,
            level_embed=no_decay,
        ),
        norm_decay_mult=0.0,
    ),
    clip_grad=dict(max_norm=0.01, norm_type=2),
)
auto_scale_lr = dict(base_batch_size=16)

load_from = (
    'https://download.openmmlab.com/mmdetection/v3.0/mask2former/'
    'mask2former_r50_8xb2-lsj-50e_coco/'
    'mask2former_r50_8xb2-lsj-50e_coco_20220506_191028-41b088b6.pth'
)
