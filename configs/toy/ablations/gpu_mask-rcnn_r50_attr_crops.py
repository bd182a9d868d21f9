"""Attributes from pixels on that R-50, which stays as it is, 512 px.

python tools/train.py configs/toy/ablations/gpu_mask-rcnn_r50_attr_crops.py \
    --cfg-options load_from=DETECTOR.pth

DETECTOR.pth is what gpu_mask-rcnn_r50_attr_focal.py has learnt. Needs a GPU. Not
trained yet.
"""

_base_ = ['./gpu_mask-rcnn_r50_attr_focal.py', '../../_base_/models/attr_crops.py']

box_head = _base_.model.roi_head.bbox_head
box_head.pop('attr_head')
box_head.update(_delete_=True, type='Shared2FCBBoxHead')
attr_branch = _base_.attr_crops
attr_branch.crops.update(size=96, channels=(64, 128, 256))
model = dict(
    type='AttrTwoStageDetector',
    attributes_only=True,
    views=2,
    roi_head=dict(bbox_head=box_head, attr_branch=attr_branch),
)
optim_wrapper = dict(optimizer=dict(lr=0.003))

attr_score_thr = 0.5
val_evaluator = dict(attr_score_thr=attr_score_thr)
test_evaluator = val_evaluator
visualizer = dict(attr_score_thr=attr_score_thr)
