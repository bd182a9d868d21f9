"""R-101-FPN, two FC layers x 46*294 outputs, binary cross-entropy.

python tools/train.py configs/mask-rcnn_r101_attr_bce.py
"""

_base_ = './mask-rcnn_r101_attr_focal.py'

model = dict(
    roi_head=dict(
        bbox_head=dict(
            attr_head=dict(
                loss_attr=dict(
                    _delete_=True,
                    type='CrossEntropyLoss',
                    use_sigmoid=True,
                    loss_weight=20.0,
                )
            )
        )
    )
)
