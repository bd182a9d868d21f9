"""Fig. 4 in miniature: R-18 without attributes, stock Mask R-CNN, 8 epochs.

python tools/train.py configs/toy/ablations/fig4_mask-rcnn_r18_no-attr.py
"""

_base_ = '../mask-rcnn_r18_attr_focal.py'

box_head = _base_.model.roi_head.bbox_head
box_head.pop('attr_head')
box_head.update(_delete_=True, type='Shared2FCBBoxHead')
model = dict(roi_head=dict(type='StandardRoIHead', bbox_head=box_head))

val_evaluator = dict(type='SegmMetric')
test_evaluator = val_evaluator
