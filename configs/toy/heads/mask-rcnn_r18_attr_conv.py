"""A convolutional attribute branch with RoI features of its own, focal loss.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_conv.py
"""

_base_ = '../ablations/mask-rcnn_r18_attr_focal.py'

channels = 64
box_head = _base_.model.roi_head.bbox_head
attr_loss = box_head.pop('attr_head').loss_attr
box_head.update(_delete_=True, type='Shared2FCBBoxHead')
model = dict(
    roi_head=dict(
        bbox_head=box_head,
        attr_branch=dict(
            type='BoxAttrBranch',
            roi_extractor=dict(
                type='SingleRoIExtractor',
                roi_layer=dict(type='RoIAlign', output_size=14, sampling_ratio=0),
                out_channels=channels,
                featmap_strides=[4, 8, 16, 32],
            ),
            attr_head=dict(
                type='ConvAttrHead',
                num_convs=2,
                conv_out_channels=channels,
                fc_out_channels=256,
                loss_attr=attr_loss,
            ),
        ),
    )
)
