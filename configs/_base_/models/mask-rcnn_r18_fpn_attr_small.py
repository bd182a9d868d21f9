"""Mask R-CNN R-18 with narrow heads, trained from scratch: small enough for a CPU."""

_base_ = './mask-rcnn_r50_fpn_attr.py'

channels = 64
model = dict(
    backbone=dict(
        depth=18,
        base_channels=32,
        # From scratch: nothing is frozen, batch norm learns its statistics.
        frozen_stages=-1,
        norm_eval=False,
    ),
    neck=dict(in_channels=[32, 64, 128, 256], out_channels=channels),
    rpn_head=dict(
        in_channels=channels,
        feat_channels=channels,
        # Anchors from 16 px: collars and pockets are small at 256 px.
        anchor_generator=dict(scales=[4]),
    ),
    roi_head=dict(
        bbox_roi_extractor=dict(out_channels=channels),
        bbox_head=dict(
            in_channels=channels,
            fc_out_channels=256,
            attr_head=dict(
                fc_out_channels=256,
                # More for the attributes than in the paper's recipe, whose network
                # has seen COCO: here everything is learnt in a few minutes.
                loss_attr=dict(alpha=0.5, loss_weight=100.0),
            ),
        ),
        mask_roi_extractor=dict(out_channels=channels),
        mask_head=dict(num_convs=2, in_channels=channels, conv_out_channels=channels),
    ),
    train_cfg=dict(
        rpn_proposal=dict(nms_pre=500, max_per_img=200),
        rcnn=dict(sampler=dict(num=128)),
    ),
    test_cfg=dict(rpn=dict(nms_pre=500, max_per_img=300), rcnn=dict(score_thr=0.05)),
)
