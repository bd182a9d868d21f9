"""mmdet's Cascade Mask R-CNN with FPN, 46 classes, and an attribute branch.

The branch has RoI features of its own and learns at the last stage's proposals.
"""

_base_ = 'mmdet::_base_/models/cascade-mask-rcnn_r50_fpn.py'

num_classes = 46
bbox_heads = _base_.model.roi_head.bbox_head
for head in bbox_heads:
    head.num_classes = num_classes

model = dict(
    # Weights come from load_from; nothing is downloaded to build the model.
    backbone=dict(init_cfg=None),
    roi_head=dict(
        type='AttrCascadeRoIHead',
        bbox_head=bbox_heads,
        mask_head=dict(type='RunLengthMaskHead', num_classes=num_classes),
        attr_branch=dict(
            type='BoxAttrBranch',
            roi_extractor=dict(
                type='SingleRoIExtractor',
                roi_layer=dict(type='RoIAlign', output_size=14, sampling_ratio=0),
                out_channels=256,
                featmap_strides=[4, 8, 16, 32],
            ),
            # As deep as the mask head.
            attr_head=dict(
                type='ConvAttrHead',
                num_convs=4,
                class_specific=True,
                no_attr='negative',
                loss_attr=dict(
                    type='FocalLoss', alpha=0.25, gamma=2.0, loss_weight=50.0
                ),
            ),
        ),
    ),
    test_cfg=dict(rcnn=dict(score_thr=0.3)),
)
