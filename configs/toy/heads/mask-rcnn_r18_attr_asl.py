"""Asymmetric loss.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_asl.py
"""

_base_ = '../ablations/mask-rcnn_r18_attr_focal.py'

model = dict(
    roi_head=dict(
        bbox_head=dict(
            attr_head=dict(
                loss_attr=dict(_delete_=True, type='AsymmetricLoss', loss_weight=100.0)
            )
        )
    )
)
