"""R-50-FPN, a convolutional attribute branch under the predicted mask, cross-entropy.

python tools/train.py configs/mask-rcnn_r50_attr_conv_bce.py

Beyond the paper: RoI features of its own at 14 x 14 in boxes half as large again, the
mask as one more channel, scores shifted to the highest expected F1. Not trained yet.
"""

_base_ = './mask-rcnn_r50_attr_bce.py'

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
                out_channels=256,
                featmap_strides=[4, 8, 16, 32],
            ),
            attr_head=dict(
                type='ConvAttrHead',
                mask_channel=True,
                max_pool=True,
                no_attr='exclude',
                expected_f1=True,
                loss_attr=attr_loss,
            ),
            context=1.5,
            use_masks=True,
        ),
    )
)

attr_score_thr = 0.5
val_evaluator = dict(attr_score_thr=attr_score_thr)
test_evaluator = val_evaluator
visualizer = dict(attr_score_thr=attr_score_thr)
