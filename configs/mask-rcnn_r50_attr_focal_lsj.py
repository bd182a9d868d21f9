"""R-50-FPN, focal loss, large-scale jitter at 1024.

python tools/train.py configs/mask-rcnn_r50_attr_focal_lsj.py
"""

_base_ = [
    './mask-rcnn_r50_attr_focal.py',
    './_base_/augmentations/large_scale_jitter.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.lsj_pipeline))
