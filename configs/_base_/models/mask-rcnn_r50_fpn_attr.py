"""mmdet's Mask R-CNN with FPN, 46 classes, and the attribute branch.

The branch is the paper's strongest: two FC layers, 294 outputs for each class,
focal loss.
"""

_base_ = 'mmdet::_base_/models/mask-rcnn_r50_fpn.py'

model = dict(
    # Weights come from load_from; nothing is downloaded to build the model.
    backbone=dict(init_cfg=None),
    roi_head=dict(
        type='AttrRoIHead',
        bbox_head=dict(
            type='AttrBBoxHead',
            num_classes=46,
            attr_head=dict(
                type='FCAttrHead',
                num_fcs=2,
                class_specific=True,
                no_attr='negative',
                # Averaged over all 294 outputs, of which 4 are wanted: hence the
                # weight, the one of the competition's 2020 winner.
                loss_attr=dict(
                    type='FocalLoss', alpha=0.25, gamma=2.0, loss_weight=50.0
                ),
            ),
        ),
        mask_head=dict(type='RunLengthMaskHead', num_classes=46),
    ),
    test_cfg=dict(rcnn=dict(score_thr=0.3)),
)
