"""The convolutional branch with a relation between the garments of a picture.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_conv_relation.py
"""

_base_ = './mask-rcnn_r18_attr_conv.py'

model = dict(
    roi_head=dict(
        attr_branch=dict(attr_head=dict(relation=dict(type='ObjectRelation')))
    )
)
