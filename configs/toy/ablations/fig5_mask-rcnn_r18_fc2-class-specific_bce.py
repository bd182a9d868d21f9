"""Fig. 5 in miniature: two FC layers x 46*294 outputs, BCE.

python tools/train.py configs/toy/ablations/fig5_mask-rcnn_r18_fc2-class-specific_bce.py
"""

_base_ = './mask-rcnn_r18_attr_focal.py'

model = dict(
    roi_head=dict(
        bbox_head=dict(
            attr_head=dict(
                loss_attr=dict(
                    _delete_=True,
                    type='CrossEntropyLoss',
                    use_sigmoid=True,
                    # To 20 as the 100 of the focal loss here to its 50.
                    loss_weight=40.0,
                )
            )
        )
    )
)
