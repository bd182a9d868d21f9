"""The convolutional branch with all it can be told: mask, surroundings, expected F1.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_conv_context.py
"""

_base_ = './mask-rcnn_r18_attr_conv_mask.py'

model = dict(
    roi_head=dict(
        attr_branch=dict(
            context=1.5,
            attr_head=dict(
                mask_channel=True,
                max_pool=True,
                no_attr='exclude',
                expected_f1=True,
                loss_attr=dict(
                    _delete_=True,
                    type='CrossEntropyLoss',
                    use_sigmoid=True,
                    loss_weight=40.0,
                ),
            ),
        )
    )
)

attr_score_thr = 0.5
val_evaluator = dict(attr_score_thr=attr_score_thr)
test_evaluator = val_evaluator
visualizer = dict(attr_score_thr=attr_score_thr)
