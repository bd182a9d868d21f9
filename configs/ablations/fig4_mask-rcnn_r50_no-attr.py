"""Fig. 4: R-50 without attributes, 3,000 pictures: stock Mask R-CNN.

python tools/prepare_imaterialist.py data/imaterialist --paper 3000
python tools/train.py configs/ablations/fig4_mask-rcnn_r50_no-attr.py

Compared: the backbones R-50, R-101 and X-101-32x8d by AP; paper: see Fig. 4.
Other data: --cfg-options dataset=configs/_base_/datasets/fashionpedia.py, or
toy_wardrobe.py there.
"""

_base_ = '../mask-rcnn_r50_attr_focal.py'

box_head = _base_.model.roi_head.bbox_head
box_head.pop('attr_head')
box_head.update(_delete_=True, type='Shared2FCBBoxHead')
model = dict(roi_head=dict(type='StandardRoIHead', bbox_head=box_head))

val_evaluator = dict(type='SegmMetric')
test_evaluator = val_evaluator
