"""BCE on the present attributes and the 30 hardest absent ones.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_hard-negatives.py
"""

_base_ = '../ablations/mask-rcnn_r18_attr_focal.py'

model = dict(
    roi_head=dict(
        bbox_head=dict(
            attr_head=dict(
                loss_attr=dict(
                    _delete_=True,
                    type='HardNegativeLoss',
                    num_negatives=30,
                    loss_weight=40.0,
                )
            )
        )
    )
)
