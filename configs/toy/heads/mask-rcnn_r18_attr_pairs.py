"""Only attributes that occur with the class in training can be predicted with it.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_pairs.py
"""

_base_ = '../ablations/mask-rcnn_r18_attr_focal.py'

model = dict(
    roi_head=dict(
        bbox_head=dict(
            attr_head=dict(pairs=_base_.data_root + 'annotations/train.json')
        )
    )
)
