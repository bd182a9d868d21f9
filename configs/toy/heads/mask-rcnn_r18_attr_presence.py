"""One more output, "has attributes at all", multiplied into the scores.

python tools/train.py configs/toy/heads/mask-rcnn_r18_attr_presence.py
"""

_base_ = '../ablations/mask-rcnn_r18_attr_focal.py'

model = dict(
    roi_head=dict(bbox_head=dict(attr_head=dict(no_attr='exclude', presence=1.0)))
)
