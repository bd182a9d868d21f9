"""Class-balanced focal loss: rare attributes weigh more.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_class-balanced.py
"""

_base_ = '../ablations/mask-rcnn_r18_attr_focal.py'

model = dict(
    roi_head=dict(
        bbox_head=dict(
            attr_head=dict(
                loss_attr=dict(
                    _delete_=True,
                    type='ClassBalancedLoss',
                    ann_file=_base_.data_root + 'annotations/train.json',
                    gamma=2.0,
                    loss_weight=100.0,
                )
            )
        )
    )
)
