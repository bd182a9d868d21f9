"""Attributes from pixels, on a trained detector that stays as it is.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_crops.py \
    --cfg-options load_from=DETECTOR.pth

On 6,000 pictures f1AP / AP .869, the paper's recipe .767: docs/results.md.
DETECTOR.pth is what configs/toy/ablations/fig4_mask-rcnn_r18_no-attr.py has learnt.
"""

_base_ = '../ablations/mask-rcnn_r18_attr_focal.py'

box_head = _base_.model.roi_head.bbox_head
box_head.pop('attr_head')
box_head.update(_delete_=True, type='Shared2FCBBoxHead')
model = dict(
    type='AttrTwoStageDetector',
    attributes_only=True,
    roi_head=dict(
        bbox_head=box_head,
        attr_branch=dict(
            type='BoxAttrBranch',
            context=2.0,
            use_masks=True,
            crops=dict(type='CropEncoder', size=64, channels=(32, 64, 128)),
            attr_head=dict(
                type='ConvAttrHead',
                num_convs=0,
                max_pool=True,
                grid=4,
                fc_out_channels=256,
                no_attr='exclude',
                expected_f1=True,
                loss_attr=dict(
                    type='CrossEntropyLoss', use_sigmoid=True, loss_weight=40.0
                ),
            ),
        ),
    ),
)
train_dataloader = dict(batch_size=16)
optim_wrapper = dict(optimizer=dict(lr=0.003))

attr_score_thr = 0.5
val_evaluator = dict(attr_score_thr=attr_score_thr)
test_evaluator = val_evaluator
visualizer = dict(attr_score_thr=attr_score_thr)
