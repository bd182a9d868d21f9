"""Distribution-balanced focal loss for the long tail.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_distribution-balanced.py
"""

_base_ = '../ablations/mask-rcnn_r18_attr_focal.py'

model = dict(
    roi_head=dict(
        bbox_head=dict(
            attr_head=dict(
                loss_attr=dict(
                    _delete_=True,
                    type='DistributionBalancedLoss',
                    ann_file=_base_.data_root + 'annotations/train.json',
                    loss_weight=100.0,
                )
            )
        )
    )
)
