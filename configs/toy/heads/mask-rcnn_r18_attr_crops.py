"""Attributes from pixels, on a trained detector that stays as it is.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_crops.py \
    --cfg-options load_from=DETECTOR.pth

On 6,000 pictures f1AP / AP .869, at 128 px and longer .898, the paper's recipe .767:
docs/results.md.
DETECTOR.pth is what configs/toy/ablations/fig4_mask-rcnn_r18_no-attr.py has learnt.
"""

_base_ = [
    '../ablations/mask-rcnn_r18_attr_focal.py',
    '../../_base_/models/attr_crops.py',
]

box_head = _base_.model.roi_head.bbox_head
box_head.pop('attr_head')
box_head.update(_delete_=True, type='Shared2FCBBoxHead')
attr_branch = _base_.attr_crops
attr_branch.crops.update(size=64, channels=(32, 64, 128))
attr_branch.attr_head.fc_out_channels = 256
model = dict(
    type='AttrTwoStageDetector',
    attributes_only=True,
    roi_head=dict(bbox_head=box_head, attr_branch=attr_branch),
)
train_dataloader = dict(batch_size=16)
optim_wrapper = dict(optimizer=dict(lr=0.003))

attr_score_thr = 0.5
val_evaluator = dict(attr_score_thr=attr_score_thr)
test_evaluator = val_evaluator
visualizer = dict(attr_score_thr=attr_score_thr)
