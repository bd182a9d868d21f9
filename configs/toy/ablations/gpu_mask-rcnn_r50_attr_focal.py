"""The paper's recipe from scratch with AMP: R-50, 20,000 toy pictures at 512 px.

python tools/train.py configs/toy/ablations/gpu_mask-rcnn_r50_attr_focal.py

Needs a GPU. plan_gpu.yaml says how the pictures are made. Not trained yet.
"""

_base_ = [
    '../../_base_/default_runtime.py',
    '../../_base_/datasets/toy_wardrobe.py',
    '../../_base_/models/mask-rcnn_r50_fpn_attr.py',
    '../../_base_/schedules/toy_8e.py',
]

image_scale = (512, 512)
train_pipeline = _base_.train_pipeline
train_pipeline[2].scale = image_scale
test_pipeline = _base_.test_pipeline
test_pipeline[1].scale = image_scale
train_dataloader = dict(
    batch_size=16, num_workers=8, dataset=dict(pipeline=train_pipeline)
)
val_dataloader = dict(num_workers=4, dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader

# From scratch: nothing is frozen, batch norm learns its statistics.
model = dict(backbone=dict(frozen_stages=-1, norm_eval=False))
optim_wrapper = dict(type='AmpOptimWrapper')
auto_scale_lr = dict(base_batch_size=16)
