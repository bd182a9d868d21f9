"""Fig. 6: focal loss, objects without attributes left out, X-101-32x8d, 8 epochs.

python tools/prepare_imaterialist.py data/imaterialist --paper 5000
python tools/train.py configs/ablations/fig6_mask-rcnn_x101_focal_exclude.py

Compared with fig6_mask-rcnn_x101_bce_exclude.py; paper: see Fig. 6.
Other data: --cfg-options dataset=configs/_base_/datasets/fashionpedia.py, or
toy_wardrobe.py there.
"""

_base_ = '../mask-rcnn_x101_attr_focal.py'

train_cfg = dict(max_epochs=8)
model = dict(roi_head=dict(bbox_head=dict(attr_head=dict(no_attr='exclude'))))
