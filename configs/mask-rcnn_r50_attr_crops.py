"""R-50-FPN, attributes from pixels, on a trained detector that stays as it is.

python tools/train.py configs/mask-rcnn_r50_attr_focal.py
python tools/train.py configs/mask-rcnn_r50_attr_crops.py

Beyond the paper: each object is cropped from the picture at 128 px, twice as wide and
high as its box, and read by a network of its own. Any detector with the 46 classes can
be loaded. Not trained yet on the full data.
"""

_base_ = ['./mask-rcnn_r50_attr_bce.py', './_base_/models/attr_crops.py']

box_head = _base_.model.roi_head.bbox_head
attr_loss = box_head.pop('attr_head').loss_attr
box_head.update(_delete_=True, type='Shared2FCBBoxHead')
attr_branch = _base_.attr_crops
attr_branch.crops.update(size=128, channels=(32, 64, 128, 256))
attr_branch.attr_head.loss_attr = attr_loss
model = dict(
    type='AttrTwoStageDetector',
    attributes_only=True,
    views=2,
    roi_head=dict(bbox_head=box_head, attr_branch=attr_branch),
)
load_from = 'work_dirs/mask-rcnn_r50_attr_focal/epoch_2.pth'
optim_wrapper = dict(
    optimizer=dict(_delete_=True, type='AdamW', lr=0.001, weight_decay=0.01)
)

attr_score_thr = 0.5
val_evaluator = dict(attr_score_thr=attr_score_thr)
test_evaluator = val_evaluator
visualizer = dict(attr_score_thr=attr_score_thr)
