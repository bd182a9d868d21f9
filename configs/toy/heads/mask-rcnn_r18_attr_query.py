"""Label queries, one for each group of attributes, that look at the RoI.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_query.py
"""

_base_ = './mask-rcnn_r18_attr_conv.py'

attr_loss = _base_.model.roi_head.attr_branch.attr_head.loss_attr
model = dict(
    roi_head=dict(
        attr_branch=dict(
            attr_head=dict(
                _delete_=True,
                type='QueryAttrHead',
                embed_dims=128,
                map_size=14,
                loss_attr=attr_loss,
            )
        )
    )
)
