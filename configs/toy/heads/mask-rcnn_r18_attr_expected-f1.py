"""The paper's head on cross-entropy, its scores shifted to the highest expected F1.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_expected-f1.py
"""

_base_ = '../ablations/fig6_mask-rcnn_r18_bce_exclude.py'

model = dict(roi_head=dict(bbox_head=dict(attr_head=dict(expected_f1=True))))

attr_score_thr = 0.5
val_evaluator = dict(attr_score_thr=attr_score_thr)
test_evaluator = val_evaluator
visualizer = dict(attr_score_thr=attr_score_thr)
