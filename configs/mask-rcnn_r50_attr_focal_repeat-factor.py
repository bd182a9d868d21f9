"""R-50-FPN, focal loss, pictures of rare categories and attributes shown more often.

A category that fewer than 1% of the pictures have is rare, an attribute from LVIS's
0.1% on. The log says how long an epoch becomes.

python tools/train.py configs/mask-rcnn_r50_attr_focal_repeat-factor.py
"""

_base_ = './mask-rcnn_r50_attr_focal.py'

train_dataloader = dict(
    sampler=dict(
        _delete_=True,
        type='RepeatFactorSampler',
        category_thr=0.01,
        attr_thr=0.001,
    )
)
